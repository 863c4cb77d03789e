import type { Readable } from "node:stream";
import { PermanentError } from "../errors.ts";
import type { MemoryBudget } from "./memory-budget.ts";

const smallBytes = 256 * 1024;

/** Bodies of more than one piece are put together in memory that is used again: at a hundred megabytes a second garbage costs. */
const pooledBytes = 256 * 1024;
const maxPooled = 64;
const pool: Buffer[] = [];

export type Collected = {
	readonly body: Buffer;
	/** Gives the memory back; call it once the body is no longer needed. */
	readonly release: () => void;
};

/**
 * Reads a request's body into memory, within the shared budget: when that is used up the sender is not read from until others
 * are done. Rejects with a PermanentError 413 when the body is too large, and with a RetryableError when waiting took too long.
 */
export function readBody(stream: Readable, contentLength: number, maxBytes: number, budget: MemoryBudget): Promise<Collected> {
	return new Promise((resolve, reject) => {
		let chunks: Buffer[] = [];
		let pooled: Buffer | undefined;
		let length = 0;
		let taken = 0;
		let settled = false;
		let isWaiting = false;
		const fail = (error: unknown) => {
			if (settled) return;
			settled = true;
			chunks = [];
			recycle(pooled);
			budget.give(taken);
			stream.removeAllListeners("data");
			stream.resume();
			reject(error);
		};
		const tooLarge = () => new PermanentError(`cannot accept body: it is larger than ${maxBytes} bytes`, 413);
		if (contentLength > maxBytes) {
			fail(tooLarge());
			return;
		}
		/** Takes memory for what is there by now and a little more. What is only announced, and large, is not held for anybody. */
		const need = () => {
			if (isWaiting || length <= taken) return;
			const more = Math.min(maxBytes, Math.max(length, taken * 2, Math.min(contentLength, smallBytes))) - taken;
			if (budget.take(more)) {
				taken += more;
				return;
			}
			isWaiting = true;
			stream.pause();
			budget.wait(more).then(() => {
				isWaiting = false;
				if (settled) {
					budget.give(more);
					return;
				}
				taken += more;
				stream.resume();
				need();
			}, fail);
		};
		stream.on("data", (chunk: Buffer) => {
			if (settled) return;
			length += chunk.length;
			if (length > maxBytes) {
				fail(tooLarge());
				return;
			}
			if (pooled && length <= pooledBytes) {
				pooled.set(chunk, length - chunk.length);
				free(chunk);
			} else if (!pooled && chunks.length === 1 && contentLength <= pooledBytes && length <= pooledBytes) {
				pooled = pool.pop() ?? Buffer.allocUnsafeSlow(pooledBytes);
				pooled.set(chunks[0]!, 0);
				pooled.set(chunk, chunks[0]!.length);
				chunks.push(chunk);
				for (const each of chunks) free(each);
				chunks = [];
			} else {
				if (pooled) {
					// It was not announced how long it would be, and now it is too long.
					chunks = [Buffer.from(pooled.subarray(0, length - chunk.length))];
					recycle(pooled);
					pooled = undefined;
				}
				chunks.push(chunk);
			}
			need();
		});
		stream.on("end", () => {
			if (settled) return;
			settled = true;
			const body = pooled?.subarray(0, length) ?? (chunks.length === 1 ? chunks[0]! : joined(chunks, length));
			resolve({
				body,
				release: () => {
					if (pooled) recycle(pooled);
					else free(body);
					budget.give(taken);
				},
			});
		});
		stream.on("error", fail);
		stream.on("close", () => {
			if (!settled) fail(new PermanentError("cannot read body: the sender went away"));
		});
	});
}

function joined(chunks: readonly Buffer[], length: number): Buffer {
	const whole = Buffer.allocUnsafeSlow(length);
	let at = 0;
	for (const chunk of chunks) {
		whole.set(chunk, at);
		at += chunk.length;
		free(chunk);
	}
	return whole;
}

/**
 * Frees a piece at once. Left to the garbage collector, memory outside its heap makes it look through all of that heap several
 * times a second. Only what is alone in its memory: a piece of something larger is not ours.
 */
function free({ buffer, length }: Buffer): void {
	if (buffer instanceof ArrayBuffer && buffer.byteLength === length) buffer.transfer(0);
}

function recycle(pooled: Buffer | undefined): void {
	if (pooled && pool.length < maxPooled) pool.push(pooled);
}
