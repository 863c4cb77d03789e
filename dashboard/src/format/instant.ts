/** Instants for reading, in the reader's locale and in the zone that the page says it uses. */
type Parts = Intl.DateTimeFormatOptions;

const shapes = {
	minute: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
	second: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
	year: { year: "numeric" },
	day: { day: "numeric", month: "short" },
	weekday: { weekday: "short", day: "numeric", month: "short" },
	month: { month: "long", year: "numeric" },
	full: { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" },
	dayMinute: { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
} satisfies Record<string, Parts>;

export type Shape = keyof typeof shapes;

const made = new Map<string, Intl.DateTimeFormat>();

export function instant(time: number | string, shape: Shape, zone: string, locale?: string): string {
	const key = `${locale} ${zone} ${shape}`;
	let formatter = made.get(key);
	if (!formatter) {
		formatter = new Intl.DateTimeFormat(locale, { ...shapes[shape], timeZone: zone });
		made.set(key, formatter);
	}
	return formatter.format(typeof time === "string" ? new Date(time) : time);
}

const isMidnight = (time: number, zone: string): boolean => instant(time, "second", zone) === "00:00:00" && time % 1000 === 0;

/** "14–20 Nov", "Sat, 14 Nov", "13:05–14:05": the shortest that is still clear. */
export function spanOf(from: number, to: number, zone: string, locale?: string): string {
	const isDays = to - from > 26 * 3_600_000 || (isMidnight(from, zone) && isMidnight(to, zone));
	// An end at midnight belongs to the day before: `to` is exclusive.
	const last = isDays ? to - 1 : to;
	const isOne = isDays && instant(from, "weekday", zone) === instant(last, "weekday", zone);
	const shape: Parts = isOne ? shapes.weekday : isDays ? shapes.day : shapes.dayMinute;
	// Another year than this one is said.
	const isThisYear = instant(from, "year", zone) === instant(Date.now(), "year", zone);
	const options: Parts = { ...shape, ...(!isThisYear && { year: "numeric" }), timeZone: zone };
	return new Intl.DateTimeFormat(locale, options).formatRange(from, last);
}
