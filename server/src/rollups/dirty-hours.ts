import type { TimeRange } from "../semantic/rollup-freshness.ts";

export const hourMs = 3_600_000;
/**
 * Maximum number of ranges in a question, because it is planned for each of them: beyond that the shortest gaps between them
 * are read from records, too.
 */
const maxRanges = 8;
/** More than a question reads around its period (R3: sessions continue past midnight). */
export const aroundMs = 4 * 24 * hourMs;

type Hour = {
	/** When rows were last loaded into it, in ms; 0 if before this process, Infinity while some are being loaded. */
	touchedMs: number;
	/** A multiple of the usual delay after which it is rolled up. */
	delayFactor: number;
	/** Generation counter: detects rows that arrived while the hour was being rolled up. */
	generation: number;
};

/** The dirty hours, in memory. An hour is named by its first millisecond. */
export class DirtyHours {
	readonly #hours = new Map<number, Hour>();
	#ranges: readonly TimeRange[] | undefined;

	get size(): number {
		return this.#hours.size;
	}

	has(hour: number): boolean {
		return this.#hours.has(hour);
	}

	/** Marks an hour whose rows change, or changed at that time. */
	markDirty(hour: number, nowMs: number, delayFactor = 1): void {
		const known = this.#hours.get(hour);
		if (known) {
			known.touchedMs = nowMs;
			known.delayFactor = delayFactor;
			known.generation++;
			return;
		}
		this.#hours.set(hour, { touchedMs: nowMs, delayFactor, generation: 0 });
		this.#ranges = undefined;
	}

	touchedMsOf(hour: number): number {
		return this.#hours.get(hour)?.touchedMs ?? 0;
	}

	generationOf(hour: number): number | undefined {
		return this.#hours.get(hour)?.generation;
	}

	remove(hours: readonly number[]): void {
		for (const hour of hours) this.#hours.delete(hour);
		this.#ranges = undefined;
	}

	clear(): void {
		this.#hours.clear();
		this.#ranges = undefined;
	}

	/** Lists the hours that have ended and had no new rows for that time, the latest first. */
	ready(nowMs: number, delayMs: number): number[] {
		return [...this.#hours]
			.filter(([hour, { touchedMs, delayFactor }]) => Math.max(touchedMs, hour + hourMs) + delayMs * delayFactor <= nowMs)
			.map(([hour]) => hour)
			.sort((a, b) => b - a);
	}

	/** Returns the dirty hours that a question about a period may read, as ranges in order. */
	around({ fromMs, toMs }: TimeRange): readonly TimeRange[] {
		this.#ranges ??= rangesOf([...this.#hours.keys()]);
		return fewer(this.#ranges.filter((range) => range.toMs > fromMs - aroundMs && range.fromMs < toMs + aroundMs));
	}
}

/** Joins hours that follow each other to ranges. */
export function rangesOf(hours: readonly number[]): TimeRange[] {
	const ranges: { fromMs: number; toMs: number }[] = [];
	for (const hour of hours.toSorted((a, b) => a - b)) {
		const last = ranges.at(-1);
		if (last?.toMs === hour) last.toMs = hour + hourMs;
		else ranges.push({ fromMs: hour, toMs: hour + hourMs });
	}
	return ranges;
}

function fewer(ranges: readonly TimeRange[]): readonly TimeRange[] {
	if (ranges.length <= maxRanges) return ranges;
	const gaps = ranges.slice(1).map((range, i) => range.fromMs - ranges[i]!.toMs);
	const widest = new Set(
		gaps
			.map((gap, i) => [gap, i] as const)
			.sort(([a], [b]) => b - a)
			.slice(0, maxRanges - 1)
			.map(([, i]) => i),
	);
	const merged: { fromMs: number; toMs: number }[] = [{ ...ranges[0]! }];
	for (const [i, range] of ranges.slice(1).entries()) {
		if (widest.has(i)) merged.push({ ...range });
		else merged.at(-1)!.toMs = range.toMs;
	}
	return merged;
}
