/** Between a number and its unit: narrow, and never broken over a line. */
export const thinSpace = "\u202f";

const steps: readonly [number, string][] = [
	[1e12, "T"],
	[1e9, "B"],
	[1e6, "M"],
	[1e3, "K"],
];

/** Whole below ten thousand, then three significant digits: 1,587 · 15.9 K · 1.59 M. */
export function compactNumber(value: number, locale?: string): string {
	const size = Math.abs(value);
	if (size < 9999.5) return exactNumber(value, locale, size !== 0 && size < 100 && !Number.isInteger(value) ? 1 : 0);
	// 999,600 rounds to a thousand thousands: then the next unit says it better.
	const found = steps.findIndex(([step]) => size >= step * 0.9995);
	const [step, suffix] = steps[found === -1 ? steps.length - 1 : found] ?? [1, ""];
	const scaled = new Intl.NumberFormat(locale, { minimumSignificantDigits: 3, maximumSignificantDigits: 3 }).format(value / step);
	return `${scaled}${thinSpace}${suffix}`;
}

export function exactNumber(value: number, locale?: string, digits = 0): string {
	return new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
}

/** A ratio of 0…1 as per cent; what exists is never shown as nothing. */
export function percent(ratio: number, locale?: string): string {
	const hundred = ratio * 100;
	const size = Math.abs(hundred);
	if (size > 0 && size < 0.01) return `<0.01${thinSpace}%`;
	const digits = size > 0 && size < 1 ? 2 : size < 10 ? 1 : size < 99.95 && size > 90 ? 1 : 0;
	return `${new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(hundred)}${thinSpace}%`;
}
