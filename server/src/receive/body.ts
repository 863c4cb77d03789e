import { promisify } from "node:util";
import zlib from "node:zlib";
import { PermanentError } from "../errors.ts";

/** A small body is decompressed faster here than in another thread. */
const smallBytes = 64 * 1024;
/** Real telemetry compresses 5 to 30 times; more than this, beyond a few kilobytes, is a bomb. */
const maxRatio = 1000;
const alwaysAllowed = 1024 * 1024;

type Options = { readonly maxOutputLength: number };
type Decoder = {
	readonly sync: (bytes: Uint8Array, options: Options) => Buffer;
	readonly later: (bytes: Uint8Array, options: Options) => Promise<Buffer>;
};

/** `deflate` is zlib's format by the specification, and raw in what some clients send. */
const inflateEither = (bytes: Uint8Array, options: Options): Buffer =>
	((bytes[0] ?? 0) & 0x0f) === 8 ? zlib.inflateSync(bytes, options) : zlib.inflateRawSync(bytes, options);

const decoders: Readonly<Record<string, Decoder>> = Object.freeze({
	gzip: { sync: zlib.gunzipSync, later: promisify(zlib.gunzip) },
	deflate: { sync: inflateEither, later: async (bytes, options) => inflateEither(bytes, options) },
	zstd: { sync: zlib.zstdDecompressSync, later: promisify(zlib.zstdDecompress) },
});

export const encodings: readonly string[] = Object.freeze(Object.keys(decoders));

/**
 * A body as it was before its Content-Encoding. Throws PermanentError 415 for an encoding we don't know, 413 for what would
 * become larger than `maxBytes` or is a bomb, 400 for what does not decompress.
 */
export async function decompress(body: Uint8Array, encoding: string | undefined, maxBytes: number): Promise<Uint8Array> {
	const name = encoding?.trim().toLowerCase() ?? "";
	if (name === "" || name === "identity") return body;
	const decoder = decoders[name === "x-gzip" ? "gzip" : name];
	if (!decoder) {
		throw new PermanentError(
			`cannot decode body: Content-Encoding ${name.slice(0, 40)} is not one of ${encodings.join(", ")}`,
			415,
		);
	}
	const maxOutputLength = Math.min(maxBytes, Math.max(alwaysAllowed, body.length * maxRatio));
	try {
		return await (body.length <= smallBytes ? decoder.sync(body, { maxOutputLength }) : decoder.later(body, { maxOutputLength }));
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
			throw new PermanentError(`cannot accept body: it is larger than ${maxOutputLength} bytes when decompressed`, 413);
		}
		throw new PermanentError(`cannot decode body: it is not ${name}`, 400);
	}
}
