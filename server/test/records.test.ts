import { columnsOf } from "@purser/contract";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { definitionOf, type Signal } from "../src/otlp/signals.ts";
import { type ExpectedRow, expectedEvent, expectedPoint, expectedSpan, isoOf } from "./expected.ts";
import { allRows, asTexts, type Rows } from "./pages.ts";
import { startPurser, type TestPurser } from "./purser.ts";
import {
	decodeResponse,
	decodeStatus,
	encodeRequest,
	instrumentOf,
	type JudgedObject,
	type Located,
	recordsOf,
} from "./reference-decoder.ts";
import { post } from "./send.ts";

let server: TestPurser;
beforeAll(async () => {
	server = await startPurser();
});
afterAll(() => server.stop());

const lists: Readonly<Record<Signal, string>> = { logs: "events", metrics: "points", traces: "spans" };
const expectedOf: Readonly<Record<Signal, (located: Located) => ExpectedRow>> = {
	logs: expectedEvent,
	metrics: expectedPoint,
	traces: expectedSpan,
};
const encodings = ["protobuf", "json"] as const;
type Encoding = (typeof encodings)[number];

/** Sends what OTLP/JSON would have, in either encoding. */
async function send(signal: Signal, request: JudgedObject, encoding: Encoding): Promise<void> {
	const json = encoding === "json";
	const type = { "content-type": json ? "application/json" : "application/x-protobuf" };
	const body = json ? Buffer.from(JSON.stringify(jsonOf(request))) : encodeRequest(signal, bytesOf(request) as JudgedObject);
	const { status, body: answer } = await post(`http://${server.http}${definitionOf(signal).path}`, type, body);
	expect([status, answer.toString()]).toEqual([200, json ? "{}" : ""]);
}

/** Ids and bytes as bytes: what the official encoder wants. */
function bytesOf(value: unknown, member = ""): unknown {
	if (typeof value === "string" && /Id$/.test(member)) return Buffer.from(value, "hex");
	if (typeof value === "string" && member === "bytesValue") return Buffer.from(value, "base64");
	if (Array.isArray(value)) return value.map((each) => bytesOf(each, member));
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, bytesOf(each, name)]));
}

/** Numbers that JSON has no words for as text. */
function jsonOf(value: unknown): unknown {
	if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0)))
		return Object.is(value, -0) ? "-0" : String(value);
	if (Array.isArray(value)) return value.map(jsonOf);
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, jsonOf(each)]));
}

let turn = 0;

/** Sends a request and returns the rows that it became. */
async function sentAndGiven(signal: Signal, sent: Sent, encoding: Encoding): Promise<Rows> {
	await send(signal, sent.request, encoding);
	await server.settle();
	return await allRows(server, `/api/v1/${lists[signal]}?session=${sent.session}`);
}

const text = (key: string, stringValue: string): JudgedObject => ({ key, value: { stringValue } });

type Sent = { readonly request: JudgedObject; readonly session: string };

/**
 * Builds a request of records (of metrics, for points), each with a session's id that distinguishes it from all other requests.
 */
function requestOf(signal: Signal, records: readonly JudgedObject[], resource: readonly JudgedObject[] = []): Sent {
	const session = `turn-${++turn}`;
	const [perResource, perScope, list] = {
		logs: ["resourceLogs", "scopeLogs", "logRecords"],
		metrics: ["resourceMetrics", "scopeMetrics", "metrics"],
		traces: ["resourceSpans", "scopeSpans", "spans"],
	}[signal] as [string, string, string];
	const inSession = (record: JudgedObject) => ({
		...record,
		attributes: [text("session.id", session), ...(record["attributes"] ?? [])],
	});
	const metricInSession = (metric: JudgedObject) => {
		const name = instrumentOf(metric);
		return { ...metric, [name]: { ...metric[name], dataPoints: metric[name].dataPoints.map(inSession) } };
	};
	const own = records.map(signal === "metrics" ? metricInSession : inSession);
	return {
		session,
		request: { [perResource]: [{ resource: { attributes: resource }, [perScope]: [{ scope: { name: "test" }, [list]: own }] }] },
	};
}

const now = BigInt(Date.now()) * 1_000_000n;
const unicode = fc.oneof(
	fc.string({ unit: "binary", maxLength: 20 }),
	fc.constantFrom("", "\0", "a\0b", "ä", "🦀", "\u2028", '"\\\n\t', "x".repeat(200)),
);
const int64 = fc.oneof(
	fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
	fc.constantFrom(0n, -1n, 2n ** 53n, 2n ** 53n - 1n, -(2n ** 63n), 2n ** 63n - 1n),
);
const double = fc.oneof(
	fc.double(),
	fc.integer().map(Number),
	fc.constantFrom(-0, 0, Number.NaN, Infinity, -Infinity, 5e-324, 1e21, 1e-7, 0.1 + 0.2, 1e300),
);
/** Numbers as senders write them into text, and as they don't. */
const numeric = fc.oneof(
	fc.constantFrom(
		"007",
		"1e-7",
		"0.10",
		"0.00010400000000000001",
		"-0",
		"0",
		"+1",
		"1.",
		".5",
		"1e3",
		"1E5",
		"9007199254740993",
		"9223372036854775807",
		"NaN",
		"Infinity",
		" 1",
		"0x10",
		"1_000",
		"123456789012345.6",
		"0.000001",
		"0.0000001",
		"99999999999999999999999999",
	),
	fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
	fc.integer().map(String),
	fc.constantFrom("true", "false", "TRUE", "1", "True"),
);
const scalar: fc.Arbitrary<JudgedObject> = fc.oneof(
	unicode.map((stringValue) => ({ stringValue })),
	numeric.map((stringValue) => ({ stringValue })),
	int64.map((integer) => ({ intValue: String(integer) })),
	double.map((doubleValue) => ({ doubleValue })),
	fc.boolean().map((boolValue) => ({ boolValue })),
	fc.uint8Array({ maxLength: 20 }).map((bytes) => ({ bytesValue: Buffer.from(bytes).toString("base64") })),
	fc.constant({}),
);
/** Names inside of maps have no dots or brackets, which paths of kinds are written with. */
const innerKey = fc.oneof(
	fc.constantFrom("a", "b", "", "__proto__", "length", "ß"),
	fc.string({ maxLength: 6 }).map((name) => name.replace(/[.[\]]/g, "_")),
);
const anyValue = fc.letrec<{ value: JudgedObject; array: JudgedObject; map: JudgedObject }>((tie) => ({
	value: fc.oneof({ maxDepth: 3, withCrossShrink: true }, scalar, tie("array"), tie("map")),
	array: fc.array(tie("value"), { maxLength: 4 }).map((values) => ({ arrayValue: { values } })),
	map: fc
		.array(fc.record({ key: innerKey, value: tie("value") }), { maxLength: 4 })
		.map((values) => ({ kvlistValue: { values } })),
})).value;
/** Keys that name the record or its session are tested apart: rows are compared with what they make of them. */
const keysOf = (table: "events" | "points" | "spans") =>
	columnsOf(table)
		.map(({ key }) => key)
		.filter((key) => key !== "session.id" && key !== "event.name");
const attributesFor = (table: "events" | "points" | "spans") => {
	const key = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...keysOf(table)) }, { weight: 2, arbitrary: innerKey });
	return fc.array(fc.record({ key, value: fc.oneof({ weight: 3, arbitrary: scalar }, anyValue) }), { maxLength: 12 });
};
/** OTLP's words for one of the record's members that may be left out. */
const id = (bytes: number) =>
	fc.oneof(
		fc.constant(""),
		fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((id) => Buffer.from(id).toString("hex")),
	);
const time = fc.bigInt({ min: 0n, max: 10n ** 15n }).map((ago) => String(now - ago));

const logRecord = fc.record({
	timeUnixNano: time,
	observedTimeUnixNano: time,
	severityNumber: fc.integer({ min: 0, max: 24 }),
	severityText: unicode,
	body: anyValue,
	attributes: attributesFor("events"),
	droppedAttributesCount: fc.nat(),
	flags: fc.nat(),
	traceId: id(16),
	spanId: id(8),
	eventName: unicode,
});
const numberPoint = fc
	.record({
		attributes: attributesFor("points"),
		startTimeUnixNano: time,
		timeUnixNano: time,
		value: fc.oneof(int64, double),
		flags: fc.integer({ min: 0, max: 1 }),
	})
	.map(({ value, ...rest }) => ({ ...rest, ...(typeof value === "bigint" ? { asInt: String(value) } : { asDouble: value }) }));
const numbers = fc.array(numberPoint, { maxLength: 4 });
const metric = fc
	.record({
		name: unicode,
		description: unicode,
		unit: unicode,
		points: numbers,
		temporality: fc.integer({ min: 0, max: 2 }),
		isMonotonic: fc.boolean(),
		isSum: fc.boolean(),
	})
	.map(({ points, temporality, isMonotonic, isSum, ...rest }) => ({
		...rest,
		...(isSum
			? { sum: { dataPoints: points, aggregationTemporality: temporality, isMonotonic } }
			: { gauge: { dataPoints: points } }),
	}));
const span = fc
	.record({
		traceId: id(16),
		spanId: id(8),
		parentSpanId: id(8),
		traceState: unicode,
		name: unicode,
		kind: fc.integer({ min: 0, max: 5 }),
		startTimeUnixNano: time,
		durationNs: fc.bigInt({ min: 0n, max: 10n ** 12n }),
		attributes: attributesFor("spans"),
		droppedAttributesCount: fc.nat(),
		events: fc.array(fc.record({ timeUnixNano: time, name: unicode, attributes: attributesFor("spans") }), { maxLength: 2 }),
		droppedEventsCount: fc.nat(),
		links: fc.array(fc.record({ traceId: id(16), spanId: id(8), attributes: attributesFor("spans") }), { maxLength: 2 }),
		droppedLinksCount: fc.nat(),
		flags: fc.nat(),
		status: fc.record({ message: unicode, code: fc.integer({ min: 0, max: 2 }) }),
	})
	.map(({ durationNs, ...rest }) => ({ ...rest, endTimeUnixNano: String(BigInt(rest.startTimeUnixNano) + durationNs) }));
const recordFor: Readonly<Record<Signal, fc.Arbitrary<JudgedObject>>> = { logs: logRecord, metrics: metric, traces: span };

/** The number of records, for a longer run; the seed of a failure is in its message. */
const runs = Number(process.env["PURSER_FUZZ"] ?? 4);

describe("whatever a record has comes back from the API", () => {
	const cases = (["logs", "metrics", "traces"] as const).flatMap((signal) =>
		encodings.map((encoding) => [signal, encoding] as const),
	);
	test.each(cases)("%s over http/%s", async (signal, encoding) => {
		const requests = fc.tuple(
			fc.array(recordFor[signal], { minLength: 20, maxLength: 60, size: "max" }),
			attributesFor("events"),
		);
		await fc.assert(
			fc.asyncProperty(requests, async ([records, resource]) => {
				const sent = requestOf(signal, records, resource);
				const given = asTexts(await sentAndGiven(signal, sent, encoding));
				const wanted = asTexts(recordsOf(signal, sent.request).map(expectedOf[signal]));
				const surplus = given.filter((row) => !wanted.includes(row));
				expect(surplus.slice(0, 1)).toEqual(wanted.filter((row) => !given.includes(row)).slice(0, 1));
				expect(given.length).toBe(wanted.length);
			}),
			{ numRuns: runs, endOnFailure: true },
		);
	});
});

/** Sends one record and returns its row. */
async function oneOf(signal: Signal, record: JudgedObject, encoding: Encoding = "protobuf"): Promise<Record<string, unknown>> {
	const rows = await sentAndGiven(signal, requestOf(signal, [record]), encoding);
	expect(rows.length).toBe(1);
	return rows[0]!;
}

const ago = (ms: number): string => String(now - BigInt(ms) * 1_000_000n);
const isNow = (time: unknown) => expect(Math.abs(Date.parse(String(time)) - Date.now())).toBeLessThan(60_000);
const maxTime = String(2n ** 64n - 1n);

describe("times", () => {
	test.each(["1", "946684800000000000", "4291747200000000000", maxTime])(
		"%s is no time to date a record by, and is kept",
		async (absurd) => {
			const event = await oneOf("logs", { timeUnixNano: absurd });
			isNow(event["time"]);
			expect(event["time_sent"]).toBe(absurd);
			const point = await oneOf("metrics", {
				name: "m",
				sum: { dataPoints: [{ timeUnixNano: absurd, startTimeUnixNano: absurd, asInt: "1" }] },
			});
			isNow(point["time"]);
			expect([point["time_sent"], point["start_time"]]).toEqual([absurd, isoOf(absurd)]);
			const span = await oneOf("traces", { startTimeUnixNano: absurd, endTimeUnixNano: absurd });
			isNow(span["time"]);
			expect([span["time_sent"], span["duration_ms"]]).toEqual([absurd, 0]);
		},
	);

	test("a record without a time is dated by when it was observed, and without that by when it was received", async () => {
		const observed = ago(5000);
		const event = await oneOf("logs", { observedTimeUnixNano: observed });
		expect(event["time"]).toBe(isoOf(observed));
		expect(event).not.toHaveProperty("time_sent");
		isNow((await oneOf("logs", {}))["time"]);
		isNow((await oneOf("metrics", { name: "m", gauge: { dataPoints: [{ asInt: "1" }] } }))["time"]);
		isNow((await oneOf("traces", { name: "s" }))["time"]);
	});

	test.each([maxTime, "1"])("an observed time of %s is kept", async (observedTimeUnixNano) => {
		expect((await oneOf("logs", { timeUnixNano: ago(0), observedTimeUnixNano }))["observed_time"]).toBe(
			isoOf(observedTimeUnixNano),
		);
		expect((await oneOf("logs", { observedTimeUnixNano }))["observed_time"]).toBe(isoOf(observedTimeUnixNano));
	});

	test("a span without a beginning is dated by its end", async () => {
		const end = ago(7000);
		const span = await oneOf("traces", { endTimeUnixNano: end });
		expect([span["time"], span["end_time"], span["duration_ms"]]).toEqual([isoOf(end), isoOf(end), 0]);
	});

	const stamp = "2026-02-28T23:59:59.123Z";
	const nanoseconds = String(BigInt(Date.parse(stamp)) * 1_000_000n);
	test.each([
		["the record's time", { timeUnixNano: nanoseconds }, stamp],
		["another time than the record's", { timeUnixNano: nanoseconds }, "2026-02-28T23:59:59.124Z"],
		[
			"a day that is not in the calendar",
			{ timeUnixNano: String(BigInt(Date.parse("2026-03-01T00:00:00.000Z")) * 1_000_000n) },
			"2026-02-29T00:00:00.000Z",
		],
		["the absurd time of a record", { timeUnixNano: String(4_102_444_800_000n * 1_000_000n) }, "2100-01-01T00:00:00.000Z"],
		["a time where the record has none", {}, stamp],
		["the beginning of time where the record has none", {}, "1970-01-01T00:00:00.000Z"],
		["a time with more digits", { timeUnixNano: nanoseconds }, "2026-02-28T23:59:59.123000Z"],
		["no time at all", { timeUnixNano: nanoseconds }, "yesterday"],
	])("event.timestamp is kept unchanged: %s", async (_, record, timestamp) => {
		const first = await oneOf("logs", { ...record, attributes: [text("event.timestamp", timestamp)] });
		expect((first["attributes"] as JudgedObject)["event.timestamp"]).toBe(timestamp);
	});
});

describe("what only some senders send", () => {
	const data = { timeUnixNano: ago(0), startTimeUnixNano: ago(1000), count: "3", sum: 6.5, min: 1, max: 4 };
	const exemplar = {
		timeUnixNano: ago(1),
		asDouble: 1.5,
		spanId: "00f067aa0ba902b7",
		filteredAttributes: [
			text("a", "b"),
			{
				key: "list",
				value: { arrayValue: { values: [{ arrayValue: { values: [{ arrayValue: { values: [{ intValue: "1" }] } }] } }] } },
			},
		],
	};
	const buckets = { offset: -3, bucketCounts: ["1", "0", "2"] };
	const metrics: [string, JudgedObject][] = [
		[
			"histogram",
			{
				histogram: {
					aggregationTemporality: 2,
					dataPoints: [{ ...data, bucketCounts: ["1", "2"], explicitBounds: [2.5], exemplars: [exemplar] }],
				},
			},
		],
		[
			"exponential histogram",
			{
				exponentialHistogram: {
					aggregationTemporality: 1,
					dataPoints: [{ ...data, scale: -2, zeroCount: "1", zeroThreshold: 0.5, positive: buckets, negative: buckets }],
				},
			},
		],
		[
			"summary",
			{
				summary: {
					dataPoints: [
						{
							timeUnixNano: ago(0),
							startTimeUnixNano: ago(1000),
							count: "3",
							sum: 6.5,
							quantileValues: [{ quantile: 0.5, value: 2 }],
						},
					],
				},
			},
		],
		[
			"gauge with an exemplar",
			{ gauge: { dataPoints: [{ timeUnixNano: ago(0), asInt: "9223372036854775807", exemplars: [exemplar] }] } },
		],
		[
			"point without a value",
			{ sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: [{ timeUnixNano: ago(0), flags: 1 }] } },
		],
	];
	test.each(metrics.flatMap(([name, metric]) => encodings.map((encoding) => [name, encoding, metric] as const)))(
		"a %s over http/%s",
		async (name, encoding, metric) => {
			const sent = requestOf("metrics", [{ name, unit: "ms", description: "of everything", ...metric }]);
			const given = await sentAndGiven("metrics", sent, encoding);
			const [wanted] = recordsOf("metrics", sent.request).map(expectedPoint);
			expect(given).toEqual([{ ...wanted, types: {}, person: expect.any(String), received_at: expect.any(String) }]);
		},
	);

	test("a log without a body is named by its attribute or by OTLP's own field, whatever came before it", async () => {
		const records = [
			{},
			{ attributes: [text("event.name", "codex.tool_result")] },
			{},
			{ eventName: "codex.prompt" },
			{ body: { stringValue: "claude_code.user_prompt" } },
		];
		const sent = requestOf(
			"logs",
			records.map((record, i) => ({ timeUnixNano: ago(i), ...record })),
		);
		const given = await sentAndGiven("logs", sent, "protobuf");
		expect(given.map(({ event }) => event)).toEqual(["", "codex.tool_result", "", "codex.prompt", "user_prompt"]);
	});

	test("a span with as much text in it as is kept", async () => {
		const output = "π".repeat(130_000);
		const sent = requestOf("traces", [
			{
				startTimeUnixNano: ago(9),
				endTimeUnixNano: ago(2),
				name: "big",
				attributes: [text("output", output)],
				events: [{ timeUnixNano: ago(3), name: "e", attributes: [text("content", output)] }],
			},
		]);
		const given = await sentAndGiven("traces", sent, "json");
		expect(asTexts(given)).toEqual(asTexts(recordsOf("traces", sent.request).map(expectedSpan)));
	});
});

describe("a record that can't be kept is refused alone, and its neighbours are kept", () => {
	const nested = (levels: number): JudgedObject =>
		levels === 0 ? { intValue: "1" } : { arrayValue: { values: [nested(levels - 1)] } };
	const many = Array.from({ length: 1025 }, (_, i) => text(`k${i}`, "v"));
	const good = { timeUnixNano: ago(0), attributes: [text("good", "yes")] };
	const point = (attributes: JudgedObject[]) => ({ timeUnixNano: ago(0), asInt: "1", attributes });
	const cases: [string, Signal, JudgedObject, string][] = [
		["more than 1024 attributes", "logs", { timeUnixNano: ago(0), attributes: many }, "more than 1024 attributes"],
		[
			"a value that nests too deeply",
			"logs",
			{ timeUnixNano: ago(0), attributes: [{ key: "deep", value: nested(40) }] },
			"nests too deeply",
		],
		["a body that nests too deeply", "logs", { timeUnixNano: ago(0), body: nested(40) }, "nests too deeply"],
		[
			"a span event that nests too deeply",
			"traces",
			{ startTimeUnixNano: ago(1), endTimeUnixNano: ago(0), events: [{ attributes: [{ key: "deep", value: nested(40) }] }] },
			"nests too deeply",
		],
		[
			"a metric with an endless description",
			"metrics",
			{ name: "m", description: "d".repeat(5000), sum: { dataPoints: [point([])] } },
			"longer than 3000 bytes",
		],
		[
			"a point with too many attributes",
			"metrics",
			{ name: "m", gauge: { dataPoints: [point(many)] } },
			"more than 1024 attributes",
		],
	];
	test.each(cases.flatMap(([name, ...rest]) => encodings.map((encoding) => [name, encoding, ...rest] as const)))(
		"%s, over http/%s",
		async (_, encoding, signal, bad, reason) => {
			const neighbour =
				signal === "metrics"
					? { name: "m", gauge: { dataPoints: [point([])] } }
					: signal === "traces"
						? { ...good, startTimeUnixNano: ago(3), endTimeUnixNano: ago(2) }
						: good;
			const { request, session } = requestOf(signal, [neighbour, bad, neighbour]);
			const json = encoding === "json";
			const body = json ? Buffer.from(JSON.stringify(jsonOf(request))) : encodeRequest(signal, bytesOf(request) as JudgedObject);
			const answer = await post(
				`http://${server.http}${definitionOf(signal).path}`,
				{ "content-type": json ? "application/json" : "application/x-protobuf" },
				body,
			);
			expect(answer.status).toBe(200);
			const { partialSuccess } = json ? JSON.parse(answer.body.toString()) : decodeResponse(signal, answer.body);
			expect(partialSuccess).toEqual({
				[definitionOf(signal).rejectedMember]: "1",
				errorMessage: expect.stringContaining(reason),
			});
			await server.settle();
			expect((await allRows(server, `/api/v1/${lists[signal]}?session=${session}`)).length).toBe(2);
		},
	);

	test("values may nest in one another sixteen deep", async () => {
		const sent = requestOf("logs", [{ timeUnixNano: ago(0), attributes: [{ key: "deep", value: nested(16) }] }]);
		expect(asTexts(await sentAndGiven("logs", sent, "json"))).toEqual(
			asTexts(recordsOf("logs", sent.request).map(expectedEvent)),
		);
	});

	test("a resource that nests too deeply takes all of its request with it", async () => {
		const { request } = requestOf("logs", [good], [{ key: "deep", value: nested(60) }]);
		const answer = await post(
			`http://${server.http}/v1/logs`,
			{ "content-type": "application/x-protobuf" },
			encodeRequest("logs", request),
		);
		expect([answer.status, decodeStatus(answer.body).code]).toEqual([400, 3]);
	});
});

test("64-bit integers that JSON has as numbers are not rounded", async () => {
	const session = `turn-${++turn}`;
	const body = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":1790000000123456789,"attributes":[{"key":"session.id","value":{"stringValue":"${session}"}},{"key":"most","value":{"intValue":9223372036854775807}},{"key":"least","value":{"intValue": -9223372036854775808}},{"key":"text","value":{"stringValue":"1:12345678901234567890"}},{"key":"double","value":{"doubleValue":12345678901234567000}}]}]}]}]}`;
	const { status } = await post(`http://${server.http}/v1/logs`, { "content-type": "application/json" }, Buffer.from(body));
	expect(status).toBe(200);
	await server.settle();
	const [row] = await allRows(server, `/api/v1/events?session=${session}`);
	expect(row!["time"]).toBe("2026-09-21T14:13:20.123456789Z");
	expect(row!["attributes"]).toEqual({
		"session.id": session,
		most: "9223372036854775807",
		least: "-9223372036854775808",
		text: "1:12345678901234567890",
		double: 12345678901234567000,
	});
});
