import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Signal, signals } from "../src/otlp/signals.ts";
import { type ExpectedRow, expectedEvent, expectedPoint, expectedSpan } from "./expected.ts";
import { allRows, asTexts, pagesOf, type Rows } from "./pages.ts";
import { startPurser, type TestPurser } from "./purser.ts";
import { type Recording, readRecordings, totals } from "./recordings.ts";
import { judgeRecording, type Located, plainBody, recordsOf } from "./reference-decoder.ts";
import { replay } from "./send.ts";

const paths: Readonly<Record<Signal, string>> = { logs: "/api/v1/events", metrics: "/api/v1/points", traces: "/api/v1/spans" };
const expectedOf: Readonly<Record<Signal, (located: Located) => ExpectedRow>> = {
	logs: expectedEvent,
	metrics: expectedPoint,
	traces: expectedSpan,
};
const recordings = readRecordings();
let server: TestPurser;
const given = {} as Record<Signal, Rows>;

beforeAll(async () => {
	server = await startPurser();
	await replay(recordings, server);
	await server.settle();
	for (const { signal } of signals) given[signal] = await allRows(server, paths[signal]);
});
afterAll(() => server.stop());

/** A body that came twice counts once. */
function counted(signal: Signal): Recording[] {
	const seen = new Set<string>();
	return recordings.filter((recording) => {
		if (recording.signal !== signal) return false;
		const digest = createHash("sha256").update(plainBody(recording)).digest("hex");
		return !seen.has(digest) && seen.add(digest);
	});
}

const expectedRows = (signal: Signal): ExpectedRow[] =>
	counted(signal).flatMap((recording) => recordsOf(signal, judgeRecording(recording)).map(expectedOf[signal]));

test.each(signals)("all of every record of the recordings' $signal comes back, with values, kinds and order", ({ signal }) => {
	const wanted = asTexts(expectedRows(signal));
	const got = asTexts(given[signal]);
	const [inWanted, inGot] = [new Set(wanted), new Set(got)];
	const surplus = got.filter((row) => !inWanted.has(row));
	expect(wanted.filter((row) => !inGot.has(row)).slice(0, 3)).toEqual(surplus.slice(0, 3));
	expect(got).toEqual(wanted);
	expect(got.length).toBe(totals.all[{ logs: "events", metrics: "points", traces: "spans" }[signal]]);
});

test.each([
	["logs", 7],
	["metrics", 13],
	["traces", 3],
] as const)("pages of %s, %i rows each, give every row exactly once, newest first", async (signal, limit) => {
	// Some hundred rows are pages enough.
	const since = String(given[signal][Math.min(300, given[signal].length - 1)]!["time"]);
	const all = await allRows(server, `${paths[signal]}?from=${since}`);
	const pages = await pagesOf(server, `${paths[signal]}?from=${since}&limit=${limit}`);
	expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true);
	expect(asTexts(pages.flat())).toEqual(asTexts(all));
	const times = pages.flat().map((row) => Date.parse(String(row["time"])));
	expect(times).toEqual([...times].sort((a, b) => b - a));
	expect(times.length).toBeGreaterThan(100);
});

test("records of one time are paged through, too", async () => {
	const record = (i: number) => ({
		timeUnixNano: "1790000000000000000",
		attributes: [{ key: "i", value: { intValue: String(i % 5) } }],
	});
	const request = {
		resourceLogs: [
			{ resource: {}, scopeLogs: [{ scope: { name: "same" }, logRecords: Array.from({ length: 50 }, (_, i) => record(i)) }] },
		],
	};
	const response = await fetch(`http://${server.http}/v1/logs`, {
		method: "POST",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify(request),
	});
	expect(response.status).toBe(200);
	await server.settle();
	const pages = await pagesOf(server, "/api/v1/events?from=2026-09-21T14:13:20Z&to=2026-09-21T14:13:21Z&limit=7");
	const values = pages.flat().map((row) => (row["attributes"] as { i: number }).i);
	expect(values.toSorted()).toEqual([0, 1, 2, 3, 4].flatMap((i) => Array.from({ length: 10 }, () => i)));
	expect(pages.map((page) => page.length)).toEqual([7, 7, 7, 7, 7, 7, 7, 1]);
});
