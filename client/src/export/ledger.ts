import type { Signal } from "../configuration/destination.ts";
import { messageOf } from "../messages.ts";

/** What became of the records of one signal: log records, spans, or data points. */
export type Account = {
	/** Handed to the exporters, which may be several: each of them has an account. */
	readonly emitted: number;
	readonly exported: number;
	/** Lost: refused by the receiver, or never answered. */
	readonly failed: number;
	/** Lost: there were too many waiting. */
	readonly dropped: number;
	/** The last failure, in one line. */
	readonly lastError?: string;
};

/** Counts what leaves, what arrives and what is lost, for whoever asks. */
export class Ledger {
	#emitted = 0;
	#exported = 0;
	#failed = 0;
	#dropped = 0;
	#handed = 0;
	#lastError: string | undefined;
	readonly #signal: Signal;
	readonly #say: (message: string) => void;

	constructor(signal: Signal, say: (message: string) => void) {
		this.#signal = signal;
		this.#say = say;
	}

	get account(): Account {
		return {
			emitted: this.#emitted,
			exported: this.#exported,
			failed: this.#failed,
			dropped: this.#dropped,
			...(this.#lastError !== undefined && { lastError: this.#lastError }),
		};
	}

	/** How many wait for an exporter. */
	get waiting(): number {
		return this.#emitted - this.#dropped - this.#handed;
	}

	emit(count = 1): void {
		this.#emitted += count;
	}

	drop(count = 1): void {
		this.#dropped += count;
		this.#lastError = "too many records were waiting";
	}

	/** An exporter took that many. */
	hand(count: number): void {
		this.#handed += count;
	}

	settle(count: number, error?: unknown): void {
		if (error === undefined) {
			this.#exported += count;
			return;
		}
		this.#failed += count;
		this.#lastError = messageOf(error);
		this.#say(`cannot export ${this.#signal}: ${this.#lastError}; ${count} lost`);
	}
}
