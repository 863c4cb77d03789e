import type { EventsAnswer, EventsParameters } from "@purser/api";
import { ask } from "./ask.ts";

export const eventFilters = ["event", "person", "tool", "session", "prompt", "q"] as const;
export type EventFilter = (typeof eventFilters)[number];

/** Empty means any. `from` and `to` are ISO 8601 or relative. */
export type EventQuestion = Record<EventFilter | "from" | "to", string>;

export function askEvents(
	question: EventQuestion,
	limit: number,
	cursor?: string | null,
	signal?: AbortSignal,
): Promise<EventsAnswer> {
	const asked = Object.fromEntries(Object.entries(question).filter(([, value]) => value !== ""));
	const parameters: EventsParameters = { ...asked, limit, ...(cursor && { cursor }) };
	return ask("/events", parameters, signal ? { signal } : undefined);
}
