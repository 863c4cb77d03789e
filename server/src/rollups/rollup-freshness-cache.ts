import { type PlanHint, planHintsOf, planHintsSql } from "../semantic/counter-precedence.ts";
import { type RollupFreshness, roundOutToHours, type TimeRange } from "../semantic/rollup-freshness.ts";
import { formatTime } from "../store/format-time.ts";
import type { Store } from "../store/store.ts";

const mostKept = 50;

/**
 * The facts of the periods that are asked about, asked for once: a page has a dozen questions about one period, and asks them again
 * while nothing has changed.
 */
export class FreshnessCache {
	readonly #store: Store;
	readonly #kept = new Map<string, Promise<RollupFreshness>>();

	constructor(store: Store) {
		this.#store = store;
	}

	/** Records came, or became others: whatever was known of them is to be asked for again. */
	changed(): void {
		this.#kept.clear();
	}

	/** What questions about a period stand on. Without the facts, where the store does not tell them. */
	of(period: TimeRange, freshness: RollupFreshness): Promise<RollupFreshness> {
		if (!freshness || period.fromMs >= period.toMs) return Promise.resolve(freshness);
		const { fromMs, toMs } = roundOutToHours(period);
		const key = `${fromMs} ${toMs}`;
		const kept = this.#kept.get(key);
		if (kept) return kept;
		const asked = this.#ask({ fromMs, toMs }, freshness).catch(() => {
			if (this.#kept.get(key) === asked) this.#kept.delete(key);
			return freshness;
		});
		this.#kept.set(key, asked);
		if (this.#kept.size > mostKept) this.#kept.delete(this.#kept.keys().next().value!);
		return asked;
	}

	async #ask({ fromMs, toMs }: TimeRange, freshness: NonNullable<RollupFreshness>): Promise<RollupFreshness> {
		const rows = await this.#store.rows<PlanHint>(planHintsSql(freshness), { from: formatTime(fromMs), to: formatTime(toMs) });
		return { ...freshness, hints: planHintsOf(rows) };
	}
}
