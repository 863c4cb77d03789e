import { addDays, startOfDay, startOfMonth, startOfWeek } from "./zone.ts";

export const grains = ["minute", "hour", "day", "week", "month"] as const;
export type Grain = (typeof grains)[number];

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Chooses the finest readable grain: between a handful and about a hundred marks. */
export function grainFor(from: number, to: number): Grain {
	const length = to - from;
	if (length <= 2 * hour) return "minute";
	if (length <= 2.5 * day) return "hour";
	if (length <= 100 * day) return "day";
	return length <= 800 * day ? "week" : "month";
}

/** Lists sensible grains for a period: no chart of ten thousand slivers. */
export function grainsFor(from: number, to: number): Grain[] {
	const sizes: Record<Grain, number> = { minute, hour, day, week: 7 * day, month: 30 * day };
	return grains.filter((grain) => {
		const buckets = (to - from) / sizes[grain];
		return buckets >= 2 && buckets <= 200;
	});
}

function bucketStart(instant: number, grain: Grain, zone: string): number {
	switch (grain) {
		case "minute":
			return Math.floor(instant / minute) * minute;
		case "hour": {
			// From the day's start, because some zones are half an hour off; over a change of clocks it still counts real hours.
			const dayStart = startOfDay(instant, zone);
			return dayStart + Math.floor((instant - dayStart) / hour) * hour;
		}
		case "day":
			return startOfDay(instant, zone);
		case "week":
			return startOfWeek(instant, zone);
		case "month":
			return startOfMonth(instant, zone);
	}
}

export function nextBucket(start: number, grain: Grain, zone: string): number {
	switch (grain) {
		case "minute":
			return start + minute;
		case "hour":
			return start + hour;
		case "day":
			return addDays(start, 1, zone);
		case "week":
			return addDays(start, 7, zone);
		case "month":
			return startOfMonth(start, zone, 1);
	}
}

/** Every bucket that touches [from, to), so that a quiet day is a gap on the axis and not a missing day. */
export function bucketsBetween(from: number, to: number, grain: Grain, zone: string): number[] {
	const starts: number[] = [];
	for (let start = bucketStart(from, grain, zone); start < to && starts.length < 2000; start = nextBucket(start, grain, zone)) {
		starts.push(start);
	}
	return starts;
}
