import type { MeasureUnit } from "@purser/api";
import { duration } from "./duration.ts";
import { exactMoney, money } from "./money.ts";
import { compactNumber, exactNumber, percent, thinSpace } from "./number.ts";

export type Unit = MeasureUnit;

/** Shown in place of a ratio with nothing to divide by. */
export const nothing = "–";

/** For reading: short, and never clipped. */
export function shortValue(unit: Unit, value: number | null | undefined, locale?: string): string {
	if (value === null || value === undefined) return nothing;
	if (unit === "USD") return money(value, locale);
	if (unit === "ms") return duration(value, locale);
	// Hours of work are no days.
	if (unit === "s")
		return value < 86_400 ? duration(value * 1000, locale) : `${compactNumber(value / 3600, locale)}${thinSpace}h`;
	if (unit === "1") return percent(value, locale);
	return compactNumber(value, locale);
}

/** For an axis: round numbers without the zeros that only exactness needs. */
export function axisValue(unit: Unit, value: number, locale?: string): string {
	const round = new Intl.NumberFormat(locale, { notation: "compact", maximumSignificantDigits: 3 }).format(value);
	if (unit === "USD") return `$${round}`;
	return unit === "ms" || unit === "s" || unit === "1" ? shortValue(unit, value, locale) : round;
}

/** For checking: all the digits there are, with the unit spelled out. */
export function exactValue(unit: Unit, value: number | null | undefined, locale?: string): string {
	if (value === null || value === undefined) return "not defined: there is nothing to divide by";
	if (unit === "USD") return exactMoney(value, locale);
	if (unit === "ms") return `${exactNumber(value, locale, 3)}${thinSpace}ms`;
	if (unit === "s") return `${exactNumber(value, locale, 3)}${thinSpace}s`;
	if (unit === "1") return `${exactNumber(value * 100, locale, 4)}${thinSpace}%`;
	return unit === "tokens" ? `${exactNumber(value, locale, 3)} tokens` : exactNumber(value, locale, 3);
}
