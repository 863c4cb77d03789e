import { type PlanHint, planHintsOf, planHintsSql } from "../semantic/counter-precedence.ts";
import { type RollupFreshness, roundOutToHours, type TimeRange } from "../semantic/rollup-freshness.ts";
import { formatTime } from "../store/format-time.ts";
import type { Store } from "../store/store.ts";
import type { RecordVersions } from "./record-versions.ts";
import { VersionedCache } from "./versioned-cache.ts";

const maxEntries = 50;

/** Caches the plan hints of periods until their records change: a page sends a dozen questions about one period. */
export class FreshnessCache {
	readonly #store: Store;
	readonly #versions: RecordVersions;
	readonly #entries = new VersionedCache<RollupFreshness>(maxEntries);

	constructor(store: Store, versions: RecordVersions) {
		this.#store = store;
		this.#versions = versions;
	}

	/** Resolves to the freshness with the plan hints of a period; without hints where the store does not answer. */
	of(period: TimeRange, freshness: RollupFreshness): Promise<RollupFreshness> {
		if (!freshness || period.fromMs >= period.toMs) return Promise.resolve(freshness);
		const hours = roundOutToHours(period);
		return this.#entries
			.get(`${hours.fromMs} ${hours.toMs}`, this.#versions.of(hours), () => this.#loadHints(hours, freshness))
			.catch(() => freshness);
	}

	async #loadHints({ fromMs, toMs }: TimeRange, freshness: NonNullable<RollupFreshness>): Promise<RollupFreshness> {
		const rows = await this.#store.rows<PlanHint>(planHintsSql(freshness), { from: formatTime(fromMs), to: formatTime(toMs) });
		return { ...freshness, hints: planHintsOf(rows) };
	}
}
