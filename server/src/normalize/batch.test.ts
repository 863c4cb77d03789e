import { expect, test } from "vitest";
import { jsonToWire } from "../otlp/json-to-wire.ts";
import { Batch } from "./batch.ts";

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const resource = { attributes: [text("service.name", "gemini-cli")] };
const nowMs = Date.UTC(2026, 10, 21);
const time = `${nowMs}000000`;
const jsonOf = (json: unknown): Buffer => Buffer.from(JSON.stringify(json));
const logs = (record: object) =>
	jsonToWire(
		"ExportLogsServiceRequest",
		jsonOf({ resourceLogs: [{ resource, scopeLogs: [{ scope: { name: "one" }, logRecords: [record] }] }] }),
	).wire;
const spans = (span: object) =>
	jsonToWire(
		"ExportTraceServiceRequest",
		jsonOf({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "one" }, spans: [span] }] }] }),
	).wire;
const bytesOf = (batch: Batch, table: string): Buffer =>
	Buffer.concat(batch.blocks().find((block) => block.table === table)!.pieces);

test("a span keeps its resource when a log record of the same resource and scope came before it", () => {
	const batch = new Batch();
	batch.add("logs", logs({ timeUnixNano: time }), nowMs);
	batch.add("traces", spans({ startTimeUnixNano: time, name: "tool" }), nowMs);
	expect(bytesOf(batch, "events").includes("gemini-cli")).toBe(true);
	expect(bytesOf(batch, "spans").includes("gemini-cli")).toBe(true);
	batch.clear();
	batch.add("traces", spans({ startTimeUnixNano: time, name: "tool" }), nowMs);
	expect(bytesOf(batch, "spans").includes("gemini-cli")).toBe(true);
});

test("a request that can't be decoded leaves nothing behind", () => {
	const batch = new Batch();
	const wire = logs({ timeUnixNano: time, attributes: [text("kept", "yes")] });
	batch.add("logs", wire, nowMs);
	const torn = logs({ timeUnixNano: time, attributes: [text("torn", "yes"), text("user.email", "a@b.c")] });
	expect(() => batch.add("logs", Buffer.concat([torn, torn.subarray(0, torn.length - 3)]), nowMs)).toThrow(
		"cannot decode protobuf",
	);
	expect(batch.blocks().map(({ rows }) => rows)).toEqual([1]);
	expect(bytesOf(batch, "events").includes("yes")).toBe(true);
	expect(bytesOf(batch, "events").includes("a@b.c")).toBe(false);
});

test("a request's memory may be used for the next one", () => {
	const batch = new Batch();
	const request = (user: string, session: string) =>
		Buffer.from(
			logs({ timeUnixNano: time, attributes: [text("user.id", user), text("session.id", session), text("event.name", "x")] }),
		);
	const memory = request("ada-l", "one");
	batch.add("logs", memory, nowMs);
	// As long as the first, but divided elsewhere.
	memory.set(request("bob", "three"));
	batch.add("logs", memory, nowMs);
	expect(bytesOf(batch, "events").includes("\u0005three")).toBe(true);
});
