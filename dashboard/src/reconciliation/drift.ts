import type { ReconciliationSums } from "@purser/api";
import { signed } from "../format/change.ts";
import { exactMoney } from "../format/money.ts";
import { thinSpace } from "../format/number.ts";
import { nothing, type Unit } from "../format/value.ts";

/** A difference of sums of doubles that are the same is none. */
export const rounded = (difference: number): number => (Math.abs(difference) < 0.5e-6 ? 0 : difference);

const sign = (value: number): string => (value > 0 ? "+" : value < 0 ? "−" : "");

/** Counters less requests. */
export const differenceOf = (sums: ReconciliationSums, what: "cost" | "tokens"): number =>
	what === "cost" ? rounded(sums.counters_cost_usd - sums.requests_cost_usd) : sums.counters_tokens - sums.requests_tokens;

/** In per cent: none where the difference is none, whatever the rounding of sums makes of it. */
export function driftOf(sums: ReconciliationSums, what: "cost" | "tokens"): number | null {
	const drift = what === "cost" ? sums.cost_drift_percent : sums.tokens_drift_percent;
	return drift !== null && differenceOf(sums, what) === 0 ? 0 : drift;
}

/** A difference with its sign: here the smallest matters too, and is shown in full. */
export function differenceText(unit: Unit, difference: number, locale?: string): string {
	const isTiny = unit === "USD" && difference !== 0 && Math.abs(difference) < 0.0001;
	return isTiny ? `${sign(difference)}${exactMoney(Math.abs(difference), locale)}` : signed(unit, difference, locale);
}

/** "−0.02 %", "+0.002 %" of a drift in per cent; a dash where there are no requests to drift from. */
export function driftText(percent: number | null | undefined, locale?: string): string {
	if (typeof percent !== "number") return nothing;
	const size = Math.abs(percent);
	const digits = size < 0.01 ? { maximumSignificantDigits: 1 } : { maximumFractionDigits: size < 1 ? 2 : size < 10 ? 1 : 0 };
	return `${sign(percent)}${new Intl.NumberFormat(locale, digits).format(size)}${thinSpace}%`;
}
