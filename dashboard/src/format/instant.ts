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

/** "14–20 Nov", "13:05–14:05": the shortest that is still clear. */
export function spanOf(from: number, to: number, zone: string, locale?: string): string {
	const short = to - from <= 26 * 3_600_000;
	const options: Parts = { ...(short ? shapes.dayMinute : shapes.day), timeZone: zone };
	// Another year than this one is said.
	const yearOf = (time: number) => instant(time, "year", zone);
	if (yearOf(from) !== yearOf(Date.now())) options.year = "numeric";
	// An end at midnight belongs to the day before: `to` is exclusive.
	return new Intl.DateTimeFormat(locale, options).formatRange(from, short ? to : to - 1);
}
