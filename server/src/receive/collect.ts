import type { Readable } from "node:stream";
import { PermanentError } from "../errors.ts";
import type { MemoryBudget } from "./memory-budget.ts";

const smallBytes = 256 * 1024;

export type Collected = {
	readonly body: Buffer;
	/** Gives the memory back; call it once the body is no longer needed. */
	readonly release: () => void;
};

/**
 * Reads a request's body into memory, within the shared budget: when that is used up the sender is not read from until others
 * are done. Rejects with a PermanentError 413 when the body is too large, and with a RetryableError when waiting took too long.
 */
export function collect(stream: Readable, announcedBytes: number, maxBytes: number, budget: MemoryBudget): Promise<Collected> {
	return new Promise((resolve, reject) => {
		const chunks: Buffer[] = [];
		let length = 0;
		let taken = 0;
		let settled = false;
		let isWaiting = false;
		const fail = (error: unknown) => {
			if (settled) return;
			settled = true;
			chunks.length = 0;
			budget.give(taken);
			stream.removeAllListeners("data");
			stream.resume();
			reject(error);
		};
		const tooLarge = () => new PermanentError(`cannot accept body: it is larger than ${maxBytes} bytes`, 413);
		if (announcedBytes > maxBytes) {
			fail(tooLarge());
			return;
		}
		/** Takes memory for what is there by now and a little more. What is only announced, and large, is not held for anybody. */
		const need = () => {
			if (isWaiting || length <= taken) return;
			const more = Math.min(maxBytes, Math.max(length, taken * 2, Math.min(announcedBytes, smallBytes))) - taken;
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
			chunks.push(chunk);
			need();
		});
		stream.on("end", () => {
			if (settled) return;
			settled = true;
			const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length);
			const held = taken;
			resolve({ body, release: () => budget.give(held) });
		});
		stream.on("error", fail);
		stream.on("close", () => {
			if (!settled) fail(new PermanentError("cannot read body: the sender went away"));
		});
	});
}
