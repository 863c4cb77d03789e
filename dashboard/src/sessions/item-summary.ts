import type { EventRow, TimelineItem } from "@purser/api";
import { type Summary, summary } from "../live/summary.ts";

/** An item of the timeline as one line: the same words as the live page has for its event. */
export function itemSummary({ event, time, start_time: _, input, ...attributes }: TimelineItem): Summary {
	const base = summary({ event, attributes: attributes as EventRow["attributes"] });
	return {
		...base,
		facts: input === undefined ? base.facts : [String(input), ...base.facts],
		isCritical: base.isCritical || isError({ event, time, ...attributes }),
	};
}

export const isError = (item: TimelineItem): boolean =>
	item.event === "api_error" || item.event === "api_refusal" || item.success === false || item["decision"] === "reject";

export const isRequest = ({ event }: TimelineItem): boolean => event === "api_request" || event === "api_error";
export const isTool = ({ event }: TimelineItem): boolean => event === "tool_result";

export const beginOf = (item: TimelineItem): number => Date.parse(item.start_time ?? item.time);
export const endOf = (item: TimelineItem): number => Date.parse(item.time);
