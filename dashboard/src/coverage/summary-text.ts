import type { CoverageAnswer } from "@purser/api";
import { duration } from "../format/duration.ts";
import { instant } from "../format/instant.ts";
import { pluralize } from "../format/labels.ts";
import { percent } from "../format/number.ts";

/** Summarizes coverage in one sentence; the worst comes first. */
export function coverageSentence(
	{ summary, gaps, meta }: Pick<CoverageAnswer, "summary" | "gaps" | "meta">,
	zone: string,
	locale?: string,
): string {
	const { reporting, silent, irregular, silent_signals: parts, missing_ratio: ratio, clients } = summary;
	if (clients === 0) return "No client has reported yet.";
	const known = reporting + silent;
	const now = gaps.find(({ ongoing, usual }) => ongoing && !usual);
	const head = now
		? `No client has reported for ${duration(Date.parse(meta.as_of) - Date.parse(now.from), locale)}, since ${instant(now.from, "dayMinute", zone, locale)}`
		: known === 0
			? `${pluralize(irregular, "client is", "clients are", locale)} known, all seen on too few days to know what is usual`
			: silent === 0
				? known === 1
					? "The one regular client reports"
					: `All ${pluralize(known, "client", "clients", locale)} report`
				: `${reporting.toLocaleString(locale)} of ${pluralize(known, "client", "clients", locale)} ${reporting === 1 ? "reports" : "report"}`;
	const rest: string[] = [];
	if (silent > 0) rest.push(`${pluralize(silent, "went", "went", locale)} silent`);
	if (parts > 0) rest.push(`${parts === 1 ? "one signal" : pluralize(parts, "signal", "signals", locale)} of others stopped`);
	if (summary.expected && summary.expected_never_seen)
		rest.push(unseenWords(summary.expected_never_seen, summary.expected, locale));
	if (ratio !== null) rest.push(ratio === 0 ? "no event is missing" : `${percent(ratio, locale)} of events are missing`);
	return `${[head, ...rest].join("; ")}.`;
}

/** "3 of 48 people in the directory have sent nothing". */
export const unseenWords = (unseen: number, expected: number, locale?: string): string =>
	expected === 1
		? "1 expected person has sent nothing"
		: `${unseen.toLocaleString(locale)} of ${pluralize(expected, "person", "people", locale)} in the directory ${unseen === 1 ? "has" : "have"} sent nothing`;

/** "All 48 people in the directory have reported". */
export const expectedWords = (expected: number, locale?: string): string =>
	expected === 1
		? "1 expected person has reported"
		: `All ${pluralize(expected, "person", "people", locale)} in the directory have reported`;

/** Formats how often a client reports: "day", "2 days", "workday", "hour". */
export function intervalWords(seconds: number, restsAtWeekends: boolean | null): string {
	const days = seconds / 86_400;
	if (days >= 1 && Number.isInteger(days)) {
		const one = restsAtWeekends ? "workday" : "day";
		return days === 1 ? `every ${one}` : `every ${days} ${one}s`;
	}
	const hours = seconds / 3600;
	return hours === 1 ? "every hour" : `every ${duration(seconds * 1000)}`;
}
