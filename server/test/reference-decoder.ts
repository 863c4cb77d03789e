import { gunzipSync } from "node:zlib";
import generated from "opentelemetry-proto/build/src/generated/root.js";
import protobuf from "protobufjs";
import type { Signal } from "../src/otlp/signals.ts";
import type { Recording } from "./recordings.ts";

/**
 * An independent decoder: the official definitions as the official tool generated them. What our own decoder, store and API make
 * of a request is compared with what this one sees in it; it shares no line with them.
 */
type Codec = {
	readonly decode: (bytes: Uint8Array) => object;
	readonly encode: (message: object) => { readonly finish: () => Uint8Array };
	readonly fromObject: (object: object) => object;
	readonly toObject: (message: object, options: object) => JudgedObject;
};

// biome-ignore lint/suspicious/noExplicitAny: messages of three signals, read by name
export type JudgedObject = Record<string, any>;

const { collector } = (
	generated as unknown as { opentelemetry: { proto: { collector: Record<string, { v1: Record<string, Codec> }> } } }
).opentelemetry.proto;
const codecs = (signal: Signal): { readonly request: Codec; readonly response: Codec } => {
	const [service, name] = { logs: ["logs", "Logs"], metrics: ["metrics", "Metrics"], traces: ["trace", "Trace"] }[signal] as [
		string,
		string,
	];
	const { v1 } = collector[service]!;
	return { request: v1[`Export${name}ServiceRequest`]!, response: v1[`Export${name}ServiceResponse`]! };
};

/** A request in protobuf from what OTLP/JSON would have, ids and bytes as bytes. */
export const encodeRequest = (signal: Signal, request: object): Buffer => {
	const { request: codec } = codecs(signal);
	return Buffer.from(codec.encode(codec.fromObject(request)).finish());
};

export const decodeRequest = (signal: Signal, bytes: Uint8Array): JudgedObject => {
	const { request } = codecs(signal);
	return hexIds(request.toObject(request.decode(bytes), { longs: String }));
};

export const decodeResponse = (signal: Signal, bytes: Uint8Array): JudgedObject => {
	const { response } = codecs(signal);
	return response.toObject(response.decode(bytes), { longs: String });
};

const rpc = protobuf.parse(`
	syntax = "proto3";
	message Any { string type_url = 1; bytes value = 2; }
	message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
	message Duration { int64 seconds = 1; int32 nanos = 2; }
	message RetryInfo { Duration retry_delay = 1; }
`).root;

/** A google.rpc.Status, and how long its RetryInfo asks to wait. */
export function decodeStatus(bytes: Uint8Array): { code: number; message: string; retrySeconds: number | undefined } {
	const { code = 0, message = "", details = [] } = rpc.lookupType("Status").decode(bytes).toJSON() as JudgedObject;
	const info = (details as JudgedObject[]).find(({ typeUrl }) => typeUrl === "type.googleapis.com/google.rpc.RetryInfo");
	const retry = info && (rpc.lookupType("RetryInfo").decode(Buffer.from(info["value"], "base64")).toJSON() as JudgedObject);
	return { code, message, retrySeconds: retry && Number(retry["retryDelay"].seconds) };
}

/** Ids as hex and bytes as base64, which is what OTLP/JSON has. */
function hexIds(value: unknown, member = ""): JudgedObject {
	if (value instanceof Uint8Array) return Buffer.from(value).toString(/Id$/.test(member) ? "hex" : "base64") as never;
	if (Array.isArray(value)) return value.map((each) => hexIds(each, member)) as never;
	if (typeof value !== "object" || value === null) return value as never;
	return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, hexIds(each, name)]));
}

/** The body of a recording as it was before compression. */
export const plainBody = ({ body, headers }: Recording): Buffer =>
	headers["content-encoding"] === "gzip" || headers["grpc-encoding"] === "gzip" ? gunzipSync(body) : body;

/** Decodes a recording of either encoding. */
export function judgeRecording(recording: Recording): JudgedObject {
	const body = plainBody(recording);
	const isJson = (recording.headers["content-type"] ?? "").startsWith("application/json");
	return isJson ? (JSON.parse(body.toString()) as JudgedObject) : decodeRequest(recording.signal, body);
}

/** Returns a value as the API should return it; kinds that JSON cannot express go into `types` under the value's path. */
export function expectedValue(value: JudgedObject, path: string, types: Record<string, string>): unknown {
	if (value["stringValue"] !== undefined) return value["stringValue"];
	if (value["boolValue"] !== undefined) return value["boolValue"];
	const note = (kind: string) => {
		types[path] = kind;
	};
	if (value["intValue"] !== undefined) {
		note("int");
		return expectedInteger(value["intValue"]);
	}
	if (value["doubleValue"] !== undefined) {
		note("double");
		return expectedDouble(value["doubleValue"]);
	}
	if (value["bytesValue"] !== undefined) {
		note("bytes");
		return value["bytesValue"];
	}
	if (value["arrayValue"] !== undefined) {
		note("array");
		const values = (value["arrayValue"].values ?? []) as JudgedObject[];
		return values.map((each, i) => expectedValue(each ?? {}, `${path}[${i}]`, types));
	}
	if (value["kvlistValue"] !== undefined) {
		note("map");
		return expectedAttributes(value["kvlistValue"].values ?? [], types, `${path}.`);
	}
	note("empty");
	return null;
}

export const expectedInteger = (integer: string | number): string | number =>
	Number.isSafeInteger(Number(integer)) ? Number(integer) : String(integer);

export function expectedDouble(double: string | number): string | number {
	const number = Number(double);
	return Object.is(number, -0) ? "-0" : Number.isFinite(number) ? number : String(number);
}

/** Attributes as the API should give them: of one key twice the last counts, at the place of the first. */
export function expectedAttributes(
	list: readonly JudgedObject[],
	types: Record<string, string>,
	prefix = "",
): Record<string, unknown> {
	const latest = new Map<string, JudgedObject>();
	for (const { key = "", value } of list) latest.set(key, value ?? {});
	return Object.fromEntries([...latest].map(([key, value]) => [key, expectedValue(value, prefix + key, types)]));
}

export type Located = {
	readonly resource: JudgedObject;
	readonly scope: JudgedObject;
	readonly record: JudgedObject;
	readonly metric?: JudgedObject;
};

/** All records of a request with what they belong to. */
export function recordsOf(signal: Signal, request: JudgedObject): Located[] {
	const [perResource, perScope, list] = {
		logs: ["resourceLogs", "scopeLogs", "logRecords"],
		metrics: ["resourceMetrics", "scopeMetrics", "metrics"],
		traces: ["resourceSpans", "scopeSpans", "spans"],
	}[signal] as [string, string, string];
	return (request[perResource] ?? []).flatMap(({ resource = {}, [perScope]: scopes = [] }: JudgedObject) =>
		scopes.flatMap(({ scope = {}, [list]: records = [] }: JudgedObject) =>
			records.flatMap((record: JudgedObject) =>
				signal === "metrics"
					? pointsOf(record).map((point) => ({ resource, scope, record: point, metric: record }))
					: [{ resource, scope, record }],
			),
		),
	);
}

export const instrumentOf = (metric: JudgedObject): string =>
	["gauge", "sum", "histogram", "exponentialHistogram", "summary"].find((name) => metric[name] !== undefined)!;

const pointsOf = (metric: JudgedObject): JudgedObject[] => metric[instrumentOf(metric)].dataPoints ?? [];
