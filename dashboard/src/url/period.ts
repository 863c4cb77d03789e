import { spanOf } from "../format/instant.ts";
import { addDays, startOfDay } from "./zone.ts";

export interface Range {
	from: number;
	/** Exclusive. */
	to: number;
}

const hour = 3_600_000;
const day = 24 * hour;

/** Choices of the time menu. Days are calendar days in the reader's zone, the last of them being today, so far. */
export const presets = {
	"1h": { label: "Last hour", within: "in the last hour", range: (now: number): Range => ({ from: now - hour, to: now }) },
	"24h": {
		label: "Last 24 hours",
		within: "in the last 24 hours",
		range: (now: number): Range => ({ from: now - day, to: now }),
	},
	"7d": { label: "Last 7 days", within: "in the last 7 days", range: lastDays(7) },
	"30d": { label: "Last 30 days", within: "in the last 30 days", range: lastDays(30) },
	"90d": { label: "Last 90 days", within: "in the last 90 days", range: lastDays(90) },
} as const;

export type Preset = keyof typeof presets;

/** A preset by name, or two instants. */
export type Period = { preset: Preset } | Range;

function lastDays(days: number) {
	return (now: number, zone: string): Range => ({ from: addDays(startOfDay(now, zone), 1 - days, zone), to: now });
}

export const rangeOf = (period: Period, now: number, zone: string): Range =>
	"preset" in period ? presets[period.preset].range(now, zone) : period;

/**
 * Returns the distance of the comparison. Less than a day: right before. A day or more: whole weeks, so that the same weekdays
 * are compared, and at least as many as keep the two apart.
 */
export function daysBack({ from, to }: Range): number | undefined {
	const length = to - from;
	// An hour of tolerance, because seven days are 169 hours when the clocks go back.
	return length < day - hour ? undefined : Math.ceil((length - hour) / (7 * day)) * 7;
}

/** Returns a range of the same length, with the same weekdays, at the same time of day. */
export function previousOf(range: Range, zone: string): Range {
	const days = daysBack(range);
	if (days === undefined) return { from: range.from - (range.to - range.from), to: range.from };
	return { from: addDays(range.from, -days, zone), to: addDays(range.to, -days, zone) };
}

export function previousLabel(range: Range, zone: string, locale?: string): string {
	const days = daysBack(range);
	if (days === undefined) return "the same length right before";
	const weeks = days / 7;
	const { from, to } = previousOf(range, zone);
	return `${spanOf(from, to, zone, locale)}, ${weeks === 1 ? "the week before" : `${weeks} weeks earlier`}, same weekdays`;
}

/** Names the comparison in two words, for a button. */
export function previousWords(range: Range): string {
	const days = daysBack(range);
	if (days === undefined) return "time before";
	return days === 7 ? "week before" : `${days / 7} weeks before`;
}

export const periodLabel = (period: Period, zone: string, locale?: string): string =>
	"preset" in period ? presets[period.preset].label : spanOf(period.from, period.to, zone, locale);

export const periodWithin = (period: Period, zone: string, locale?: string): string =>
	"preset" in period ? presets[period.preset].within : `on ${spanOf(period.from, period.to, zone, locale)}`;
