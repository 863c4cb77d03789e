import { type SessionAnswer, type SessionRow, type SessionsAnswer, sessionTotals } from "@purser/api";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { sessionColumns } from "../src/queries/sessions.ts";
import { startPurser, type TestPurser } from "./purser.ts";
import { readRecordings } from "./recordings.ts";
import { post, replay } from "./send.ts";

let server: TestPurser;
beforeAll(async () => {
	server = await startPurser();
	await replay(readRecordings(), server);
	await server.settle();
});
afterAll(() => server.stop());

type Usage = { rows: Record<string, number | string | null>[] };

const list = (query = "", limit = 1000) => server.get<SessionsAnswer>(`/api/v1/sessions?from=2025-01-01&limit=${limit}${query}`);
const load = (id: string, query = "") => server.get<SessionAnswer>(`/api/v1/sessions/${encodeURIComponent(id)}${query}`);
async function refused(path: string): Promise<[number, string]> {
	const response = await fetch(`http://${server.web}${path}`);
	return [response.status, ((await response.json()) as { detail: string }).detail];
}
const idOf = async (query: string): Promise<string> => (await list(query)).rows[0]!.session_id;

describe("the list", () => {
	test("every session's totals equal usage by session, and start-ups are not sessions (R8)", async () => {
		const { rows, meta } = await list();
		const usage = await server.get<Usage>(
			`/api/v1/usage?from=2025-01-01&limit=100000&by=session&measure=sessions,${sessionTotals.join(",")}`,
		);
		const known = usage.rows.filter((row) => row["session"] !== "" && Number(row["sessions"]) > 0);
		expect(rows.length).toBeGreaterThan(150);
		expect(known.length).toBeLessThan(usage.rows.filter((row) => row["session"] !== "").length);
		const pick = (row: Record<string, unknown>) => sessionTotals.map((name) => row[name]);
		const byId = new Map(known.map((row) => [row["session"], pick(row)]));
		expect(new Map(rows.map((row) => [row.session_id, pick(row)]))).toEqual(byId);
		expect([meta.sessions, meta.next_cursor]).toEqual([rows.length, null]);
		expect(meta.cost_usd).toBeCloseTo(
			rows.reduce((sum, row) => sum + Number(row.cost_usd), 0),
			6,
		);
	});

	it("gives ids that were only seen while starting when asked to", async () => {
		const all = await list("&start_up=true");
		const usual = new Set((await list()).rows.map((row) => row.session_id));
		const further = all.rows.filter((row) => !usual.has(row.session_id));
		expect(further.length).toBeGreaterThan(0);
		for (const row of further) expect([row.cost_usd ?? 0, row.prompts ?? 0]).toEqual([0, 0]);
	});

	it("says who, where and when", async () => {
		const { rows } = await list("&where=person:dev@example.com");
		expect(rows.length).toBeGreaterThan(0);
		for (const row of rows) {
			expect(Object.keys(row)).toEqual(sessionColumns);
			expect(row).toMatchObject({ person: "dev@example.com", version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
			expect(Date.parse(row.last_time) - Date.parse(row.first_time)).toBe(Math.round(row.duration_seconds * 1000));
			const { rows: events } = await server.get<{ rows: { time: string }[] }>(
				`/api/v1/events?session=${row.session_id}&limit=1000`,
			);
			expect([row.last_time, row.first_time, row.events]).toEqual([events[0]!.time, events.at(-1)!.time, events.length]);
		}
	});

	it.each(["-first_time", "duration_seconds", "-cost_usd", "commits", "-events"])(
		"page by page gives each once, by %s",
		async (order) => {
			const pages: SessionRow[] = [];
			let cursor: string | null = null;
			do {
				const page: SessionsAnswer = await list(`&order=${order}${cursor ? `&cursor=${cursor}` : ""}`, 70);
				pages.push(...page.rows);
				cursor = page.meta.next_cursor;
			} while (cursor);
			expect(new Set(pages.map((row) => row.session_id)).size).toBe(pages.length);
			expect(pages.length).toBe((await list()).rows.length);
			const name = order.replace("-", "") as keyof SessionRow;
			const keys = pages.map((row) => (/_time$/.test(name) ? Date.parse(String(row[name])) : Number(row[name] ?? -1)));
			expect(keys).toEqual(keys.toSorted((a, b) => (order.startsWith("-") ? b - a : a - b)));
		},
	);

	it("keeps sessions of which any record has it: their totals stay whole", async () => {
		const all = (await list()).rows;
		const bash = (await list("&where=tool:Bash")).rows;
		expect(bash.length).toBeGreaterThan(0);
		expect(bash.length).toBeLessThan(all.length);
		const whole = new Map(all.map((row) => [row.session_id, row]));
		for (const row of bash) expect(row).toEqual(whole.get(row.session_id));
		expect((await list("&where=tool!:Bash")).rows.length).toBe(all.length - bash.length);
		const both = (await list("&where=tool:Bash&where=version:2.1.329")).rows;
		expect(both.map((row) => row.session_id).toSorted()).toEqual(
			bash.flatMap((row) => (row.version === "2.1.329" ? [row.session_id] : [])).toSorted(),
		);
		// Known to metrics alone, to events alone, and to a label.
		for (const where of ["language:TypeScript", "status_code:529", "label.team.id:platform", "token_type:input"])
			expect([where, (await list(`&where=${where}`)).rows.length > 0]).toEqual([where, true]);
	});

	it("is CSV when asked", async () => {
		const response = await fetch(`http://${server.web}/api/v1/sessions?from=2025-01-01&limit=3&format=csv`);
		const lines = (await response.text()).trimEnd().split("\r\n");
		expect([lines.length, lines[0], response.headers.get("content-type")]).toEqual([
			4,
			sessionColumns.join(","),
			"text/csv; charset=utf-8",
		]);
	});

	it("says what is wrong", async () => {
		expect(await refused("/api/v1/sessions?order=colour")).toEqual([400, expect.stringContaining("Known: first_time")]);
		expect(await refused("/api/v1/sessions?where=colour:red")).toEqual([
			400,
			expect.stringContaining('no dimension "colour". Known: person'),
		]);
		const { meta } = await list("", 2);
		expect(await refused(`/api/v1/sessions?order=events&cursor=${meta.next_cursor}`)).toEqual([
			400,
			expect.stringContaining("in the same order"),
		]);
		expect(await refused("/api/v1/sessions?cursor=bm9uc2Vuc2U")).toEqual([400, expect.stringContaining("no cursor")]);
		expect(await refused("/api/v1/sessions?limit=1001")).toEqual([400, expect.stringContaining("limit")]);
	});
});

describe("one session", () => {
	it.each(["1.0.60", "2.0.60", "2.1.329"])("is the row of the list, and its prompts add up to it: %s", async (version) => {
		const { rows } = await list(`&where=version:${version}&order=-tool_calls`);
		for (const row of rows.slice(0, 5)) {
			const { session, prompts, meta } = await load(row.session_id, "?limit=5000");
			expect(session).toEqual(row);
			expect(meta).toMatchObject({ truncated: false, next_cursor: null, notes: [] });
			const total = (name: keyof (typeof prompts)[number]) => prompts.reduce((sum, each) => sum + Number(each[name]), 0);
			for (const name of ["api_requests", "tool_calls", "tool_failures", "api_errors", "input_tokens", "events"] as const)
				expect([name, total(name)]).toEqual([name, Number(row[name] ?? 0)]);
			expect(total("cost_usd")).toBeCloseTo(Number(row.cost_usd), 8);
			for (const prompt of prompts) {
				const count = (event: string) => prompt.items.filter((item) => item.event === event).length;
				expect([count("api_request"), count("tool_result"), prompt.items.length]).toEqual([
					prompt.api_requests,
					prompt.tool_calls,
					prompt.events,
				]);
				expect(prompt.items.reduce((sum, item) => sum + Number(item["cost_usd"] ?? 0), 0)).toBeCloseTo(prompt.cost_usd, 8);
				const begins = prompt.items.map((item) => Date.parse(item.start_time ?? item.time));
				expect(begins).toEqual(begins.toSorted((a, b) => a - b));
			}
			expect(prompts.filter((prompt) => prompt.number > 0).length).toBe(row.prompts);
		}
	});

	it("joins by prompt.id where it is sent, and by time where it is not", async () => {
		const newer = await load(await idOf("&where=version:2.1.329&order=-prompts"));
		expect(newer.prompts.filter((prompt) => prompt.number > 0).every((prompt) => prompt.key === prompt.prompt_id)).toBe(true);
		expect(newer.prompts[0]).toMatchObject({ key: "start-up", number: 0, api_requests: 0 });
		const older = await load(await idOf("&where=version:1.0.60&order=-prompts"));
		const numbered = older.prompts.filter((prompt) => prompt.number > 0);
		expect(numbered.length).toBeGreaterThan(0);
		expect(numbered.map((prompt) => prompt.key)).toEqual(numbered.map((_, i) => `#${i + 1}`));
	});

	it("continues where it was cut, and gives one prompt alone", async () => {
		const id = await idOf("&order=-events");
		const whole = await load(id, "?limit=5000");
		const items = (timeline: SessionAnswer) => timeline.prompts.flatMap((prompt) => prompt.items);
		const pages: ReturnType<typeof items> = [];
		let cursor: string | null = null;
		do {
			const page: SessionAnswer = await load(id, `?limit=40${cursor ? `&cursor=${cursor}` : ""}`);
			expect(page.meta.truncated).toBe(page.meta.next_cursor !== null);
			expect(page.prompts.map((prompt) => prompt.cost_usd)).toEqual(whole.prompts.map((prompt) => prompt.cost_usd));
			pages.push(...items(page));
			cursor = page.meta.next_cursor;
		} while (cursor);
		expect(pages).toEqual(items(whole));
		const last = whole.prompts.at(-1)!;
		expect((await load(id, `?prompt=${encodeURIComponent(last.key)}`)).prompts).toEqual([last]);
	});

	it("shows text only where it was sent", async () => {
		const ids = (await list("&where=version:2.1.329&order=-tool_calls", 30)).rows.map((row) => row.session_id);
		const timelines = await Promise.all(ids.map((id) => load(id)));
		const prompts = timelines.flatMap((each) => each.prompts);
		expect(prompts.some((prompt) => (prompt.prompt ?? "") !== "")).toBe(true);
		expect(prompts.some((prompt) => (prompt.prompt ?? "") === "" && Number(prompt.prompt_length) > 0)).toBe(true);
		expect(JSON.stringify(timelines)).not.toContain("<REDACTED>");
		const inputs = prompts.flatMap((prompt) => prompt.items.flatMap((item) => item["input"] ?? []));
		expect(inputs).toContain("git add -A");
	}, 60_000);

	it("that is not there is a 404 that says what was looked for", async () => {
		expect(await refused("/api/v1/sessions/nowhere")).toEqual([404, expect.stringContaining('no session "nowhere"')]);
		const id = await idOf("");
		expect(await refused(`/api/v1/sessions/${id}?prompt=nowhere`)).toEqual([404, expect.stringContaining('no prompt "nowhere"')]);
		expect(await refused(`/api/v1/sessions/${id}?cursor=nowhere`)).toEqual([400, expect.stringContaining("no cursor")]);
	});

	test("with 100,000 events answers in part, in time, and adds up whole", async () => {
		const startMs = Date.now() - 3_600_000;
		const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
		const number = (key: string, intValue: number) => ({ key, value: { intValue } });
		for (let batch = 0; batch < 10; batch++) {
			const logRecords = Array.from({ length: 10_000 }, (_, i) => {
				const at = batch * 10_000 + i;
				const shared = [text("session.id", "long one"), number("event.sequence", at), text("prompt.id", `p${at % 1000}`)];
				const event = at < 1000 ? "user_prompt" : at % 2 ? "tool_result" : "api_request";
				return {
					timeUnixNano: `${startMs + at * 10}000000`,
					attributes: [...shared, text("event.name", event), number("cost_usd_micros", 1000), number("duration_ms", 5)],
				};
			});
			const body = Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }));
			const { status } = await post(`http://${server.http}/v1/logs`, { "content-type": "application/json" }, body);
			expect(status).toBe(200);
		}
		await server.settle();
		const started = performance.now();
		const { session, prompts, meta } = await load("long one");
		const tookMs = performance.now() - started;
		expect(session).toMatchObject({ events: 100_000, prompts: 1000, api_requests: 49_500, tool_calls: 49_500 });
		expect(session!.cost_usd).toBeCloseTo(49.5, 6);
		expect(prompts.length).toBe(1000);
		expect(prompts.reduce((sum, prompt) => sum + prompt.cost_usd, 0)).toBeCloseTo(49.5, 6);
		expect(prompts.reduce((sum, prompt) => sum + prompt.items.length, 0)).toBe(1000);
		expect(meta).toMatchObject({
			truncated: true,
			next_cursor: expect.any(String),
			notes: [expect.stringContaining("more events")],
		});
		expect(tookMs).toBeLessThan(10_000);
	}, 120_000);
});
