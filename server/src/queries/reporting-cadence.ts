import type { Calendar } from "./calendar.ts";

const hourMs = 3_600_000;
const dayHours = 24;
/**
 * Up to so many hours the cadence is by the hour, even if some of its gaps are shorter; a client that pauses longer has a
 * cadence by the day.
 */
const steadyHours = 4;
/** With fewer active days the usual cadence is not known. */
const leastDays = 3;

export type Rhythm = {
	/** The pause that four of five of its days do not exceed; without weekends where it rests then. */
	readonly intervalMs: number;
	/** Saturdays and Sundays do not count. */
	readonly restsAtWeekends: boolean;
	/** Two usual intervals after it was seen last: from then on it is silent. */
	readonly silentAtMs: number;
};

/**
 * Derives how often a client reports from its own history: the hours (whole hours since 1970, rising) in which it did.
 * Undefined when there are too few days.
 */
export function rhythmOf(hours: readonly number[], lastSeenMs: number, calendar: Calendar): Rhythm | undefined {
	const days = hours.map((hour) => calendar.dayOf(hour * hourMs));
	const active = new Set(days);
	if (active.size < leastDays) return undefined;
	const restsAtWeekends = restsThen(hours, days, calendar);
	const { pause, median } = pausesOf(hours, days, restsAtWeekends ? calendar : undefined);
	// Nights are part of a rhythm by days: a pause of 16 hours means "every day", one of 25 does so, too.
	const isSteady = pause <= dayHours / 2 && pause <= Math.max(steadyHours, 2 * median);
	const hoursBetween = isSteady ? Math.max(1, pause) : Math.max(1, Math.ceil((pause - 1) / dayHours)) * dayHours;
	const intervalMs = hoursBetween * hourMs;
	return {
		intervalMs,
		restsAtWeekends,
		silentAtMs: after(lastSeenMs, 2 * intervalMs, restsAtWeekends ? calendar : undefined),
	};
}

/** The longest pause that began on each day, of these the one that four of five days keep; and the median of all pauses. */
function pausesOf(hours: readonly number[], days: readonly number[], resting: Calendar | undefined) {
	const all: number[] = [];
	const longest = new Map<number, number>();
	// What began on the last day is not over.
	const last = days.at(-1)!;
	for (let i = 0; i + 1 < hours.length; i++) {
		const pause = counted(hours[i]!, hours[i + 1]!, resting);
		all.push(pause);
		if (days[i] !== last) longest.set(days[i]!, Math.max(longest.get(days[i]!) ?? 0, pause));
	}
	return { pause: quantile([...longest.values()], 0.8), median: quantile(all, 0.5) };
}

/** Weekends are rest where fewer than a fourth of them had anything, or none came yet and the nights are rest as well. */
function restsThen(hours: readonly number[], days: readonly number[], calendar: Calendar): boolean {
	const active = new Set(days);
	let [weekendDays, worked] = [0, 0];
	for (let day = days[0]!; day <= days.at(-1)!; day++) {
		if (!calendar.isWeekend(day)) continue;
		weekendDays++;
		if (active.has(day)) worked++;
	}
	if (weekendDays > 0) return worked < weekendDays / 4;
	return pausesOf(hours, days, undefined).pause > steadyHours;
}

/** Hours from one to another, without those of weekends for whom is resting then. */
function counted(from: number, to: number, resting: Calendar | undefined): number {
	if (!resting) return to - from;
	let hours = 0;
	for (let hour = from; hour < to; hour++) if (!resting.isWeekend(resting.dayOf(hour * hourMs))) hours++;
	return hours;
}

/** The instant so much later, over weekends for whom is resting then. */
function after(ms: number, duration: number, resting: Calendar | undefined): number {
	if (!resting) return ms + duration;
	let [at, left] = [ms, duration];
	for (;;) {
		const next = resting.startOf(resting.dayOf(at) + 1);
		if (resting.isWeekend(resting.dayOf(at))) at = next;
		else if (next - at >= left) return at + left;
		else {
			left -= next - at;
			at = next;
		}
	}
}

const quantile = (values: readonly number[], share: number): number =>
	new Uint32Array(values).sort()[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
