import { instantOf, wallClock } from "./zone.ts";

/** A calendar day as date fields write it: 2026-11-20. */
export function dayText(instant: number, zone: string): string {
	const { year, month, day } = wallClock(instant, zone);
	return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

export function instantOfDay(text: string, zone: string): number | undefined {
	const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
	if (!found) return undefined;
	const [, year, month, day] = found.map(Number) as [number, number, number, number];
	return instantOf({ year, month, day }, zone);
}
