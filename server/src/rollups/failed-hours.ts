import { hourMs } from "./dirty-hours.ts";

/** An hour that could not be rolled up is retried after this, then after twice as long, up to the maximum. */
export const firstRetryMs = 60_000;
const maxRetryMs = hourMs;

/** Hours that could not be rolled up, with their back-off. */
export class FailedHours {
	readonly #hours = new Map<number, { readonly delayMs: number; readonly retryMs: number }>();

	get size(): number {
		return this.#hours.size;
	}

	has(hour: number): boolean {
		return this.#hours.has(hour);
	}

	/** Returns true if an hour did not fail, or is to be retried. */
	isReady(hour: number, nowMs: number): boolean {
		return (this.#hours.get(hour)?.retryMs ?? 0) <= nowMs;
	}

	/** Postpones an hour. Returns the time until it is retried, in milliseconds. */
	postpone(hour: number, nowMs: number): number {
		const delayMs = Math.min((this.#hours.get(hour)?.delayMs ?? firstRetryMs / 2) * 2, maxRetryMs);
		this.#hours.set(hour, { delayMs, retryMs: nowMs + delayMs });
		return delayMs;
	}

	succeeded(hours: readonly number[]): void {
		for (const hour of hours) this.#hours.delete(hour);
	}
}
