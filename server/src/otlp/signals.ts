import { Cursor } from "./wire.ts";

export type Signal = "logs" | "metrics" | "traces";

export type SignalDefinition = {
	readonly signal: Signal;
	/** The path of OTLP/HTTP; senders may have a base path before it. */
	readonly path: string;
	/** The method of OTLP/gRPC. */
	readonly method: string;
	/** The one member of its OTLP/JSON request. */
	readonly member: "resourceLogs" | "resourceMetrics" | "resourceSpans";
	/** The member that counts rejected records in partial_success. */
	readonly rejectedMember: "rejectedLogRecords" | "rejectedDataPoints" | "rejectedSpans";
	readonly request: "ExportLogsServiceRequest" | "ExportMetricsServiceRequest" | "ExportTraceServiceRequest";
};

/** @see https://opentelemetry.io/docs/specs/otlp/ */
export const signals: readonly SignalDefinition[] = Object.freeze([
	{
		signal: "logs",
		path: "/v1/logs",
		method: "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
		member: "resourceLogs",
		rejectedMember: "rejectedLogRecords",
		request: "ExportLogsServiceRequest",
	},
	{
		signal: "metrics",
		path: "/v1/metrics",
		method: "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
		member: "resourceMetrics",
		rejectedMember: "rejectedDataPoints",
		request: "ExportMetricsServiceRequest",
	},
	{
		signal: "traces",
		path: "/v1/traces",
		method: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
		member: "resourceSpans",
		rejectedMember: "rejectedSpans",
		request: "ExportTraceServiceRequest",
	},
]);

export const definitionOf = (signal: Signal): SignalDefinition => signals.find((each) => each.signal === signal)!;

/**
 * Determines the signal of a protobuf request that was posted to `/`: some senders use a per-signal endpoint unchanged. The
 * three requests have one outline (resource, scope, records), and the first record that has more decides: only log records have
 * a 64-bit time in field 1 or 11, only spans in field 7 or 8, and metrics have none, but a name in field 1.
 */
export function sniffSignal(bytes: Uint8Array): Signal {
	return signalIn(new Cursor(bytes), 0) ?? "logs";
}

/** Depth 0 is the request, 1 a resource's records, 2 a scope's, 3 a record. */
function signalIn(cursor: Cursor, depth: number): Signal | undefined {
	if (depth === 3) return signalOfRecord(cursor);
	while (cursor.next()) {
		const isNext = cursor.tag === (depth === 0 ? 0x0a : 0x12);
		cursor.skip();
		const signal = isNext ? signalIn(new Cursor(cursor.bytes, cursor.fieldStart, cursor.fieldEnd), depth + 1) : undefined;
		if (signal) return signal;
	}
	return undefined;
}

function signalOfRecord(cursor: Cursor): Signal | undefined {
	let isNamed = false;
	while (cursor.next()) {
		const { tag } = cursor;
		if (tag === 0x09 || tag === 0x59) return "logs";
		if (tag === 0x39 || tag === 0x41) return "traces";
		isNamed ||= tag === 0x0a;
		cursor.skip();
	}
	return isNamed ? "metrics" : undefined;
}
