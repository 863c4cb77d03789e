import type { EventRow } from "@purser/api";
import { summarizeEvent } from "@purser/api/event-summary";
import { duration as formatDuration } from "../format/duration.ts";
import { money } from "../format/money.ts";
import { compactNumber } from "../format/number.ts";

/** One event as one line. */
export interface Summary {
	subject: string;
	facts: readonly string[];
	/** Amounts have columns of their own, so that they can be compared down the page. */
	duration: string;
	cost: string;
	isCritical: boolean;
}

export function summary(event: Pick<EventRow, "event" | "attributes">): Summary {
	const { durationMs, costUsd, ...words } = summarizeEvent(event, compactNumber);
	return {
		...words,
		duration: durationMs === undefined ? "" : formatDuration(durationMs),
		cost: costUsd === undefined ? "" : money(costUsd),
	};
}
