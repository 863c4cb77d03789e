import { ask } from "./ask.ts";

export type AttributeValue = string | number | boolean | null | AttributeValue[] | { [key: string]: AttributeValue };

/** A log record as it came. */
export interface EventRow {
	time: string;
	event: string;
	session_id: string;
	attributes: Record<string, AttributeValue>;
	/** Kinds that JSON cannot express; a value without one is a string, a boolean, or obvious. */
	types?: Record<string, string>;
	resource: Record<string, AttributeValue>;
	scope: { name: string; version: string };
	trace_id: string;
	span_id: string;
	body?: AttributeValue;
	received_at?: string;
}

export interface EventPage {
	rows: EventRow[];
	meta: { next_cursor: string | null };
}

export const eventFilters = ["event", "person", "tool", "session", "prompt", "q"] as const;
export type EventFilter = (typeof eventFilters)[number];

/** Empty means any. `from` and `to` are ISO 8601 or relative. */
export type EventQuestion = Record<EventFilter | "from" | "to", string>;

export function askEvents(
	question: EventQuestion,
	limit: number,
	cursor?: string | null,
	signal?: AbortSignal,
): Promise<EventPage> {
	const search = new URLSearchParams({ limit: String(limit) });
	for (const [name, value] of Object.entries(question)) if (value !== "") search.set(name, value);
	if (cursor) search.set("cursor", cursor);
	return ask(`/events?${search}`, signal ? { signal } : undefined);
}
