import {
	expectedAttributes,
	expectedDouble,
	expectedInteger,
	instrumentOf,
	type JudgedObject,
	type Located,
} from "./reference-decoder.ts";

/** Rows as the API should give them for what the judge sees in a request; `received_at` is left to the server's clock. */
export type ExpectedRow = Record<string, unknown>;

/** Nanoseconds as ISO 8601, with nine digits where three don't say it. */
export function isoOf(nanoseconds: string | number | bigint): string {
	const ns = BigInt(nanoseconds);
	const iso = new Date(Number(ns / 1_000_000n)).toISOString();
	const rest = String(ns % 1_000_000n).padStart(6, "0");
	return rest === "000000" ? iso : iso.replace("Z", `${rest}Z`);
}

const present = (name: string, value: unknown): ExpectedRow =>
	value === undefined || value === 0 || value === "" ? {} : { [name]: value };

function shared({ resource, scope, record }: Located): ExpectedRow {
	const types = Object.create(null);
	const attributes = expectedAttributes(record["attributes"] ?? [], types);
	const { name = "", version = "", attributes: ofScope = [] } = scope;
	const scoped = ofScope.length > 0 ? { attributes: expectedAttributes(ofScope, Object.create(null)) } : {};
	return {
		session_id: String(attributes["session.id"] ?? ""),
		attributes,
		types,
		resource: expectedAttributes(resource["attributes"] ?? [], Object.create(null)),
		scope: Object.keys(scope).length === 0 ? {} : { name, version, ...scoped },
		...present("dropped_attributes_count", record["droppedAttributesCount"]),
		...present("flags", record["flags"]),
	};
}

export function expectedEvent(located: Located): ExpectedRow {
	const { record } = located;
	const all = shared(located);
	const body = bodyOf(record["body"]);
	const named = (all["attributes"] as ExpectedRow)["event.name"] ?? claudeBody(body["body"]) ?? record["eventName"] ?? "";
	const { timeUnixNano: time, observedTimeUnixNano: observed = time } = record;
	return {
		time: isoOf(time),
		event: String(named),
		...all,
		...body,
		trace_id: record["traceId"] ?? "",
		span_id: record["spanId"] ?? "",
		...(String(observed) !== String(time) && BigInt(observed) !== 0n && { observed_time: isoOf(observed) }),
		...present("severity_text", record["severityText"]),
		...present("severity_number", record["severityNumber"]),
		...present("event_name", record["eventName"]),
	};
}

const claudeBody = (body: unknown): string | undefined =>
	typeof body === "string" && body.startsWith("claude_code.") ? body.slice("claude_code.".length) : undefined;

function bodyOf(body: JudgedObject | undefined): ExpectedRow {
	if (!body) return {};
	const types: Record<string, string> = Object.create(null);
	const value = expectedAttributes([{ key: "body", value: body }], types)["body"];
	const kind = body["boolValue"] !== undefined ? "bool" : types["body"];
	return { body: value, ...(kind && { body_type: kind }) };
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export function expectedPoint(located: Located): ExpectedRow {
	const { record, metric = {} } = located;
	const name = instrumentOf(metric);
	const data = metric[name];
	const { asInt, asDouble, startTimeUnixNano: start = 0 } = record;
	const isNumber = name === "gauge" || name === "sum";
	const kind = !isNumber ? "histogram" : asInt !== undefined ? "int" : asDouble !== undefined ? "double" : "none";
	const value = kind === "int" ? expectedInteger(asInt) : kind === "none" ? null : expectedDouble(asDouble ?? record["sum"] ?? 0);
	const {
		attributes: _,
		startTimeUnixNano: _start,
		timeUnixNano: _time,
		asInt: _int,
		asDouble: _double,
		flags: _flags,
		...detail
	} = record;
	return {
		time: isoOf(record["timeUnixNano"]),
		start_time: BigInt(start) === 0n ? null : isoOf(start),
		metric: metric["name"] ?? "",
		value,
		value_type: kind,
		unit: metric["unit"] ?? "",
		description: metric["description"] ?? "",
		instrument: snake(name),
		temporality: ["", "delta", "cumulative"][data.aggregationTemporality ?? 0],
		monotonic: data.isMonotonic === true,
		...shared(located),
		...(!isNumber && { count: expectedInteger(record["count"] ?? 0) }),
		...((!isNumber || record["exemplars"]?.length > 0) && { detail }),
	};
}

export function expectedSpan(located: Located): ExpectedRow {
	const { record } = located;
	const { startTimeUnixNano: start, endTimeUnixNano: end, status = {} } = record;
	const inner = ({ timeUnixNano, attributes = [], ...rest }: JudgedObject): ExpectedRow => {
		const types = Object.create(null);
		return {
			...(timeUnixNano !== undefined && { time: isoOf(timeUnixNano) }),
			...rest,
			attributes: expectedAttributes(attributes, types),
			types,
		};
	};
	const ms = Number(BigInt(end) - BigInt(start)) / 1e6;
	return {
		time: isoOf(start),
		end_time: isoOf(end),
		duration_ms: ms,
		name: record["name"] ?? "",
		trace_id: record["traceId"] ?? "",
		span_id: record["spanId"] ?? "",
		parent_span_id: record["parentSpanId"] ?? "",
		kind: record["kind"] ?? 0,
		status: { code: status.code ?? 0, message: status.message ?? "" },
		...shared(located),
		events: (record["events"] ?? []).map(inner),
		links: (record["links"] ?? []).map(inner),
		...present("trace_state", record["traceState"]),
		...present("dropped_events_count", record["droppedEventsCount"]),
		...present("dropped_links_count", record["droppedLinksCount"]),
	};
}
