import zlib from "node:zlib";
import { PermanentError, RetryableError } from "../errors.ts";
import type { MemoryBudget } from "./memory-budget.ts";

/** A small body that becomes no larger than this is decompressed at once, faster than in another thread. */
const smallBytes = 64 * 1024;
const smallOutputBytes = 1024 * 1024;
/** Real telemetry compresses 5 to 30 times; more than this, beyond a megabyte, is a bomb. */
const maxRatio = 1000;
const stepBytes = 256 * 1024;

type Decoder = {
	readonly sync: (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Buffer;
	readonly steps: (bytes: Uint8Array) => zlib.Gunzip | zlib.Inflate | zlib.InflateRaw | zlib.ZstdDecompress;
};

/** `deflate` is zlib's format by the specification, and raw in what some clients send. */
const isZlib = (bytes: Uint8Array): boolean => ((bytes[0] ?? 0) & 0x0f) === 8;
const chunks = { chunkSize: stepBytes };

const decoders: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
	["gzip", { sync: zlib.gunzipSync, steps: () => zlib.createGunzip(chunks) }],
	[
		"deflate",
		{
			sync: (bytes, options) => (isZlib(bytes) ? zlib.inflateSync(bytes, options) : zlib.inflateRawSync(bytes, options)),
			steps: (bytes) => (isZlib(bytes) ? zlib.createInflate(chunks) : zlib.createInflateRaw(chunks)),
		},
	],
	["zstd", { sync: zlib.zstdDecompressSync, steps: () => zlib.createZstdDecompress(chunks) }],
]);

const encodings: readonly string[] = Object.freeze([...decoders.keys()]);

export type Decompressed = {
	readonly bytes: Uint8Array;
	/** Returns the memory that the body took in addition to its own bytes; call it once the bytes are no longer needed. */
	readonly free: () => void;
};

/**
 * A body as it was before its Content-Encoding, within the shared budget, of which it takes what it becomes. Throws PermanentError
 * 415 for an encoding we don't know, 413 for what would become larger than `maxBytes` or is a bomb, 400 for what does not
 * decompress, and RetryableError when there is no memory for it.
 */
export async function decompress(
	body: Uint8Array,
	encoding: string | undefined,
	maxBytes: number,
	budget: MemoryBudget,
): Promise<Decompressed> {
	const name = encoding?.trim().toLowerCase() ?? "";
	if (name === "" || name === "identity") return { bytes: body, free: () => undefined };
	const decoder = decoders.get(name === "x-gzip" ? "gzip" : name);
	if (!decoder) {
		throw new PermanentError(
			`cannot decode body: Content-Encoding ${name.slice(0, 40)} is not one of ${encodings.join(", ")}`,
			415,
		);
	}
	const most = Math.min(maxBytes, Math.max(smallOutputBytes, body.length * maxRatio));
	try {
		const atOnce = body.length <= smallBytes ? inOne(decoder, body, Math.min(most, smallOutputBytes), budget) : undefined;
		return atOnce ?? (await inSteps(decoder, body, most, budget));
	} catch (error) {
		if (error instanceof PermanentError || error instanceof RetryableError) throw error;
		throw new PermanentError(`cannot decode body: it is not ${name}`, 400);
	}
}

/** Undefined where it becomes larger than that, or there is no memory just now. */
function inOne(decoder: Decoder, body: Uint8Array, most: number, budget: MemoryBudget): Decompressed | undefined {
	if (!budget.take(most)) return undefined;
	let taken = most;
	try {
		const bytes = decoder.sync(body, { maxOutputLength: most });
		taken = 0;
		budget.give(most - bytes.length);
		return { bytes, free: () => budget.give(bytes.length) };
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ERR_BUFFER_TOO_LARGE") throw error;
		return undefined;
	} finally {
		budget.give(taken);
	}
}

async function inSteps(decoder: Decoder, body: Uint8Array, most: number, budget: MemoryBudget): Promise<Decompressed> {
	let taken = 0;
	const take = async (bytes: number): Promise<void> => {
		if (!budget.take(bytes)) await budget.wait(bytes);
		taken += bytes;
	};
	const stream = decoder.steps(body);
	try {
		stream.end(body);
		const pieces: Buffer[] = [];
		let length = 0;
		for await (const piece of stream as AsyncIterable<Buffer>) {
			length += piece.length;
			if (length > most) throw new PermanentError(`cannot accept body: it is larger than ${most} bytes when decompressed`, 413);
			await take(piece.length);
			pieces.push(piece);
		}
		if (pieces.length === 1) return { bytes: pieces[0]!, free: () => budget.give(length) };
		// For a moment it is there twice.
		await take(length);
		const bytes = Buffer.concat(pieces, length);
		budget.give(length);
		return { bytes, free: () => budget.give(length) };
	} catch (error) {
		budget.give(taken);
		throw error;
	} finally {
		stream.destroy();
	}
}
