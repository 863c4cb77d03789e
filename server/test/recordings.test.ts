import { afterAll, beforeAll, expect, test } from "vitest";
import { startPurser, type TestPurser } from "./purser.ts";
import { readRecordings, totals } from "./recordings.ts";
import { type Answer, replay } from "./send.ts";

const measures = [
	"cost_usd",
	"api_requests",
	"input_tokens",
	"output_tokens",
	"cache_read_tokens",
	"cache_creation_tokens",
	"prompts",
	"api_errors",
	"tool_calls",
	"tool_failures",
	"lines_added",
	"lines_removed",
	"commits",
	"pull_requests",
	"active_seconds",
	"sessions",
	"events",
];
const recordings = readRecordings();
let server: TestPurser;

beforeAll(async () => {
	server = await startPurser();
});
afterAll(() => server.stop());

async function usage(): Promise<Record<string, unknown>> {
	await server.settle();
	const { rows } = await server.get(`/api/v1/usage?measure=${measures.join(",")}&from=2026-01-01`);
	return rows[0]!;
}

const isKept = ({ status, body }: Answer): boolean =>
	(status === 0 && body.length === 0) || (status === 200 && ["", "{}"].includes(body.toString()));
const expected = Object.fromEntries(measures.map((name) => [name, totals.all[name]]));

test("every recorded request is stored whole, and the totals are the recordings' own (R5)", async () => {
	const answers = await replay(recordings, server);
	expect(recordings.filter((_, i) => !isKept(answers[i]!)).map(({ name }) => name)).toEqual([]);
	expect(await usage()).toEqual(expected);
	const { stored } = await server.get<{ stored: Record<string, number> }>("/api/v1/status");
	expect(stored).toEqual({ events: totals.all["events"], points: totals.all["points"], spans: totals.all["spans"] });
});

test("sent twice they count once", async () => {
	const answers = await replay(recordings, server);
	expect(answers.every(isKept)).toBe(true);
	expect(await usage()).toEqual(expected);
});

test("after a restart they still count once", async () => {
	await server.stop(true);
	server = await startPurser({ data: server.data });
	const answers = await replay(recordings, server);
	expect(answers.every(isKept)).toBe(true);
	expect(await usage()).toEqual(expected);
});
