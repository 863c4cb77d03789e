import type { EventRow } from "@purser/api";
import { summarizeEvent } from "@purser/api/event-summary";
import { showDuration, showMoney, showNumber, showTime } from "./format-value.ts";
import { clean, clip } from "./terminal.ts";

/** Summarizes an event without its person and time. */
export function summaryOf(event: Pick<EventRow, "event" | "attributes">): string {
	const { subject, facts, durationMs, costUsd } = summarizeEvent(event, showNumber);
	const duration = durationMs === undefined ? "" : showDuration(durationMs);
	const cost = costUsd === undefined ? "" : showMoney(costUsd);
	return [subject, ...facts, duration, cost].filter((part) => part !== "").join("  ");
}

/** One event as one line. */
export function eventLine(event: EventRow, tz: string, width: number): string {
	const parts = [
		showTime(event.time, tz, "second"),
		event.event.padEnd(14),
		event.person.slice(0, 40),
		event.session_id.slice(0, 8),
		summaryOf(event),
	];
	return clip(clean(parts.filter((part) => part !== "").join("  ")), width);
}
