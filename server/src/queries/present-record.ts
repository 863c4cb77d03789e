import type { TableName } from "../schema/tables.ts";
import {
	doubleText,
	isoTime,
	noTypes,
	plainAttributes,
	plainResource,
	type Row,
	sentAttributes,
	unsigned,
	valueFrom,
} from "./record-value.ts";

const count = (row: Row, name: string): Record<string, number> => (Number(row[name]) > 0 ? { [name]: Number(row[name]) } : {});
const text = (row: Row, name: string): string => String(row[name] ?? "");

/** Members that all records have. */
function shared(table: TableName, row: Row) {
	const { attributes, types, body } = sentAttributes(table, row);
	const scope = text(row, "scope") === "" ? {} : (JSON.parse(text(row, "scope")) as Record<string, unknown>);
	return {
		session_id: text(row, "session_id"),
		person: text(row, "person"),
		attributes,
		types,
		resource: plainResource(text(row, "resource")),
		scope: {
			...scope,
			...(scope["attributes"] !== undefined && { attributes: plainResource(JSON.stringify(scope["attributes"])) }),
		},
		received_at: `${text(row, "received_at").replace(" ", "T")}Z`,
		...(text(row, "time_sent") !== "0" && { time_sent: unsigned(row["time_sent"]) }),
		...count(row, "dropped_attributes_count"),
		...count(row, "flags"),
		body,
	};
}

function presentEvent(row: Row): Record<string, unknown> {
	const { body, ...rest } = shared("events", row);
	const offset = BigInt(text(row, "observed_offset"));
	return {
		time: isoTime(text(row, "time")),
		event: text(row, "event"),
		...rest,
		...(body && { body: body.value, ...(body.kind !== "string" && { body_type: body.kind }) }),
		trace_id: text(row, "trace_id"),
		span_id: text(row, "span_id"),
		...(offset !== 0n && { observed_time: isoTime(unsigned(BigInt(text(row, "time")) + offset)) }),
		...(text(row, "severity_text") !== "" && { severity_text: text(row, "severity_text") }),
		...count(row, "severity_number"),
		...(text(row, "event_name_field") !== "" && { event_name: text(row, "event_name_field") }),
	};
}

function presentPoint(row: Row): Record<string, unknown> {
	const { body: _, ...rest } = shared("points", row);
	const kind = text(row, "value_kind");
	const detail = text(row, "detail");
	return {
		time: isoTime(text(row, "time")),
		start_time: text(row, "start_time") === "0" ? null : isoTime(unsigned(row["start_time"])),
		metric: text(row, "metric"),
		value:
			kind === "int"
				? safe(text(row, "value_int"))
				: kind === "none"
					? null
					: valueFrom("d", doubleText(row["value"]), "", noTypes()),
		value_type: kind,
		unit: text(row, "unit"),
		description: text(row, "description"),
		instrument: text(row, "instrument"),
		temporality: text(row, "temporality"),
		monotonic: text(row, "monotonic") === "true",
		...rest,
		...(kind === "histogram" && { count: safe(text(row, "count")) }),
		...(detail !== "" && { detail: JSON.parse(detail) as unknown }),
	};
}

type OtlpEvent = { timeUnixNano?: string; name?: string; attributes?: Parameters<typeof plainAttributes>[0] };

function presentSpan(row: Row): Record<string, unknown> {
	const { body: _, ...rest } = shared("spans", row);
	const start = text(row, "time");
	const list = (name: string) => (text(row, name) === "" ? [] : (JSON.parse(text(row, name)) as OtlpEvent[]));
	const unfold = ({ timeUnixNano, attributes = [], ...other }: OtlpEvent) => {
		const types = noTypes();
		return {
			...(timeUnixNano && { time: isoTime(timeUnixNano) }),
			...other,
			attributes: plainAttributes(attributes, types),
			types,
		};
	};
	return {
		time: isoTime(start),
		end_time: isoTime(unsigned(BigInt(start) + BigInt(text(row, "duration_ns")))),
		duration_ms: Number(text(row, "duration_ns")) / 1e6,
		name: text(row, "name"),
		trace_id: text(row, "trace_id"),
		span_id: text(row, "span_id"),
		parent_span_id: text(row, "parent_span_id"),
		kind: Number(row["kind"]),
		status: { code: Number(row["status_code_otlp"]), message: text(row, "status_message") },
		...rest,
		events: list("events").map(unfold),
		links: list("links").map(unfold),
		...(text(row, "trace_state") !== "" && { trace_state: text(row, "trace_state") }),
		...count(row, "dropped_events_count"),
		...count(row, "dropped_links_count"),
	};
}

const safe = (integer: string): number | string => (Number.isSafeInteger(Number(integer)) ? Number(integer) : integer);

export const presentRecord: Readonly<Record<TableName, (row: Row) => Record<string, unknown>>> = {
	events: presentEvent,
	points: presentPoint,
	spans: presentSpan,
};
