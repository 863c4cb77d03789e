import { thinSpace } from "./number.ts";
import { shortValue, type Unit } from "./value.ts";

/** The meaning of an increase. Only good and bad changes are coloured. */
export type Direction = "good" | "bad" | "neutral";

export interface Change {
	text: string;
	tone: "positive" | "critical" | "neutral";
}

const minus = (text: string): string => text.replace(/^-/, "−");

/** From one period to the next, in words: "+12 %", "−3 pts", "same", "new". Undefined when there is nothing to compare. */
export function change(
	unit: Unit,
	now: number | null,
	before: number | null,
	more: Direction,
	locale?: string,
): Change | undefined {
	if (now === null || before === null) return undefined;
	const difference = now - before;
	if (difference === 0) return { text: "same", tone: "neutral" };
	const tone = more === "neutral" ? "neutral" : difference > 0 === (more === "good") ? "positive" : "critical";
	const plus = difference > 0 ? "+" : "−";
	if (unit === "1") {
		const points = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(Math.abs(difference) * 100);
		return points === "0" ? { text: "same", tone: "neutral" } : { text: `${plus}${points} pts`, tone };
	}
	if (before === 0) return { text: "none before", tone };
	// Small counts read better as themselves: "+3" of 7 people, not "+75 %".
	if (unit === "" && Math.abs(now) < 100 && Math.abs(before) < 100) return { text: `${plus}${Math.abs(difference)}`, tone };
	const ratio = difference / before;
	if (ratio >= 8.995)
		return { text: `×${minus(new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 }).format(now / before))}`, tone };
	// Finer than a thousandth is noise.
	const rounded = Math.round(Math.abs(ratio) * 1000) / 1000;
	if (rounded === 0) return { text: "same", tone: "neutral" };
	const digits = rounded >= 0.1 ? 0 : 1;
	const text = new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(rounded * 100);
	return { text: `${plus}${text}${thinSpace}%`, tone };
}

/** A difference with its sign: "+$61.20", "−18". */
export function signed(unit: Unit, difference: number, locale?: string): string {
	if (difference === 0) return shortValue(unit, 0, locale);
	return `${difference > 0 ? "+" : "−"}${shortValue(unit, Math.abs(difference), locale)}`;
}
