import { Type } from "typebox";
import { format, limit, period, text, where } from "./parameters.ts";
import { instant, json, notes, nullable, type Of, record, recordOf } from "./schema.ts";

/** Totals of a session: measures, with the values that `/api/v1/usage?by=session` has for that session and period. */
export const sessionTotals = [
	"cost_usd",
	"tokens",
	"input_tokens",
	"output_tokens",
	"cache_read_tokens",
	"cache_creation_tokens",
	"prompts",
	"api_requests",
	"api_errors",
	"tool_calls",
	"tool_failures",
	"active_seconds",
	"lines_added",
	"lines_removed",
	"commits",
	"pull_requests",
] as const;
/** Facts that the records of a session report. */
export const sessionFacts = [
	"person",
	"organization",
	"entrypoint",
	"version",
	"service",
	"terminal",
	"os",
	"repository",
] as const;
const orders = ["first_time", "last_time", "duration_seconds", ...sessionTotals, "events"];

export const sessionsParameters = Type.Object({
	...period("-30d"),
	where: where(
		"dimension:value: sessions of which any record has it; dimension!:value: of which none has. The same dimension again: or; another: and",
	),
	order: text(`One of ${orders.join(", ")}; with a minus from the largest down`, "-cost_usd"),
	start_up: Type.Optional(
		Type.Boolean({
			description: "Also ids that were only seen while starting, which are not counted as sessions",
			default: false,
		}),
	),
	limit: limit("Maximum sessions", 1000, 100),
	cursor: text("next_cursor of the page before, in the same order"),
	format,
});
export type SessionsParameters = Of<typeof sessionsParameters>;

const sessionRow = Type.Intersect([
	Type.Object({
		session_id: Type.String(),
		first_time: instant("Of its first event; where it has none, of its first data point"),
		last_time: instant(),
		duration_seconds: Type.Number(),
		models: Type.Array(Type.String(), { description: "The most used first" }),
		events: Type.Integer(),
	}),
	recordOf(sessionFacts, Type.String({ description: "Where its records differ, the latest; empty if none has it" })),
	recordOf(sessionTotals, nullable(Type.Number({ description: "Null where nothing of it was sent" }))),
]);
/** A session with its totals within the period. */
export type SessionRow = Of<typeof sessionRow>;

export const sessionsResponse = Type.Object({
	rows: Type.Array(sessionRow),
	meta: Type.Object({
		from: instant(),
		to: instant(),
		order: Type.String(),
		columns: Type.Array(Type.String()),
		units: record(Type.String()),
		sessions: Type.Integer({ description: "The number of all sessions of the question" }),
		cost_usd: Type.Number({ description: "Their cost together" }),
		next_cursor: nullable(Type.String()),
	}),
});
export type SessionsAnswer = Of<typeof sessionsResponse>;

export const sessionParameters = Type.Object({
	id: Type.String({ description: "The session's id" }),
	prompt: text("Only the prompt of that key: a prompt's id, #3 for the third where clients send no ids, or start-up"),
	limit: limit("Maximum events in the timeline", 5000, 1000),
	cursor: text("next_cursor of the answer before"),
});

const timelineItem = Type.Intersect([
	Type.Object({
		event: Type.String(),
		time: instant("When it was reported: at its end, if it took time"),
		start_time: Type.Optional(instant("When it began, where it took time")),
		duration_ms: Type.Optional(Type.Number()),
		cost_usd: Type.Optional(Type.Number()),
		model: Type.Optional(Type.String()),
		tool_name: Type.Optional(Type.String()),
		success: Type.Optional(Type.Boolean()),
		input: Type.Optional(Type.String()),
	}),
	record(json),
]);
/** An event of the timeline with its descriptive attributes. Empty texts and zeros are left out. */
export type TimelineItem = Of<typeof timelineItem>;

const timelinePrompt = Type.Object({
	key: Type.String({ description: "The prompt's id; #3 for the third where no ids are sent; start-up" }),
	prompt_id: Type.String(),
	number: Type.Integer({ description: "From 1; 0 is start-up" }),
	start_time: instant(),
	end_time: instant(),
	duration_ms: Type.Number(),
	prompt_length: Type.Number({ description: "In characters" }),
	prompt: Type.String({ description: "Its text, only where clients send it" }),
	command_name: Type.String(),
	cost_usd: Type.Number(),
	api_requests: Type.Integer(),
	api_errors: Type.Integer(),
	tool_calls: Type.Integer(),
	tool_failures: Type.Integer(),
	tool_rejects: Type.Integer(),
	api_duration_ms: Type.Number({ description: "Of all requests together; parallel ones overlap" }),
	tool_duration_ms: Type.Number(),
	input_tokens: Type.Number(),
	output_tokens: Type.Number(),
	cache_read_tokens: Type.Number(),
	cache_creation_tokens: Type.Number(),
	models: Type.Array(Type.String()),
	events: Type.Integer(),
	items: Type.Array(timelineItem, { description: "In the order in which they began" }),
});
export type TimelinePrompt = Of<typeof timelinePrompt>;

export const sessionResponse = Type.Object({
	session: nullable(sessionRow),
	prompts: Type.Array(timelinePrompt),
	meta: Type.Object({
		session_id: Type.String(),
		spans: Type.Integer(),
		truncated: Type.Boolean(),
		next_cursor: nullable(Type.String()),
		notes,
	}),
});
/** One session: totals, and prompts with their requests and tools. The session is null if only spans of it exist. */
export type SessionAnswer = Of<typeof sessionResponse>;
