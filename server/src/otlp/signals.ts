import { Cursor } from "./wire.ts";

export type Signal = "logs" | "metrics" | "traces";

export type SignalDefinition = {
	readonly signal: Signal;
	/** Where OTLP/HTTP posts it; senders may have a base path before. */
	readonly path: string;
	/** Where OTLP/gRPC calls it. */
	readonly method: string;
	/** The one member of its OTLP/JSON request. */
	readonly member: "resourceLogs" | "resourceMetrics" | "resourceSpans";
	/** What partial_success counts. */
	readonly rejectedMember: "rejectedLogRecords" | "rejectedDataPoints" | "rejectedSpans";
	readonly request: string;
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
 * The signal of a protobuf request that was posted to `/`: some senders use a per-signal endpoint as it stands. The three
 * requests have one outline (resource, scope, records); the first record tells: a log record begins with a fixed 64-bit
 * time, a span with a 16-byte trace id, a metric with its name.
 */
export function sniffSignal(bytes: Uint8Array): Signal {
	const cursor = new Cursor(bytes);
	let signal: Signal = "logs";
	const descend = (depth: number, start: number, end: number): boolean => {
		cursor.enter(start, end);
		while (cursor.next()) {
			const tag = cursor.tag;
			if (depth === 3) {
				if (tag === 0x09 || tag === 0x59) return found("logs");
				if ((tag & 7) !== 2) {
					cursor.skip();
					continue;
				}
				cursor.field();
				const field = tag >>> 3;
				if (field === 1) return found(cursor.fieldEnd - cursor.fieldStart === 16 && isSpan(end) ? "traces" : "metrics");
				continue;
			}
			if ((tag & 7) !== 2) {
				cursor.skip();
				continue;
			}
			cursor.field();
			if (tag >>> 3 !== (depth === 0 ? 1 : 2)) continue;
			const next = cursor.pos;
			if (descend(depth + 1, cursor.fieldStart, cursor.fieldEnd)) return true;
			cursor.enter(next, end);
		}
		return false;
	};
	const found = (which: Signal): true => {
		signal = which;
		return true;
	};
	/** A span has a second id (8 bytes) in field 2; a metric's field 2 is a description. */
	const isSpan = (end: number): boolean => {
		const at = cursor.pos;
		const yes = at + 1 < end && bytes[at] === 0x12 && bytes[at + 1] === 8;
		return yes;
	};
	descend(0, 0, bytes.length);
	return signal;
}
