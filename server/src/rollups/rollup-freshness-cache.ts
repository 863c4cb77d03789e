import { type PlanHint, planHintsOf, planHintsSql } from "../semantic/counter-precedence.ts";
import { type RollupFreshness, roundOutToHours, type TimeRange } from "../semantic/rollup-freshness.ts";
import { formatTime } from "../store/format-time.ts";
import type { Store } from "../store/store.ts";

const maxEntries = 50;

/**
 * Caches the plan hints of periods until records change: a page sends a dozen requests about one period, and repeats them while nothing
 * has changed.
 */
export class FreshnessCache {
	readonly #store: Store;
	readonly #entries = new Map<string, Promise<RollupFreshness>>();

	constructor(store: Store) {
		this.#store = store;
	}

	/** Invalidates all entries: records arrived, or are attributed to other people. */
	changed(): void {
		this.#entries.clear();
	}

	/** Resolves to the freshness with the plan hints of a period; without hints where the store does not answer. */
	of(period: TimeRange, freshness: RollupFreshness): Promise<RollupFreshness> {
		if (!freshness || period.fromMs >= period.toMs) return Promise.resolve(freshness);
		const { fromMs, toMs } = roundOutToHours(period);
		const key = `${fromMs} ${toMs}`;
		const entry = this.#entries.get(key);
		if (entry) return entry;
		const asked = this.#ask({ fromMs, toMs }, freshness).catch(() => {
			if (this.#entries.get(key) === asked) this.#entries.delete(key);
			return freshness;
		});
		this.#entries.set(key, asked);
		if (this.#entries.size > maxEntries) this.#entries.delete(this.#entries.keys().next().value!);
		return asked;
	}

	async #ask({ fromMs, toMs }: TimeRange, freshness: NonNullable<RollupFreshness>): Promise<RollupFreshness> {
		const rows = await this.#store.rows<PlanHint>(planHintsSql(freshness), { from: formatTime(fromMs), to: formatTime(toMs) });
		return { ...freshness, hints: planHintsOf(rows) };
	}
}
