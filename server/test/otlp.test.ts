import { expect, test } from "vitest";
import { jsonToWire } from "../src/otlp/json-to-wire.ts";
import { exportResponse, exportResponseJson, rpcCode, status, statusJson } from "../src/otlp/responses.ts";
import type { MessageName } from "../src/otlp/schema.ts";
import { definitionOf, signals, sniffSignal } from "../src/otlp/signals.ts";
import { wireToJson } from "../src/otlp/wire-to-json.ts";
import { readRecordings } from "./recordings.ts";
import { decodeRequest, decodeResponse, decodeStatus, encodeRequest, judgeRecording, plainBody } from "./reference-decoder.ts";

const recordings = readRecordings();
const isJson = ({ headers }: { headers: Readonly<Record<string, string>> }) =>
	(headers["content-type"] ?? "").startsWith("application/json");
const request = (signal: "logs" | "metrics" | "traces") => definitionOf(signal).request as MessageName;
const toWire = (signal: "logs" | "metrics" | "traces", json: unknown) =>
	jsonToWire(request(signal), Buffer.from(JSON.stringify(json)));
const record = (logRecord: unknown) => ({ resourceLogs: [{ scopeLogs: [{ logRecords: [logRecord] }] }] });
/** The official decoder's result for a log record that came as JSON. */
const decoded = (logRecord: unknown) =>
	decodeRequest("logs", toWire("logs", record(logRecord)).wire)["resourceLogs"][0].scopeLogs[0].logRecords[0];

test("the signal of every recording is determined from its payload alone", () => {
	const wrong = recordings.filter((recording) => {
		const body = plainBody(recording);
		return (
			sniffSignal(isJson(recording) ? toWire(recording.signal, JSON.parse(body.toString())).wire : body) !== recording.signal
		);
	});
	expect(recordings.length).toBeGreaterThan(500);
	expect(wrong.map(({ name }) => name)).toEqual([]);
});

test("a metric whose name and description have the lengths of ids is no span", () => {
	const metrics = [
		{ name: "sixteen.letters_", description: "8letters", gauge: { dataPoints: [{ timeUnixNano: "1", asInt: "1" }] } },
	];
	expect(sniffSignal(encodeRequest("metrics", { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }))).toBe("metrics");
	const spans = [{ spanId: Buffer.alloc(8), name: "s", startTimeUnixNano: "1" }];
	expect(
		sniffSignal(encodeRequest("traces", { resourceSpans: [{ scopeSpans: [{ spans: [] }] }, { scopeSpans: [{ spans }] }] })),
	).toBe("traces");
});

test("every recording in JSON becomes protobuf that the official decoder reads as the same", () => {
	const inJson = recordings.filter(isJson);
	for (const recording of inJson) {
		const json = judgeRecording(recording);
		const { wire, outcome } = toWire(recording.signal, json);
		expect(outcome.rejected).toBe(0);
		// The official encoder is given what the official decoder read: bytes differ, the meaning may not.
		expect(normal(decodeRequest(recording.signal, wire))).toEqual(normal(json));
	}
	expect(inJson.length).toBeGreaterThan(100);
});

/** Integers as text and no members that are empty: the two ways OTLP/JSON may be written. */
function normal(value: unknown): unknown {
	if (typeof value === "number") return String(value);
	if (Array.isArray(value)) return value.map(normal);
	if (typeof value !== "object" || value === null) return value;
	const members = Object.entries(value).map(([name, each]) => [name, normal(each)] as const);
	const isEmpty = (each: unknown) => each === "0" || each === "" || each === false || (Array.isArray(each) && each.length === 0);
	return Object.fromEntries(members.filter(([name, each]) => !isEmpty(each) || /Value$|^as[ID]/.test(name)).sort());
}

test("every recording in protobuf becomes OTLP/JSON and protobuf again", () => {
	const inProtobuf = recordings.filter((recording) => !isJson(recording));
	for (const recording of inProtobuf) {
		const body = plainBody(recording);
		const judged = decodeRequest(recording.signal, body);
		const json = wireToJson(request(recording.signal), body, 0, body.length);
		expect(normal(json)).toEqual(normal(judged));
		expect(decodeRequest(recording.signal, toWire(recording.signal, JSON.parse(JSON.stringify(json))).wire)).toEqual(judged);
	}
	expect(inProtobuf.length).toBeGreaterThan(100);
});

test("what senders write in JSON, in all its spellings", () => {
	const f = (json: object, expected: object) => expect(decoded(json)).toEqual(expected);
	f({ timeUnixNano: "1790000000123456789" }, { timeUnixNano: "1790000000123456789" });
	f({ timeUnixNano: 5 }, { timeUnixNano: "5" });
	f(
		{ time_unix_nano: "5", severity_number: 9, dropped_attributes_count: 2 },
		{ timeUnixNano: "5", severityNumber: 9, droppedAttributesCount: 2 },
	);
	f({ severityNumber: "SEVERITY_NUMBER_INFO" }, { severityNumber: 9 });
	f({ severityNumber: "9" }, { severityNumber: 9 });
	f(
		{ traceId: "5B8EFFF798038103D269B633813FC60C", spanId: "eee19b7ec3c1b174" },
		{ traceId: "5b8efff798038103d269b633813fc60c", spanId: "eee19b7ec3c1b174" },
	);
	f({ body: { bytesValue: "+/8=" } }, { body: { bytesValue: "+/8=" } });
	f({ body: { intValue: "-9223372036854775808" } }, { body: { intValue: "-9223372036854775808" } });
	f({ body: { int_value: 7 } }, { body: { intValue: "7" } });
	f({ body: { doubleValue: "-Infinity" } }, { body: { doubleValue: -Infinity } });
	f({ body: { doubleValue: "1e3" } }, { body: { doubleValue: 1000 } });
	f(
		{ body: { arrayValue: { values: [{ intValue: 1 }, null, {}] } } },
		{ body: { arrayValue: { values: [{ intValue: "1" }, {}, {}] } } },
	);
	f({ body: { kvlistValue: { values: [{ key: "k", value: null }] } } }, { body: { kvlistValue: { values: [{ key: "k" }] } } });
	f({ body: null, attributes: null, unknown: { deep: [1] }, flags: 1 }, { flags: 1 });
	f(
		{ attributes: [{ key: "🦀\0", value: { stringValue: "\ud800" } }] },
		{ attributes: [{ key: "🦀\0", value: { stringValue: "\ufffd" } }] },
	);
});

test("a record of wrong types is left out and counted, its neighbours are kept", () => {
	const good = { body: { stringValue: "good" } };
	const f = (bad: unknown, reason: string) => {
		const json = { resourceLogs: [{ scopeLogs: [{ logRecords: [good, bad, good] }] }] };
		const { wire, outcome } = toWire("logs", json);
		expect(outcome).toEqual({ rejected: 1, reason: expect.stringContaining(reason) });
		expect(decodeRequest("logs", wire)["resourceLogs"][0].scopeLogs[0].logRecords).toEqual([good, good]);
	};
	f(null, "must be an object, not null");
	f("text", "must be an object, not string");
	f([], "must be an object, not an array");
	f({ timeUnixNano: "soon" }, "timeUnixNano must be an integer");
	f({ timeUnixNano: 1.5 }, "timeUnixNano must be an integer");
	f({ timeUnixNano: "18446744073709551616" }, "out of the range of fixed64");
	f({ timeUnixNano: -1 }, "out of the range of fixed64");
	f({ body: { intValue: "9223372036854775808" } }, "out of the range of int64");
	f({ body: { intValue: 1e300 } }, "out of the range of int64");
	f({ body: { intValue: {} } }, "intValue must be an integer");
	f({ body: { stringValue: 5 } }, "stringValue must be a string, not number");
	f({ body: { boolValue: "true" } }, "boolValue must be true or false");
	f({ body: { doubleValue: "many" } }, "doubleValue must be a number");
	f({ body: { bytesValue: [1] } }, "bytesValue must be a string in base64");
	f({ traceId: "xyz" }, "traceId must be an id in hex");
	f({ attributes: {} }, "attributes must be an array");
	f({ attributes: [{ key: 1 }] }, "key must be a string");
	f({ flags: 2 ** 32 }, "out of the range of fixed32");
	f({ body: Array.from({ length: 300 }).reduce((inner) => ({ arrayValue: { values: [inner] } }), {}) }, "nests more than");
});

test("what is wrong above the records is said with its place, and nothing of its content", () => {
	const f = (json: unknown, message: string) => expect(() => toWire("logs", json)).toThrow(message);
	f([], "ExportLogsServiceRequest must be an object, not an array");
	f(null, "must be an object, not null");
	f({ resourceLogs: {} }, "ExportLogsServiceRequest.resourceLogs must be an array, not object");
	f(
		{ resourceLogs: [{ resource: { attributes: [{ key: "k", value: { stringValue: 1 } }] } }] },
		"stringValue must be a string, not number",
	);
	f({ resourceLogs: [{ scopeLogs: "secret" }] }, "resourceLogs.scopeLogs must be an array, not string");
});

test("responses are what the official decoder expects", () => {
	for (const { signal, rejectedMember } of signals) {
		expect(exportResponse({ rejected: 0, reason: "" }).length).toBe(0);
		expect(exportResponseJson(signal, { rejected: 0, reason: "" })).toBe("{}");
		const outcome = { rejected: 300, reason: "cannot keep it: ä" };
		const partialSuccess = { [rejectedMember]: "300", errorMessage: outcome.reason };
		expect(decodeResponse(signal, exportResponse(outcome))).toEqual({ partialSuccess });
		expect(JSON.parse(exportResponseJson(signal, outcome))).toEqual({ partialSuccess });
	}
	expect(decodeStatus(status(rpcCode.resourceExhausted, "later", 200))).toEqual({ code: 8, message: "later", retrySeconds: 200 });
	expect(decodeStatus(status(rpcCode.invalidArgument, "no"))).toEqual({ code: 3, message: "no", retrySeconds: undefined });
	expect(JSON.parse(statusJson(8, "later", 2))).toEqual({
		code: 8,
		message: "later",
		details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "2s" }],
	});
});
