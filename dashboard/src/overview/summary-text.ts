import { pluralize } from "../format/labels.ts";
import { money } from "../format/money.ts";
import { exactNumber, percent } from "../format/number.ts";

export interface Totals {
	/** Undefined when a filtered dimension is missing. */
	people: number | undefined;
	sessions: number | undefined;
	costUsd: number | undefined;
	toolCalls: { calls: number; failedRatio: number | null } | undefined;
	/** Undefined when there is nothing to compare with. */
	before: { people: number; costUsd: number } | undefined;
	/** The forecast of this month's cost, when enough of the month has passed. */
	monthUsd: number | undefined;
	/** The value that explains most of a change in cost. */
	mover: { label: string; differenceUsd: number } | undefined;
	/** The filters in words: "model opus-5-5". Empty without filters. */
	only: string;
	/** "in the last 7 days" */
	within: string;
	locale?: string;
}

/** The answer to "what did it come to?" in one sentence, and every word of it follows from the numbers. */
export function sentence(totals: Totals): string {
	const { people, sessions, costUsd, toolCalls, before, monthUsd, mover, locale } = totals;
	const within = totals.only === "" ? totals.within : `${totals.within} (${totals.only})`;
	if (costUsd === undefined || sessions === undefined || people === undefined) {
		if (!toolCalls) return `Cost and people are not available for this filter (${totals.only}).`;
		const failed = toolCalls.failedRatio === null ? "" : `, ${percent(toolCalls.failedRatio, locale)} of them failed`;
		return `${pluralize(toolCalls.calls, "tool call", "tool calls", locale)} ${within}${failed}.`;
	}
	if (people === 0 && sessions === 0) return `Claude Code was not used ${within}.`;
	const more = before && before.people > 0 ? people - before.people : 0;
	const moved = more === 0 ? "" : ` (${more > 0 ? "+" : "−"}${exactNumber(Math.abs(more), locale)})`;
	// Metrics alone may come without an identity: then there are sessions, and no people to count.
	const who = people === 0 ? "Claude Code was used" : `${pluralize(people, "person", "people", locale)}${moved} used Claude Code`;
	const parts = [`${who} ${within}: ${pluralize(sessions, "session", "sessions", locale)}, ${money(costUsd, locale)}`];
	const change = costChange(costUsd, before?.costUsd, mover, locale);
	if (change) parts.push(change);
	if (monthUsd !== undefined && monthUsd > 0)
		parts.push(`on course for ${money(rounded(monthUsd), locale).replace(/\.00$/, "")} this month`);
	return `${parts.join("; ")}.`;
}

/** A forecast in cents would claim too much. */
const rounded = (usd: number): number => (usd >= 100 ? Math.round(usd) : usd);

function costChange(now: number, before: number | undefined, mover: Totals["mover"], locale?: string): string | undefined {
	if (before === undefined || before <= 0) return undefined;
	const difference = now - before;
	// Within five per cent is no news.
	if (Math.abs(difference) < before * 0.05) return "about as much as before";
	const text = `${money(Math.abs(difference), locale)} ${difference > 0 ? "more" : "less"} than before`;
	const explains =
		mover &&
		Math.sign(mover.differenceUsd) === Math.sign(difference) &&
		Math.abs(mover.differenceUsd) >= Math.abs(difference) / 2;
	return explains ? `${text}, mostly ${mover.label}` : text;
}

/** Forecasts the month's cost if the rest of it is like the part that has passed. Undefined in its first three days. */
export function monthForecast(soFarUsd: number, monthStart: number, now: number, monthEnd: number): number | undefined {
	const passed = now - monthStart;
	if (passed < 3 * 86_400_000) return undefined;
	return (soFarUsd / passed) * (monthEnd - monthStart);
}
