import type { Signal } from "../configuration/destination.ts";
import { messageOf } from "../messages.ts";

/** Delivery counts of one signal: log records, spans, or data points. */
export type DeliveryCounts = {
	/** Number of emitted records: always the sum of the other four. With several exporters, the first one is counted. */
	readonly emitted: number;
	/** Nothing is known of them yet. */
	readonly waiting: number;
	readonly exported: number;
	/** Lost: refused by the receiver, or never answered. */
	readonly failed: number;
	/** Lost: there were too many waiting. */
	readonly dropped: number;
	/** The last failure, in one line. */
	readonly lastError?: string;
};

/** UTF-16 units: what waits for a receiver that is away costs no more memory than that. */
const maxQueuedCharacters = 32 * 1024 * 1024;

/** Counts queued, delivered and lost records, and bounds the queue. */
export class DeliveryStats {
	#emitted = 0;
	#exported = 0;
	#failed = 0;
	#dropped = 0;
	/** The sizes of what waits for an exporter to take it, the oldest first. */
	#sizes: number[] = [];
	#size = 0;
	#isClosed = false;
	#lastError: string | undefined;
	readonly #signal: Signal;
	readonly #maxQueueSize: number;
	readonly #say: (message: string) => void;

	constructor(signal: Signal, maxQueueSize: number, say: (message: string) => void) {
		this.#signal = signal;
		this.#maxQueueSize = maxQueueSize;
		this.#say = say;
	}

	get account(): DeliveryCounts {
		return {
			emitted: this.#emitted,
			waiting: this.#emitted - this.#exported - this.#failed - this.#dropped,
			exported: this.#exported,
			failed: this.#failed,
			dropped: this.#dropped,
			...(this.#lastError !== undefined && { lastError: this.#lastError }),
		};
	}

	/** Returns true if a record of that size may be queued for export. Otherwise it is lost, and counted. */
	enqueued(size: number): boolean {
		this.#emitted += 1;
		if (this.#sizes.length >= this.#maxQueueSize || this.#size + size > maxQueuedCharacters) {
			this.#dropped += 1;
			this.#lastError = "too many records were waiting";
			return false;
		}
		this.#sizes.push(size);
		this.#size += size;
		return true;
	}

	/** An exporter takes that many: the oldest ones. Data points are not known before. */
	exporting(count: number): void {
		const known = this.#sizes.splice(0, count);
		for (const size of known) this.#size -= size;
		this.#emitted += count - known.length;
	}

	completed(count: number, error?: unknown): void {
		if (this.#isClosed) return;
		if (error === undefined) {
			this.#exported += count;
			return;
		}
		this.#failed += count;
		this.#lastError = messageOf(error);
		this.#say(`cannot export ${this.#signal}: ${this.#lastError}; ${count} lost`);
	}

	/** Nothing is sent any more: whatever waits is lost. */
	close(): void {
		const { waiting } = this.account;
		if (waiting > 0) this.completed(waiting, new Error("there was no time left to send it"));
		this.#isClosed = true;
	}
}
