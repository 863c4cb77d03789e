import fc from "fast-check";
import { expect, test } from "vitest";
import { PermanentError } from "../src/errors.ts";
import { jsonToWire, signalOfJson } from "../src/otlp/json-to-wire.ts";
import { type Field, isMessage, type MessageName, perMessage } from "../src/otlp/schema.ts";
import { definitionOf, type Signal } from "../src/otlp/signals.ts";
import { referenceToWire } from "./json-reference.ts";
import { readRecordings } from "./recordings.ts";
import { plainBody } from "./reference-decoder.ts";

/** OTLP/JSON read from its bytes is what JSON.parse and a walk over its objects make of it, and what they refuse is refused. */

const outcomeOf = (convert: () => ReturnType<typeof jsonToWire>): unknown => {
	try {
		const { wire, outcome } = convert();
		return { wire: Buffer.from(wire).toString("hex"), rejected: outcome.rejected };
	} catch (error) {
		if (error instanceof PermanentError || error instanceof SyntaxError || (error as Error).name === "PermanentError")
			return "refused";
		throw error;
	}
};
const expectSame = (message: MessageName, json: Uint8Array): void => {
	expect(outcomeOf(() => jsonToWire(message, json))).toEqual(outcomeOf(() => referenceToWire(message, json)));
};

const fieldsOf = perMessage((fields) => fields);
const text = fc.oneof(
	fc.string({ unit: "binary", maxLength: 20 }),
	fc.constantFrom("", 'say "a"\\n', "\u0000\u001f", "a\ud800b", "🙂", "x".repeat(200)),
);
const digits = fc.oneof(
	fc.bigInt({ min: -(2n ** 66n), max: 2n ** 66n }),
	fc.bigInt({ min: -300n, max: 300n }),
	fc.constantFrom(0n, 2n ** 63n, -(2n ** 63n), 2n ** 64n - 1n, 2n ** 32n, -1n),
);
/** A piece of JSON, as text. */
const raw = (value: unknown): string => JSON.stringify(value);
const anything = fc.oneof(
	fc.jsonValue({ maxDepth: 3 }).map(raw),
	fc.constantFrom(
		"null",
		"-0",
		"1e3",
		"1.0",
		"1.5",
		"-1e30",
		"1E+2",
		'"1e3"',
		'"0x10"',
		'" 5 "',
		'"NaN"',
		'"-Infinity"',
		'""',
		"{}",
		"[]",
	),
);

function textOf(field: Field, depth: number): fc.Arbitrary<string> {
	const { type } = field;
	if (isMessage(type)) return depth > 6 ? fc.constant("{}") : messageOf(type, depth + 1);
	switch (type) {
		case "string":
			return text.map(raw);
		case "bytes":
			return fc.uint8Array({ maxLength: 30 }).map((bytes) => raw(Buffer.from(bytes).toString("base64")));
		case "id":
			return fc.oneof(
				fc.uint8Array({ minLength: 8, maxLength: 16 }).map((bytes) => raw(Buffer.from(bytes).toString("hex"))),
				fc.constantFrom('"0G"', '"abc"', '"ABCDEF0123456789"'),
			);
		case "bool":
			return fc.boolean().map(raw);
		case "double":
			return fc.oneof(
				fc.double({ noNaN: true, noDefaultInfinity: true }).map(raw),
				digits.map(String),
				fc.double().map((value) => raw(String(value))),
			);
		case "enum":
			return fc.oneof(fc.constantFrom(...(field.names ?? ["A"])).map(raw), digits.map(String));
		default:
			return fc.oneof(
				digits.map(String),
				digits.map((value) => raw(String(value))),
			);
	}
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const space = fc.constantFrom("", "", " ", "\n\t", "\r\n  ");

function messageOf(message: MessageName, depth = 0): fc.Arbitrary<string> {
	const member = fc.constantFrom(...fieldsOf[message]).chain((field) => {
		// Mostly right, now and then of another kind.
		const one = fc.oneof({ weight: 20, arbitrary: textOf(field, depth) }, { weight: 1, arbitrary: anything });
		const value = field.repeated
			? fc.oneof(
					{ weight: 20, arbitrary: fc.array(one, { maxLength: 3 }).map((items) => `[${items.join(" ,")}]`) },
					{ weight: 1, arbitrary: anything },
				)
			: one;
		const name = fc.oneof(
			{ weight: 9, arbitrary: fc.constant(field.name) },
			{ weight: 2, arbitrary: fc.constant(snake(field.name)) },
		);
		return fc.record({ name, value, before: space, after: space, key: fc.constant(field.name) });
	});
	const unknown = fc.record({ name: text.map((name) => `?${name}`), value: anything, before: space, after: space, key: text });
	const members = fc.array(fc.oneof({ weight: 12, arbitrary: member }, { weight: 1, arbitrary: unknown }), { maxLength: 5 });
	return members.map((all) => {
		// JSON does not say what a name that comes twice means.
		const once = [...new Map(all.map((each) => [each.key, each])).values()];
		return `{${once.map(({ name, value, before, after }) => `${before}${raw(name)}${after}:${before}${value}${after}`).join(",")}}`;
	});
}

const signals: readonly Signal[] = ["logs", "metrics", "traces"];

test("a number is no string, however many digits it has", () => {
	const json = (value: string) =>
		Buffer.from(`{"resourceSpans":[{"scopeSpans":[{"scope":{"attributes":[{"value":{"stringValue":${value}}}]}}]}]}`);
	for (const value of ["5", "-9007199254740992", "18446744073709551615", "1e3"]) {
		expectSame("ExportTraceServiceRequest", json(value));
		expect(
			outcomeOf(() => jsonToWire("ExportTraceServiceRequest", json(value))),
			value,
		).toBe("refused");
	}
});

for (const signal of signals)
	test(`any request of ${signal} becomes what it did by way of objects`, () => {
		const message = definitionOf(signal).request;
		fc.assert(
			fc.property(messageOf(message), (json) => expectSame(message, Buffer.from(json))),
			{ numRuns: 1500 },
		);
	}, 120_000);

const recordings = readRecordings().filter(
	({ body, headers }) => headers["content-type"]?.startsWith("application/json") && body.length > 0,
);

test("every recording in JSON becomes what it did, and its signal is determined from its first member", () => {
	expect(recordings.length).toBeGreaterThan(10);
	for (const recording of recordings) {
		const body = plainBody(recording);
		expectSame(definitionOf(recording.signal).request, body);
		expect(signalOfJson(body)).toBe(recording.signal);
	}
});

test("bytes that were changed are refused or read as JSON.parse does", () => {
	const bodies = recordings.map(plainBody).filter((body) => body.length < 8000);
	const pieces = [
		"{",
		"}",
		"[",
		"]",
		",",
		":",
		'"',
		"\\",
		"\\u",
		"\\ud83d",
		"0",
		"-",
		"1e",
		".",
		"null",
		"tru",
		"\u0000",
		" ",
		"\ufeff",
		"9".repeat(25),
	].map((piece) => Buffer.from(piece));
	const change = fc.record({
		at: fc.nat(),
		cut: fc.nat(3),
		put: fc.oneof(fc.constantFrom(...pieces), fc.uint8Array({ maxLength: 3 })),
	});
	fc.assert(
		fc.property(fc.constantFrom(...bodies), fc.array(change, { minLength: 1, maxLength: 4 }), (body, changes) => {
			let bytes = body;
			for (const { at, cut, put } of changes) {
				const from = at % (bytes.length + 1);
				bytes = Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + cut)]);
			}
			// Names that come twice are read one after the other, which JSON leaves open.
			const known = outcomeOf(() => referenceToWire("ExportLogsServiceRequest", bytes));
			const ours = outcomeOf(() => jsonToWire("ExportLogsServiceRequest", bytes));
			if (known === "refused" || ours === "refused") expect(ours).toEqual(known);
		}),
		{ numRuns: 4000 },
	);
}, 120_000);

test("no body is larger in memory than a few times itself, and none is read twice over", () => {
	const megabyte = 1024 * 1024;
	const repeated = (piece: string, before = "", after = "") =>
		Buffer.from(before + piece.repeat(Math.floor(megabyte / piece.length)) + after);
	const bodies = [
		repeated("{},"),
		repeated("["),
		repeated('{"a":'),
		repeated("0,", "[", "12345678901234567890]"),
		repeated("{},", '{"resourceLogs":[', "12345678901234567890]}"),
		repeated("{},", '{"resourceLogs":[{"scopeLogs":[{"logRecords":[', "{}]}]}]}"),
		repeated("0,", '{"resourceLogs":[{"scopeLogs":[{"logRecords":[', "0]}]}]}"),
		repeated('{"body":0},', '{"resourceLogs":[{"scopeLogs":[{"logRecords":[', "0]}]}]}"),
		repeated("{},", '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"attributes":[', "{}]}]}]}]}"),
		repeated('{"arrayValue":{"values":[', '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":'),
		repeated("\\u0041", '{"resourceLogs":[{"schemaUrl":"', '"}]}'),
		repeated("9", '{"resourceLogs":[{"resource":{"droppedAttributesCount":', "}}]}"),
		repeated("9", '{"resourceLogs":[{"resource":{"droppedAttributesCount":1e', "}}]}"),
		repeated('"a":1,', "{", '"a":1}'),
		repeated(" ", "{", "}"),
	];
	for (const body of bodies) {
		const outcome = outcomeOf(() => {
			const converted = jsonToWire("ExportLogsServiceRequest", body, 50_000);
			expect(converted.wire.buffer.byteLength).toBeLessThanOrEqual(body.length * 4);
			return converted;
		});
		expect(outcome === "refused" || typeof outcome === "object").toBe(true);
	}
});

test("what is refused says where, and nothing of what stands there", () => {
	const refused = (json: string) => {
		try {
			jsonToWire("ExportLogsServiceRequest", Buffer.from(json));
		} catch (error) {
			return (error as Error).message;
		}
		return undefined;
	};
	expect(refused('{"resourceLogs": secret}')).toBe("cannot decode JSON: it is not well-formed at byte 17");
	expect(refused('{"secret"')).toBe("cannot decode JSON: it is not well-formed at byte 9");
	for (const json of [
		'{"secret',
		'["secret"',
		'"secret"',
		'{"resourceLogs":"secret"}',
		'{"a":"\u0001secret"}',
		'{"resourceLogs":[{"schemaUrl":"secret}]}',
		"{} secret",
	])
		expect(refused(json), json).not.toContain("secret");
	for (const json of ["{}", " {} ", '{"resourceLogs":null}', '{"resourceLogs":[]}']) expect(refused(json)).toBeUndefined();
	expect(() => signalOfJson(Buffer.from('{"a":[{}],"resource_spans":[]}'))).not.toThrow();
	expect(signalOfJson(Buffer.from('{"a":[{}],"resource_spans":[]}'))).toBe("traces");
	for (const json of ["{}", "[]", "", '{"a":1}', '{"a']) expect(() => signalOfJson(Buffer.from(json))).toThrow(PermanentError);
});

test("members are known by their names however these are escaped", () => {
	const escaped = (name: string) =>
		[...name].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
	for (const name of ["resourceLogs", "resource_logs"]) {
		const json = Buffer.from(`{"\\u0061":0,"${escaped(name)}":[{"${escaped("schema_url")}":"s"}]}`);
		expect(signalOfJson(json)).toBe("logs");
		expect(jsonToWire("ExportLogsServiceRequest", json)).toEqual(
			jsonToWire("ExportLogsServiceRequest", Buffer.from('{"resourceLogs":[{"schemaUrl":"s"}]}')),
		);
	}
	expect(signalOfJson(Buffer.from(`{"${escaped("resource_metrics")}":[]}`))).toBe("metrics");
});
