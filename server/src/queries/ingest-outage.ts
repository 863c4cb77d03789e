import { bucketSeconds } from "../semantic/rollups/ingest.ts";
import type { Calendar } from "./calendar.ts";

/** Ingest is examined in buckets of five minutes, presence in quarters of an hour. */
export const quarterSeconds = 900;
/** A client that sends nothing for so long and then a record starts a new visit. */
export const pauseSeconds = 3600;
const slotMs = bucketSeconds * 1000;
const quarterMs = quarterSeconds * 1000;
const leastSlots = 3;
/** On nine of ten like days there are as many visits where one is missed: of fewer, who come each on their own, all may be away. */
const leastVisits = 8;
const unlikely = 0.1;
const dayMs = 86_400_000;
/** Days to compare with, either way. */
const farthest = 28;

/**
 * Numbers of visits that begin and end in each quarter of an hour, a multiple of quarterSeconds, rising: a client is present
 * from the first record to the last before a pause.
 */
export type ReportingIntervals = {
	readonly quarters: readonly number[];
	readonly came: readonly number[];
	readonly went: readonly number[];
};

export type FleetGap = {
	readonly fromMs: number;
	readonly toMs: number;
	/** Nothing came since. */
	readonly ongoing: boolean;
	/** A night, a weekend, a lunch, or a time when few are there: on nine of ten like days not enough to be missed. */
	readonly usual: boolean;
	/** Like days that could be compared, and on how many of them something came. */
	readonly comparedDays: number;
	readonly daysWithRecords: number;
};

/**
 * Finds the times of a quarter of an hour or more in which no client sent a record. `slots` are the buckets of the period with
 * a record, as multiples of slotSeconds, rising; `visits` are all that is known, which is more than the period, to distinguish
 * the usual from the unusual.
 */
export function fleetGaps(
	slots: readonly number[],
	{ quarters, came, went }: ReportingIntervals,
	fromMs: number,
	toMs: number,
	calendar: Calendar,
): FleetGap[] {
	const knownMs = Math.min(
		(slots[0] ?? Number.POSITIVE_INFINITY) * slotMs,
		(quarters[0] ?? Number.POSITIVE_INFINITY) * quarterMs,
	);
	if (knownMs >= toMs) return [];
	const [cameBefore, wentBefore] = [came, went].map(sums) as [number[], number[]];
	const gaps: FleetGap[] = [];
	const add = (first: number, next: number, ongoing: boolean) => {
		if (next - first < leastSlots) return;
		const [from, to] = [first * slotMs, next * slotMs];
		gaps.push({ fromMs: from, toMs: ongoing ? toMs : to, ongoing, ...compare(from, to) });
	};
	/**
	 * Compares with the clients present at that time on similar days. Only the middle half counts: edges differ from day to
	 * day.
	 */
	const compare = (from: number, to: number) => {
		const margin = (to - from) / 4;
		const middle = [from + margin, to - margin] as const;
		const visits: number[] = [];
		let daysWithRecords = 0;
		for (let days = -farthest; days <= farthest; days++) {
			const shifted = middle.map((ms) => shift(ms, days)) as [number, number];
			if (shifted[1] > from && shifted[0] < to) continue;
			if (shifted[0] < knownMs || shifted[1] > toMs || !alike(middle[0], shifted[0]) || !alike(middle[1] - 1, shifted[1] - 1))
				continue;
			if (visitsIn(...shifted) > 0) daysWithRecords++;
			visits.push(visitsIn(shift(from, days), shift(to, days)));
		}
		const comparedDays = visits.length;
		const few = visits.sort((a, b) => a - b)[Math.floor(comparedDays * unlikely)] ?? 0;
		const isMissed = comparedDays > 1 && daysWithRecords >= comparedDays * (1 - unlikely) && few >= leastVisits;
		return { comparedDays, daysWithRecords, usual: !isMissed };
	};
	const shift = (ms: number, days: number) => calendar.startOf(calendar.dayOf(ms) + days) + calendar.timeOfDay(ms);
	const alike = (a: number, b: number) => calendar.isWeekend(calendar.dayOf(a)) === calendar.isWeekend(calendar.dayOf(b));
	/** Returns the visits of the quarters of an hour that begin in that time. */
	const visitsIn = (from: number, to: number) =>
		cameBefore[indexOf(quarters, to / quarterMs)]! - wentBefore[indexOf(quarters, from / quarterMs)]!;
	const end = Math.floor(toMs / slotMs);
	let empty = Math.floor(Math.max(fromMs, knownMs) / slotMs);
	for (let at = indexOf(slots, empty); at < slots.length && slots[at]! < end; at++) {
		add(empty, slots[at]!, false);
		empty = slots[at]! + 1;
	}
	add(empty, end, true);
	return gaps;
}

/** Returns the index of the first number of a rising list that is not less. */
function indexOf(rising: readonly number[], value: number): number {
	let [low, high] = [0, rising.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (rising[middle]! < value) low = middle + 1;
		else high = middle;
	}
	return low;
}

/** Returns the sums of the first none, one, two, … to all numbers. */
function sums(counts: readonly number[]): number[] {
	const all = [0];
	for (const count of counts) all.push(all.at(-1)! + count);
	return all;
}

/** The longest time whose neighbours are looked at, so that a question reads no more than it needs. */
export const comparedMs = farthest * dayMs;
