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
		if (contentLength > maxBytes) {
			stream.resume();
			reject(tooLarge(maxBytes));
			return;
		}
		new BodyReader({ stream, contentLength, maxBytes, budget, resolve, reject }).start();
	});
}

const tooLarge = (maxBytes: number) => new PermanentError(`cannot accept body: it is larger than ${maxBytes} bytes`, 413);

type Reading = {
	readonly stream: Readable;
	readonly contentLength: number;
	readonly maxBytes: number;
	readonly budget: MemoryBudget;
	readonly resolve: (collected: Collected) => void;
	readonly reject: (error: unknown) => void;
};

class BodyReader {
	readonly #reading: Reading;
	#chunks: Buffer[] = [];
	#pooled: Buffer | undefined;
	#length = 0;
	/** Bytes taken from the budget. */
	#taken = 0;
	#isSettled = false;
	#isWaiting = false;

	constructor(reading: Reading) {
		this.#reading = reading;
	}

	start(): void {
		const { stream } = this.#reading;
		stream.on("data", (chunk: Buffer) => {
			if (!this.#isSettled) this.#add(chunk);
		});
		stream.on("end", () => {
			if (!this.#isSettled) this.#finish();
		});
		stream.on("error", this.#fail);
		stream.on("close", () => {
			if (!this.#isSettled) this.#fail(new PermanentError("cannot read body: the sender went away"));
		});
	}

	#add(chunk: Buffer): void {
		const { contentLength, maxBytes } = this.#reading;
		this.#length += chunk.length;
		if (this.#length > maxBytes) {
			this.#fail(tooLarge(maxBytes));
			return;
		}
		const isSmall = this.#length <= pooledBytes;
		if (this.#pooled && isSmall) {
			this.#pooled.set(chunk, this.#length - chunk.length);
			free(chunk);
		} else if (!this.#pooled && this.#chunks.length === 1 && contentLength <= pooledBytes && isSmall) {
			this.#pool(this.#chunks[0]!, chunk);
		} else {
			this.#unpool(this.#length - chunk.length);
			this.#chunks.push(chunk);
		}
		this.#takeMemory();
	}

	/** Puts the first two pieces of a small body together in pooled memory. */
	#pool(first: Buffer, second: Buffer): void {
		this.#pooled = pool.pop() ?? Buffer.allocUnsafeSlow(pooledBytes);
		this.#pooled.set(first, 0);
		this.#pooled.set(second, first.length);
		free(first);
		free(second);
		this.#chunks = [];
	}

	/** Moves a body that has become too long for it out of pooled memory: its length was not announced. */
	#unpool(length: number): void {
		if (!this.#pooled) return;
		this.#chunks = [Buffer.from(this.#pooled.subarray(0, length))];
		recycle(this.#pooled);
		this.#pooled = undefined;
	}

	/** Takes memory for the received bytes and a little more. A large length that is only announced takes none. */
	#takeMemory(): void {
		const { stream, contentLength, maxBytes, budget } = this.#reading;
		if (this.#isWaiting || this.#length <= this.#taken) return;
		const wanted = Math.max(this.#length, this.#taken * 2, Math.min(contentLength, smallBytes));
		const more = Math.min(maxBytes, wanted) - this.#taken;
		if (budget.take(more)) {
			this.#taken += more;
			return;
		}
		this.#isWaiting = true;
		stream.pause();
		budget.wait(more).then(() => {
			this.#isWaiting = false;
			if (this.#isSettled) {
				budget.give(more);
				return;
			}
			this.#taken += more;
			stream.resume();
			this.#takeMemory();
		}, this.#fail);
	}

	#finish(): void {
		this.#isSettled = true;
		const [pooled, chunks, length, taken] = [this.#pooled, this.#chunks, this.#length, this.#taken];
		const body = pooled?.subarray(0, length) ?? (chunks.length === 1 ? chunks[0]! : joined(chunks, length));
		const release = () => {
			if (pooled) recycle(pooled);
			else free(body);
			this.#reading.budget.give(taken);
		};
		this.#reading.resolve({ body, release });
	}

	readonly #fail = (error: unknown): void => {
		if (this.#isSettled) return;
		this.#isSettled = true;
		const { stream, budget, reject } = this.#reading;
		this.#chunks = [];
		recycle(this.#pooled);
		budget.give(this.#taken);
		stream.removeAllListeners("data");
		stream.resume();
		reject(error);
	};
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
