import { RetryableError } from "../errors.ts";

/**
 * The memory that requests being received may take together. A request that does not fit waits a while for others to end,
 * because most senders do not send again; then it is asked to come back.
 */
export class MemoryBudget {
	readonly #totalBytes: number;
	readonly #patienceMs: number;
	#usedBytes = 0;
	readonly #waiting: { readonly bytes: number; readonly go: () => void }[] = [];

	constructor(totalBytes: number, patienceMs = 5000) {
		this.#totalBytes = totalBytes;
		this.#patienceMs = patienceMs;
	}

	get usedBytes(): number {
		return this.#usedBytes;
	}

	/** Takes that much and returns true if it is available immediately. */
	take(bytes: number): boolean {
		if (this.#waiting.length > 0 || this.#usedBytes + bytes > this.#totalBytes) return false;
		this.#usedBytes += bytes;
		return true;
	}

	/** Takes that much when it becomes available. */
	async wait(bytes: number): Promise<void> {
		if (this.take(bytes)) return;
		if (bytes > this.#totalBytes)
			throw new RetryableError("cannot accept: the request is larger than all memory for requests", 2, 429);
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const entry = { bytes, go: resolve };
		this.#waiting.push(entry);
		const timer = setTimeout(() => {
			const at = this.#waiting.indexOf(entry);
			if (at < 0) return;
			this.#waiting.splice(at, 1);
			reject(new RetryableError("cannot accept: too much is being received at once", 2, 429));
		}, this.#patienceMs);
		try {
			await promise;
		} finally {
			clearTimeout(timer);
		}
	}

	give(bytes: number): void {
		this.#usedBytes -= bytes;
		for (let next = this.#waiting[0]; next && this.#usedBytes + next.bytes <= this.#totalBytes; next = this.#waiting[0]) {
			this.#waiting.shift();
			this.#usedBytes += next.bytes;
			next.go();
		}
	}
}
