import { type Fact, factsOf, factsSql } from "../semantic/counter-precedence.ts";
import { type Ground, outwards, type Span } from "../semantic/rollup-freshness.ts";
import { timeText } from "../store/format-time.ts";
import type { Store } from "../store/store.ts";

const mostKept = 50;

/**
 * The facts of the periods that are asked about, asked for once: a page has a dozen questions about one period, and asks them again
 * while nothing has changed.
 */
export class Grounds {
	readonly #store: Store;
	readonly #kept = new Map<string, Promise<Ground>>();

	constructor(store: Store) {
		this.#store = store;
	}

	/** Records came, or became others: whatever was known of them is to be asked for again. */
	changed(): void {
		this.#kept.clear();
	}

	/** What questions about a period stand on. Without the facts, where the store does not tell them. */
	of(period: Span, ground: Ground): Promise<Ground> {
		if (!ground || period.fromMs >= period.toMs) return Promise.resolve(ground);
		const { fromMs, toMs } = outwards(period);
		const key = `${fromMs} ${toMs}`;
		const kept = this.#kept.get(key);
		if (kept) return kept;
		const asked = this.#ask({ fromMs, toMs }, ground).catch(() => {
			if (this.#kept.get(key) === asked) this.#kept.delete(key);
			return ground;
		});
		this.#kept.set(key, asked);
		if (this.#kept.size > mostKept) this.#kept.delete(this.#kept.keys().next().value!);
		return asked;
	}

	async #ask({ fromMs, toMs }: Span, ground: NonNullable<Ground>): Promise<Ground> {
		const rows = await this.#store.rows<Fact>(factsSql(ground), { from: timeText(fromMs), to: timeText(toMs) });
		return { ...ground, facts: factsOf(rows) };
	}
}
