const dayMs = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Returns how far a zone's clock is ahead of UTC at that time, in ms. */
function offsetMs(zone: string, atMs: number): number {
	const known = formats.get(zone);
	const format =
		known ?? new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", dateStyle: "short", timeStyle: "medium" });
	if (!known) formats.set(zone, format);
	const [month, day, year, hour, minute, second] = format.format(atMs).match(/\d+/g)!.map(Number) as [
		number,
		number,
		number,
		number,
		number,
		number,
	];
	return Date.UTC(2000 + (year % 100), month - 1, day, hour, minute, second) - Math.floor(atMs / 1000) * 1000;
}

/** When a day (`2026-11-21`) begins in a zone, in ms since 1970. */
export function midnightOf(day: string, zone: string): number {
	const utc = Date.parse(`${day}T00:00:00Z`);
	const guess = utc - offsetMs(zone, utc);
	return utc - offsetMs(zone, guess);
}

/** Returns the day in a zone. */
export const dayIn = (zone: string, atMs: number): string => new Date(atMs + offsetMs(zone, atMs)).toISOString().slice(0, 10);

/** So many days before or after a day. */
export const daysFrom = (day: string, days: number): string =>
	new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);

/** Monday is 1, Sunday 7. */
export const weekdayOf = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay() || 7;

const everywhere = ["12-25", "12-26", "01-01"];
const holidays: Readonly<Record<string, readonly string[]>> = {
	"Europe/Berlin": ["05-01", "10-03", ...everywhere],
	"America/New_York": ["07-03", "09-07", "10-12", "11-11", "11-26", "11-27", ...everywhere],
	"America/Los_Angeles": ["07-03", "09-07", "11-11", "11-26", "11-27", ...everywhere],
	"Asia/Kolkata": ["08-15", "10-02", "11-09", ...everywhere],
};

/** Returns true if that day is a holiday there. */
export const isHoliday = (day: string, zone: string): boolean => holidays[zone]?.includes(day.slice(5)) ?? false;
