import type { Calendar } from "./calendar.ts";

/** Time is looked at in pieces of five minutes. */
export const slotMs = 300_000;
const leastSlots = 3;
/** So many pieces with records, on the mean of like days, are missed; fewer may be chance. */
const leastMissed = 4;
const dayMs = 86_400_000;
/** Days to compare with, either way. */
const farthest = 28;

export type FleetGap = {
	readonly fromMs: number;
	readonly toMs: number;
	/** Nothing came since. */
	readonly ongoing: boolean;
	/** A night, a weekend, a lunch: not on nine of ten like days did anything come then, or too little to be missed. */
	readonly usual: boolean;
	/** Like days that could be compared, and on how many of them something came. */
	readonly comparedDays: number;
	readonly daysWithRecords: number;
};

/**
 * When nobody sent anything for a quarter of an hour or more. `slots` are the pieces with a record (multiples of slotMs over
 * slotMs, rising) of all that is known, which is more than the period, so that the usual can be told from the unusual.
 */
export function fleetGaps(slots: readonly number[], fromMs: number, toMs: number, calendar: Calendar): FleetGap[] {
	if (slots.length === 0) return [];
	const begin = Math.max(Math.floor(fromMs / slotMs), slots[0]!);
	const end = Math.floor(toMs / slotMs);
	const known = new Set(slots);
	const gaps: FleetGap[] = [];
	const add = (first: number, next: number, ongoing: boolean) => {
		if (next - first < leastSlots) return;
		const gap = { fromMs: first * slotMs, toMs: ongoing ? toMs : next * slotMs };
		gaps.push({ ...gap, ongoing, ...compare(first, next) });
	};
	/** What else came in the middle half of that time on days like it: its edges differ from day to day anyhow. */
	const compare = (first: number, next: number) => {
		const margin = Math.floor((next - first) / 4);
		const middle = [first + margin, next - margin] as const;
		const [from, to] = [middle[0] * slotMs, middle[1] * slotMs];
		let [comparedDays, daysWithRecords, filled] = [0, 0, 0];
		for (let days = -farthest; days <= farthest; days++) {
			const shifted = [shift(from, days), shift(to, days)] as const;
			if (shifted[1] > first * slotMs && shifted[0] < next * slotMs) continue;
			if (shifted[0] < slots[0]! * slotMs || shifted[1] > toMs || !alike(from, shifted[0]) || !alike(to - 1, shifted[1] - 1))
				continue;
			comparedDays++;
			if (count(shifted[0], shifted[1]) > 0) daysWithRecords++;
			filled += count(shift(first * slotMs, days), shift(next * slotMs, days));
		}
		const isMissed = comparedDays > 1 && daysWithRecords >= comparedDays * 0.9 && filled >= comparedDays * leastMissed;
		return { comparedDays, daysWithRecords, usual: !isMissed };
	};
	const shift = (ms: number, days: number) => calendar.startOf(calendar.dayOf(ms) + days) + calendar.timeOfDay(ms);
	const alike = (a: number, b: number) => calendar.isWeekend(calendar.dayOf(a)) === calendar.isWeekend(calendar.dayOf(b));
	const count = (from: number, to: number) => {
		let filled = 0;
		for (let slot = Math.floor(from / slotMs); slot < to / slotMs; slot++) if (known.has(slot)) filled++;
		return filled;
	};
	let empty = begin;
	for (let slot = begin; slot < end; slot++) {
		if (!known.has(slot)) continue;
		add(empty, slot, false);
		empty = slot + 1;
	}
	add(empty, end, true);
	return gaps;
}

/** The longest time whose neighbours are looked at, so that a question reads no more than it needs. */
export const comparedMs = farthest * dayMs;
