import type { Calendar } from "./calendar.ts";

/** Time is looked at in pieces of five minutes. */
export const slotMs = 300_000;
const leastSlots = 3;
/** On nine of ten like days there are as many visits where one is missed: of fewer, who come each on their own, all may be away. */
const leastVisits = 8;
const unlikely = 0.1;
const dayMs = 86_400_000;
/** Days to compare with, either way. */
const farthest = 28;

/**
 * The pieces with a record, as multiples of slotMs, rising, and of each how many visits begin and how many end with it: a client is
 * there from its first record to its last before an hour's pause.
 */
export type Slots = {
	readonly slots: readonly number[];
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
 * When nobody sent anything for a quarter of an hour or more, by all that is known, which is more than the period, so that the usual
 * can be told from the unusual.
 */
export function fleetGaps({ slots, came, went }: Slots, fromMs: number, toMs: number, calendar: Calendar): FleetGap[] {
	if (slots.length === 0) return [];
	const begin = Math.max(Math.floor(fromMs / slotMs), slots[0]!);
	const end = Math.floor(toMs / slotMs);
	const [cameBefore, wentBefore] = [came, went].map(sums) as [number[], number[]];
	const gaps: FleetGap[] = [];
	const add = (first: number, next: number, ongoing: boolean) => {
		if (next - first < leastSlots) return;
		const gap = { fromMs: first * slotMs, toMs: ongoing ? toMs : next * slotMs };
		gaps.push({ ...gap, ongoing, ...compare(first, next) });
	};
	/** Who else was there at that time on days like it. Whether records came is asked of its middle half: edges differ from day to day. */
	const compare = (first: number, next: number) => {
		const margin = Math.floor((next - first) / 4);
		const [from, to] = [(first + margin) * slotMs, (next - margin) * slotMs];
		const visits: number[] = [];
		let daysWithRecords = 0;
		for (let days = -farthest; days <= farthest; days++) {
			const shifted = [shift(from, days), shift(to, days)] as const;
			if (shifted[1] > first * slotMs && shifted[0] < next * slotMs) continue;
			if (shifted[0] < slots[0]! * slotMs || shifted[1] > toMs || !alike(from, shifted[0]) || !alike(to - 1, shifted[1] - 1))
				continue;
			if (indexFrom(shifted[1] / slotMs) > indexFrom(shifted[0] / slotMs)) daysWithRecords++;
			visits.push(visitsIn(shift(first * slotMs, days) / slotMs, shift(next * slotMs, days) / slotMs));
		}
		const comparedDays = visits.length;
		const few = visits.sort((a, b) => a - b)[Math.floor(comparedDays * unlikely)] ?? 0;
		const isMissed = comparedDays > 1 && daysWithRecords >= comparedDays * (1 - unlikely) && few >= leastVisits;
		return { comparedDays, daysWithRecords, usual: !isMissed };
	};
	const shift = (ms: number, days: number) => calendar.startOf(calendar.dayOf(ms) + days) + calendar.timeOfDay(ms);
	const alike = (a: number, b: number) => calendar.isWeekend(calendar.dayOf(a)) === calendar.isWeekend(calendar.dayOf(b));
	/** Where the first piece is that is not before this one. */
	const indexFrom = (slot: number) => {
		let [low, high] = [0, slots.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if (slots[middle]! < slot) low = middle + 1;
			else high = middle;
		}
		return low;
	};
	const visitsIn = (from: number, to: number) => cameBefore[indexFrom(to)]! - wentBefore[indexFrom(from)]!;
	let empty = begin;
	for (let at = indexFrom(begin); at < slots.length && slots[at]! < end; at++) {
		add(empty, slots[at]!, false);
		empty = slots[at]! + 1;
	}
	add(empty, end, true);
	return gaps;
}

/** Of so many of the first, the sum: none, one, two, to all. */
function sums(counts: readonly number[]): number[] {
	const all = [0];
	for (const count of counts) all.push(all.at(-1)! + count);
	return all;
}

/** The longest time whose neighbours are looked at, so that a question reads no more than it needs. */
export const comparedMs = farthest * dayMs;
