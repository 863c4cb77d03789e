import { type AttributeDefinition, columnsOf } from "@purser/contract";
import { identifier, join, literal, type Sql, sql } from "../sql.ts";
import { maxCostUsd } from "./bounds.ts";

// Longer than 250 lines: definitions of all tables of records.

/**
 * The three tables, one row a record. The store creates them from these definitions, the row writer fills them, the API
 * reads them back. Columns of attributes come from the contract; all others are here.
 *
 * - A column is the value as accounting needs it; a value that it can't give back exactly is in `attributes` as well.
 * - `shape` says which attributes came, in which order, of which kind and where they are: see shape.ts.
 * - `group` columns hold what all records of one resource, scope and metric share. They are written as ready dictionaries.
 */
export type TableName = "events" | "points" | "spans";

export type ColumnDefinition = {
	readonly name: string;
	/** The ClickHouse type in the table. */
	readonly type: string;
	readonly codec?: string;
	readonly brief: string;
	/** Filled from the record's group. */
	readonly group?: boolean;
	/** The attribute it holds. */
	readonly attribute?: AttributeDefinition;
};

export type ComputedColumn = {
	readonly name: string;
	readonly type: string;
	readonly when: "ALIAS" | "MATERIALIZED";
	readonly sql: Sql;
	readonly codec?: string;
	readonly brief: string;
};

export type TableDefinition = {
	readonly name: TableName;
	readonly columns: readonly ColumnDefinition[];
	readonly orderBy: Sql;
	/** Columns computed from others by the store: when rows are inserted (MATERIALIZED), or when they are asked for (ALIAS). */
	readonly computed: readonly ComputedColumn[];
	readonly indexes: readonly Sql[];
};

const dictionary = "LowCardinality(String)";
const timeCodec = "GCD, Delta, ZSTD(3)";
const plain = "ZSTD(3)";

/** Attributes whose value is kept otherwise than in a column of that name. */
const renamed: Readonly<Record<string, string>> = { "event.name": "event" };
/** Attributes that have no column after all: `event.timestamp` is the record's time once more. */
const derived: ReadonlySet<string> = new Set(["event.timestamp"]);

export const columnName = (key: string): string => renamed[key] ?? key.replace(/[^a-zA-Z0-9]+/g, "_");

function attributeColumns(table: TableName): ColumnDefinition[] {
	return columnsOf(table)
		.filter((attribute) => !derived.has(attribute.key))
		.map((attribute) => ({ name: columnName(attribute.key), brief: attribute.brief, attribute, ...typeOf(attribute) }));
}

function typeOf(attribute: AttributeDefinition): Pick<ColumnDefinition, "type" | "codec"> {
	switch (attribute.type) {
		case "int":
			return { type: "Int64", codec: "T64, ZSTD(3)" };
		case "double":
			return { type: "Float64", codec: plain };
		case "boolean":
			return { type: "Nullable(Bool)", codec: plain };
		default:
			return attribute.column === "low" ? { type: dictionary, codec: plain } : { type: "String", codec: plain };
	}
}

const group = (name: string, brief: string): ColumnDefinition => ({ name, type: dictionary, codec: plain, brief, group: true });
const text = (name: string, brief: string): ColumnDefinition => ({ name, type: "String", codec: plain, brief });
const few = (name: string, brief: string): ColumnDefinition => ({
	name,
	type: dictionary,
	codec: plain,
	brief,
});
const count = (name: string, type: string, brief: string): ColumnDefinition => ({ name, type, codec: plain, brief });
const time = (name: string, brief: string): ColumnDefinition => ({
	name,
	type: "DateTime64(9, 'UTC')",
	codec: timeCodec,
	brief,
});

const source = [
	group("resource", "The resource's attributes as JSON; text unchanged, other kinds as OTLP/JSON values."),
	group("scope", "The instrumentation scope as JSON: name, version, attributes."),
	group("service_name", "The resource's service.name."),
	group("service_version", "The resource's service.version."),
	group("agent_version", "The agent's version: the scope's for Claude Code, else the service's."),
	group("os_type", "The resource's os.type."),
	group("host_arch", "The resource's host.arch."),
];

const received = [
	{ name: "received_at", type: "DateTime64(3, 'UTC')", codec: timeCodec, brief: "When Purser received the record." },
	count("time_sent", "Int64", "The time as sent, in ns, where it could not be used; else 0."),
	{ name: "shape", type: dictionary, codec: plain, brief: "Which attributes came, of which kind, and where they are." },
	{
		name: "attributes",
		type: `Map(${dictionary}, String)`,
		codec: plain,
		brief: "Attributes without a column, and those that a column can't give back exactly.",
	},
	count("dropped_attributes_count", "UInt32", "Attributes that the sender dropped."),
];

const trace = [text("trace_id", "Trace id in hex."), text("span_id", "Span id in hex.")];

/** The user as the sender identifies them: sent with the record, or for all of a process. */
export const enduser = sql`if(enduser_id != '', enduser_id, JSONExtractString(resource, 'enduser.id'))`;

/** The person of a record (R9), computed once because nearly every question needs it. */
const person: ComputedColumn = {
	name: "person",
	type: dictionary,
	when: "MATERIALIZED",
	sql: sql`multiIf(user_email != '', toString(user_email), ${enduser} != '', ${enduser}, user_account_uuid != '', toString(user_account_uuid), user_account_id != '', toString(user_account_id), toString(user_id))`,
	brief: "Who did it, by the best name that was sent: e-mail, enduser.id, account, installation id.",
};

/** A label of OTEL_RESOURCE_ATTRIBUTES: sent with the record, or for all of a process. */
const label = (name: string, key: string): ComputedColumn => ({
	name,
	type: dictionary,
	when: "MATERIALIZED",
	sql: sql`if(attributes[${literal(key)}] != '', attributes[${literal(key)}], JSONExtractString(resource, ${literal(key)}))`,
	brief: `The label ${key}.`,
});

/** Labels that nearly every organization asks by, and their columns. */
export const labels: ReadonlyMap<string, string> = new Map([
	["team.id", "label_team"],
	["department", "label_department"],
	["cost_center", "label_cost_center"],
]);
const computed = [person, ...[...labels].map(([key, name]) => label(name, key))];

/** Finding one session's rows without reading a month's. */
const sessionIndex = sql`INDEX session_id session_id TYPE bloom_filter(0.01) GRANULARITY 4`;

/**
 * No stored value makes an answer fail, nor adds an impossible amount: a value that is no finite number of at most a million
 * dollars counts as if it had not been sent. Decoding keeps such values out of these columns; those of earlier versions may
 * have them.
 */
const costNanoUsd = (() => {
	const usd = sql`if(isFinite(cost_usd) AND abs(cost_usd) <= ${maxCostUsd}, cost_usd, 0)`;
	const micros = sql`if(abs(cost_usd_micros) <= ${maxCostUsd * 1e6}, cost_usd_micros, 0)`;
	return sql`if(${usd} != 0, toInt64(round(${usd} * 1e9)), ${micros} * 1000)`;
})();

export const eventsTable: TableDefinition = Object.freeze({
	name: "events",
	columns: [
		time("time", "When it happened: the record's time, or when it was observed or received."),
		...attributeColumns("events"),
		text("body", "The body, where it says more than the event's name."),
		...trace,
		few("severity_text", "Severity as text."),
		count("severity_number", "UInt8", "Severity from 1 (trace) to 24 (fatal); 0 when not set."),
		count("flags", "UInt32", "W3C trace flags."),
		count("observed_offset", "Int64", "Observed time minus sent time, in ns."),
		few("event_name_field", "OTLP's own event_name field, which Claude Code does not use."),
		...received,
		...source,
	],
	// By hour, not by time: rows of an hour stay in the order they came in. What came together is stored together (a third
	// less on the disk), and merging takes long runs of one part, not row after row (half the time).
	orderBy: sql`(event, toStartOfHour(time), session_id)`,
	computed: [
		...computed,
		{
			name: "cost_nano_usd",
			type: "Int64",
			when: "ALIAS" as const,
			sql: costNanoUsd,
			brief: "Cost in billionths of a dollar, which add up exactly.",
		},
	],
	indexes: [sessionIndex],
});

/**
 * The identity of a point's series: all that was sent with it but the time and the value. A sum over attributes, so that
 * neither their order matters, nor if one has a column or is in the map: a column that a later version adds ends no series.
 */
const series = join(
	[
		sql`cityHash64(metric, resource, scope, unit)`,
		...attributeColumns("points").map(
			({ name, attribute }) => sql`if(${identifier(name)} = '', 0, cityHash64(${literal(attribute!.key)}, ${identifier(name)}))`,
		),
		sql`arraySum(mapValues(mapApply((key, value) -> (key, cityHash64(key, value)), attributes)))`,
	],
	" + ",
);

export const pointsTable: TableDefinition = Object.freeze({
	name: "points",
	columns: [
		time("time", "When the value was collected."),
		time("start_time", "Since when the value counts."),
		group("metric", "The metric's name."),
		count("value", "Float64", "The value as a number; a histogram's sum."),
		count("value_int", "Int64", "The value when it was sent as an integer."),
		...attributeColumns("points"),
		group("unit", "The metric's unit."),
		group("description", "The metric's description."),
		group("instrument", "gauge, sum, histogram, exponential_histogram or summary."),
		group("temporality", "delta, cumulative, or empty for a gauge."),
		group("monotonic", "true or false."),
		few("value_kind", "int, double, histogram, or none."),
		count("count", "UInt64", "A histogram's count."),
		text("detail", "What a point has beyond a number, as OTLP/JSON: buckets, quantiles, exemplars."),
		count("flags", "UInt32", "Data point flags."),
		...received,
		...source,
	],
	// A session says the same of itself every minute: side by side that takes a quarter of the bytes.
	orderBy: sql`(metric, toStartOfHour(time), session_id)`,
	computed: [
		...computed,
		{
			name: "series",
			type: "UInt64",
			when: "MATERIALIZED" as const,
			sql: series,
			codec: plain,
			brief: "Stands for all that was sent with a point but its time and value.",
		},
	],
	indexes: [sessionIndex],
});

export const spansTable: TableDefinition = Object.freeze({
	name: "spans",
	columns: [
		time("time", "When the span began."),
		few("name", "The span's name."),
		count("duration_ns", "Int64", "End minus begin."),
		...trace,
		text("parent_span_id", "Parent's span id in hex; empty for a root."),
		...attributeColumns("spans"),
		count("kind", "UInt8", "OTLP's SpanKind."),
		count("status_code_otlp", "UInt8", "OTLP's status: 0 unset, 1 ok, 2 error."),
		text("status_message", "What went wrong."),
		few("trace_state", "W3C trace state."),
		text("events", "Span events as OTLP/JSON."),
		text("links", "Links as OTLP/JSON."),
		count("flags", "UInt32", "Span flags."),
		count("dropped_events_count", "UInt32", "Events that the sender dropped."),
		count("dropped_links_count", "UInt32", "Links that the sender dropped."),
		...received,
		...source,
	],
	orderBy: sql`(name, toStartOfHour(time), session_id)`,
	computed,
	indexes: [sessionIndex, sql`INDEX trace_id trace_id TYPE bloom_filter(0.01) GRANULARITY 4`],
});

export const tables: Readonly<Record<TableName, TableDefinition>> = Object.freeze({
	events: eventsTable,
	points: pointsTable,
	spans: spansTable,
});
