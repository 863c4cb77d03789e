import { afterAll, beforeAll, expect, test } from "vitest";
import { startPurser, type TestPurser } from "./purser.ts";
import { post } from "./send.ts";

/** Values that are longer than a name or a text ever is are truncated and counted, and make no answer large. */

let server: TestPurser;
beforeAll(async () => {
	server = await startPurser();
});
afterAll(() => server.stop());

type Row = { readonly attributes: Readonly<Record<string, string>> };
const megabyte = 1024 * 1024;
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const now = `${Date.now()}000000`;
const send = async (path: string, body: unknown): Promise<void> => {
	const answer = await post(
		`http://${server.http}${path}`,
		{ "content-type": "application/json" },
		Buffer.from(JSON.stringify(body)),
	);
	expect([answer.status, String(answer.body)]).toEqual([200, "{}"]);
};
const long = "ü".repeat(300_000);

test("long names, values, bodies, ids and resources are cut between characters, and the rest of the record is kept", async () => {
	const attributes = [
		text("event.name", long),
		text("user.email", long),
		text("session.id", long),
		text("tool_name", long),
		text(long, "value of a long key"),
		text("some.text", long),
		text("short", "unchanged"),
		{ key: "nested", value: { arrayValue: { values: Array(300_000).fill({}) } } },
	];
	const record = {
		timeUnixNano: now,
		body: { stringValue: long },
		severityText: long,
		traceId: "ab".repeat(5000),
		eventName: long,
		attributes,
	};
	const resource = { attributes: [text("service.name", long.slice(0, 20_000)), text("team", "x")] };
	await send("/v1/logs", { resourceLogs: [{ resource, scopeLogs: [{ scope: { name: long }, logRecords: [record] }] }] });
	const span = {
		name: long,
		traceId: "ab".repeat(16),
		spanId: "cd".repeat(8),
		startTimeUnixNano: now,
		endTimeUnixNano: now,
		events: Array(3000).fill({ name: "x".repeat(200) }),
		status: { message: long },
	};
	await send("/v1/traces", { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
	await server.settle();

	const { rows } = await server.get<{ rows: Row[] }>("/api/v1/events");
	expect(rows).toHaveLength(1);
	const [row] = rows;
	for (const name of ["event.name", "user.email", "session.id", "tool_name"])
		expect(Buffer.byteLength(String(row!["attributes"][name])), name).toBe(1024);
	expect(row!["attributes"]["short"]).toBe("unchanged");
	expect(Buffer.byteLength(row!["attributes"]["some.text"]!)).toBe(256 * 1024);
	expect(Object.keys(row!["attributes"]).every((key) => Buffer.byteLength(key) <= 1024)).toBe(true);
	expect(JSON.stringify(row).length).toBeLessThan(megabyte);
	expect(JSON.stringify(row)).not.toContain("\ufffd");

	const spans = await server.get("/api/v1/spans");
	expect(spans.rows).toHaveLength(1);
	expect(JSON.stringify(spans.rows).length).toBeLessThan(megabyte);

	for (const path of ["usage?measure=events&by=event,person", "coverage", "sessions"]) {
		const response = await fetch(`http://${server.web}/api/v1/${path}`);
		expect(response.status, path).toBe(200);
		expect((await response.text()).length, path).toBeLessThan(100_000);
	}
}, 60_000);

test("what was cut is said", async () => {
	const { signals } = await server.get<{ signals: Record<string, { cut: number }> }>("/api/v1/status");
	expect(signals["logs"]!.cut).toBeGreaterThan(8);
	expect(signals["traces"]!.cut).toBeGreaterThan(1);
	const coverage = await (await fetch(`http://${server.web}/api/v1/coverage`)).text();
	expect(coverage).toContain(`"cut_values":${signals["logs"]!.cut + signals["traces"]!.cut}`);
	expect(await (await fetch(`http://${server.web}/metrics`)).text()).toMatch(/purser_values_cut_total\{signal="logs"\} [1-9]/);
});

test("a page of large records ends where it is large enough, and the next continues", async () => {
	const logRecords = Array.from({ length: 8 }, (_, i) => ({
		timeUnixNano: `${Date.parse("2026-05-01") + i}000000`,
		attributes: [
			text("event.name", "large"),
			text("n", String(i)),
			...Array.from({ length: 20 }, (_, n) => text(`key ${n}`, "x".repeat(200_000))),
		],
	}));
	for (const record of logRecords) await send("/v1/logs", { resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] });
	await server.settle();
	const seen: string[] = [];
	let pages = 0;
	for (let cursor: string | null = ""; cursor !== null; pages++) {
		const response = await fetch(
			`http://${server.web}/api/v1/events?event=large&limit=1000${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`,
		);
		const body = await response.text();
		expect(body.length).toBeLessThan(21 * megabyte);
		const { rows, meta } = JSON.parse(body) as { rows: Row[]; meta: { next_cursor: string | null } };
		expect(rows.length).toBeGreaterThan(0);
		seen.push(...rows.map(({ attributes }) => attributes["n"]!));
		cursor = meta.next_cursor;
	}
	expect(seen).toEqual(["7", "6", "5", "4", "3", "2", "1", "0"]);
	expect(pages).toBeGreaterThan(1);
}, 60_000);

/** A session with so many models is none that happens; its row ends at the hundred used most often. */
test("the models of a session are a short list", async () => {
	const names = ["often", "often", ...Array.from({ length: 300 }, (_, i) => `model-${i}`)];
	const logRecords = names.map((model) => ({
		timeUnixNano: now,
		attributes: [text("event.name", "api_request"), text("session.id", "many-models"), text("model", model)],
	}));
	await send("/v1/logs", { resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
	await server.settle();
	const { rows } = await server.get<{ rows: { session_id: string; models: string[] }[] }>("/api/v1/sessions");
	const row = rows.find((each) => each.session_id === "many-models");
	expect([row?.models.length, row?.models[0]]).toEqual([100, "often"]);
	const { prompts } = await server.get<{ prompts: { models: string[] }[] }>("/api/v1/sessions/many-models");
	expect(prompts.map(({ models }) => models.length)).toEqual([100]);
});
