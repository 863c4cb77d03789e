import { exactNumber, thinSpace } from "./number.ts";

const units: readonly [number, string][] = [
	[86_400, "d"],
	[3_600, "h"],
	[60, "m"],
	[1, "s"],
];

/** Two units at most: 850 ms · 4.1 s · 38 s · 4 m 10 s · 2 h 5 m · 3 d 4 h. */
export function duration(milliseconds: number, locale?: string): string {
	if (milliseconds < 0) return `−${duration(-milliseconds, locale)}`;
	if (milliseconds < 999.5) return `${exactNumber(milliseconds, locale, milliseconds < 10 ? 1 : 0)}${thinSpace}ms`;
	if (milliseconds < 59_950) {
		return `${exactNumber(milliseconds / 1000, locale, milliseconds < 19_950 ? 1 : 0)}${thinSpace}s`;
	}
	const seconds = Math.round(milliseconds / 1000);
	const first = units.findIndex(([size]) => seconds >= size);
	const [size, unit] = units[first] ?? [1, "s"];
	const [nextSize, nextUnit] = units[first + 1] ?? [1, ""];
	const rest = Math.floor((seconds % size) / nextSize);
	const head = `${exactNumber(Math.floor(seconds / size), locale)}${thinSpace}${unit}`;
	return rest === 0 || nextUnit === "" ? head : `${head} ${rest}${thinSpace}${nextUnit}`;
}

/** Formats an age in one unit: "just now", "4 m ago", "3 d ago". */
export function ago(milliseconds: number): string {
	const seconds = Math.max(0, Math.floor(milliseconds / 1000));
	if (seconds < 5) return "just now";
	const [size, unit] = units.find(([limit]) => seconds >= limit) ?? [1, "s"];
	return `${Math.floor(seconds / size)}${thinSpace}${unit} ago`;
}
