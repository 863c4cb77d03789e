import { rmSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EventRecord, logsOf } from "../../scripts/otlp-json.ts";
import { rolledUp, startPurser, type TestPurser } from "./purser.ts";
import { readRecordings } from "./recordings.ts";
import { post, replay } from "./send.ts";

/**
 * Coverage of the same records, asked twice: as long as they are read themselves, and once from rollups. Real clients with all three
 * signals, and clocks that are wrong either way.
 */
const periods = [
	"from=2026-11-01&to=2026-11-21",
	"from=2026-11-18T07:31:12.5Z&to=2026-11-20T10:12:33.25Z",
	"from=2026-11-20T09:10:00Z&to=2026-11-20T09:50:00Z",
	"from=2026-11-01",
];
const filters = ["", "&where=version!:1.0.60", "&where=session!:none", "&where=service:claude-code&where=label.team.id!:x"];
const questions = [
	...periods.flatMap((period) => filters.map((filter) => `/api/v1/coverage?${period}${filter}&limit=10000&tz=Asia/Kathmandu`)),
	...periods.slice(0, 3).map((period) => `/api/v1/coverage/gaps?${period}&limit=10000`),
];

type Answer = { summary?: object; gaps?: object[]; meta: object };
const asked = new Map<string, object>();
let server: TestPurser;

/** Without values that depend on the clock: the server's start, and the end of a gap that lasts. */
async function ask(question: string): Promise<object> {
	const { summary, gaps, meta, ...answer } = await server.get<Answer>(question);
	const isPast = question.includes("to=");
	return {
		...answer,
		summary: { ...summary, since_start: undefined },
		...(isPast && { gaps, meta }),
	};
}

beforeAll(async () => {
	server = await startPurser({ "rollup-delay-seconds": 3600 });
	await replay(readRecordings(), server);
	const now = Date.now();
	const hour = 3_600_000;
	const times = [now - 1000, now - 5 * hour, now + hour, now + 20 * hour, now + 400 * 24 * hour, 1000];
	const events = times.map(
		(at): EventRecord => ({
			at,
			event: "user_prompt",
			attributes: { "user.id": "clock", "event.name": "user_prompt", prompt: "p" },
		}),
	);
	const body = Buffer.from(JSON.stringify(logsOf({ resource: { "service.name": "claude-code" }, events, points: [] })));
	await post(`http://${server.http}/v1/logs`, { "content-type": "application/json" }, body);
	await server.settle();
	for (const question of questions) asked.set(question, await ask(question));
	const { data } = server;
	await server.stop(true);
	server = await startPurser({ data, "rollup-delay-seconds": 0 });
	await rolledUp(server);
}, 120_000);
afterAll(async () => {
	await server.stop();
	rmSync(server.data, { recursive: true, force: true });
});

test.each(questions)("the same from rollups as from records: %s", async (question) => {
	expect(await ask(question)).toEqual(asked.get(question));
});

test("there is something to compare: all signals, content, clocks that are ahead, and what came late", async () => {
	const { summary } = await server.get<{ summary: Record<string, Record<string, number>> }>(questions[12]!);
	for (const signal of ["events", "metrics", "spans"]) expect(summary["records"]![signal]).toBeGreaterThan(0);
	for (const gate of ["prompts", "responses", "tool_details"]) expect(summary["gates"]![gate]).toBeGreaterThan(0);
	expect([summary["future"]!["events"], summary["undated"]!["events"]]).toEqual([3, 1]);
	expect(summary["late"]!["events"]).toBeGreaterThan(1000);
});
