import { Type } from "typebox";
import { limit, text } from "./parameters.ts";
import { instant, json, nullable, type Of, record } from "./schema.ts";

const period = {
	from: text("ISO 8601 or relative (-24h, -7d, now); from the beginning by default"),
	to: text("Exclusive"),
	received_from: text("Only records received since then, regardless of their own time; for followers"),
};
const page = {
	q: text("Words that must all occur in the body or the attributes"),
	limit: limit("Maximum rows", 1000, 100),
	cursor: text("next_cursor of the page before"),
};
/** Filters that all records have. */
const filters = {
	session: text("A session id"),
	person: text("Person, as in the dimension person"),
	tool: text("A tool's name"),
};
const trace = text("A trace id in hex");

export const eventsParameters = Type.Object({
	...period,
	...filters,
	event: text("Event name, e.g. api_request"),
	prompt: text("A prompt id"),
	trace,
	...page,
});
export const pointsParameters = Type.Object({
	...period,
	...filters,
	metric: text("The metric's name, as claude_code.cost.usage"),
	...page,
});
export const spansParameters = Type.Object({ ...period, ...filters, name: text("The span's name"), trace, ...page });
export type EventsParameters = Of<typeof eventsParameters>;

const attributes = record(json);
const types = record(Type.String({ description: "Kinds that JSON cannot express" }));
const shared = {
	session_id: Type.String(),
	person: Type.String({ description: "As in the dimension person" }),
	attributes,
	types: Type.Optional(types),
	resource: attributes,
	scope: Type.Object({
		name: Type.Optional(Type.String()),
		version: Type.Optional(Type.String()),
		attributes: Type.Optional(attributes),
	}),
	received_at: instant(),
	time_sent: Type.Optional(Type.String({ description: "Unix nanoseconds as sent, where they are no time of this century" })),
	dropped_attributes_count: Type.Optional(Type.Integer()),
	flags: Type.Optional(Type.Integer()),
};

const eventRow = Type.Object({
	time: instant(),
	event: Type.String(),
	...shared,
	body: Type.Optional(json),
	body_type: Type.Optional(Type.String()),
	trace_id: Type.String(),
	span_id: Type.String(),
	observed_time: Type.Optional(instant()),
	severity_text: Type.Optional(Type.String()),
	severity_number: Type.Optional(Type.Integer()),
	event_name: Type.Optional(Type.String()),
});
/** A log record as it was sent. */
export type EventRow = Of<typeof eventRow>;

const pointRow = Type.Object({
	time: instant(),
	start_time: nullable(instant()),
	metric: Type.String(),
	value: json,
	value_type: Type.String(),
	unit: Type.String(),
	description: Type.String(),
	instrument: Type.String(),
	temporality: Type.String(),
	monotonic: Type.Boolean(),
	...shared,
	count: Type.Optional(Type.Union([Type.Number(), Type.String()])),
	detail: Type.Optional(json),
});
/** A metric data point as it was sent. */
export type PointRow = Of<typeof pointRow>;

const spanPart = Type.Intersect([Type.Object({ attributes, types }), attributes]);
const spanRow = Type.Object({
	time: instant(),
	end_time: instant(),
	duration_ms: Type.Number(),
	name: Type.String(),
	trace_id: Type.String(),
	span_id: Type.String(),
	parent_span_id: Type.String(),
	kind: Type.Integer(),
	status: Type.Object({ code: Type.Integer(), message: Type.String() }),
	...shared,
	events: Type.Array(spanPart),
	links: Type.Array(spanPart),
	trace_state: Type.Optional(Type.String()),
	dropped_events_count: Type.Optional(Type.Integer()),
	dropped_links_count: Type.Optional(Type.Integer()),
});
/** A span as it was sent. */
export type SpanRow = Of<typeof spanRow>;

const meta = Type.Object({ next_cursor: nullable(Type.String()) });
export const eventsResponse = Type.Object({ rows: Type.Array(eventRow), meta });
export const pointsResponse = Type.Object({ rows: Type.Array(pointRow), meta });
export const spansResponse = Type.Object({ rows: Type.Array(spanRow), meta });
export type EventsAnswer = Of<typeof eventsResponse>;
