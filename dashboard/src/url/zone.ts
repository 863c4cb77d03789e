/** Calendar arithmetic in an IANA zone, where a day may have 23 or 25 hours. */
interface Wall {
	year: number;
	month: number;
	day: number;
	hour: number;
	minute: number;
	second: number;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: string): Intl.DateTimeFormat {
	let formatter = formatters.get(zone);
	if (!formatter) {
		formatter = new Intl.DateTimeFormat("en-US", {
			timeZone: zone,
			calendar: "gregory",
			hourCycle: "h23",
			year: "numeric",
			month: "numeric",
			day: "numeric",
			hour: "numeric",
			minute: "numeric",
			second: "numeric",
		});
		formatters.set(zone, formatter);
	}
	return formatter;
}

export const readerZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

export function wallClock(instant: number, zone: string): Wall {
	const wall: Wall = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
	for (const { type, value } of formatterOf(zone).formatToParts(instant)) {
		if (type in wall) wall[type as keyof Wall] = Number(value);
	}
	return wall;
}

const utcOf = (wall: Wall): number => Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);
const offsetAt = (instant: number, zone: string): number => utcOf(wallClock(instant, zone)) - Math.floor(instant / 1000) * 1000;

/** The instant at which clocks in the zone show this; fields may run over (day 32, month 13). A skipped hour gives the one after. */
export function instantOf(wall: Partial<Wall> & Pick<Wall, "year" | "month" | "day">, zone: string): number {
	const shown = utcOf({ hour: 0, minute: 0, second: 0, ...wall });
	const guess = shown - offsetAt(shown, zone);
	// The guess used the offset of a neighbouring instant; once more with its own, which settles everything but a skipped hour.
	const settled = shown - offsetAt(guess, zone);
	return offsetAt(settled, zone) === shown - settled ? settled : Math.max(guess, settled);
}

export function startOfDay(instant: number, zone: string): number {
	const { year, month, day } = wallClock(instant, zone);
	return instantOf({ year, month, day }, zone);
}

/** Returns the same time of day, so many calendar days later. */
export function addDays(instant: number, days: number, zone: string): number {
	const wall = wallClock(instant, zone);
	return instantOf({ ...wall, day: wall.day + days }, zone) + (((instant % 1000) + 1000) % 1000);
}

/** Monday's midnight, as ISO 8601 has it. */
export function startOfWeek(instant: number, zone: string): number {
	const { year, month, day } = wallClock(instant, zone);
	const sinceMonday = (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
	return instantOf({ year, month, day: day - sinceMonday }, zone);
}

export function startOfMonth(instant: number, zone: string, months = 0): number {
	const { year, month } = wallClock(instant, zone);
	return instantOf({ year, month: month + months, day: 1 }, zone);
}
