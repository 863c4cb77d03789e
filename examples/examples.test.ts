import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { hashKey } from "../server/src/access/key-ring.ts";
import { startPurser, type TestPurser } from "../server/test/purser.ts";

/** Each example as a process of its own, against a real Purser: what the API then says is what the example had to say. */
const folder = fileURLToPath(new URL(".", import.meta.url));
let server: TestPurser;
let home: string;
beforeEach(async () => {
	server = await startPurser();
});
afterEach(() => server.stop());
beforeAll(() => {
	home = mkdtempSync(join(tmpdir(), "purser-examples-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

type Env = Readonly<Record<string, string>>;
/** Returns a program's output by lines. Fails unless it ends with 0. */
async function run(program: string, args: readonly string[], env: Env = {}): Promise<string[]> {
	// Nothing of this machine's settings, and nothing kept on it.
	const own = { PATH: process.env["PATH"]!, HOME: home };
	const child = spawn(program, args, { cwd: home, env: { ...own, ...env }, stdio: ["ignore", "pipe", "pipe"] });
	let said = "";
	let complained = "";
	child.stdout.on("data", (chunk) => {
		said += chunk;
	});
	child.stderr.on("data", (chunk) => {
		complained += chunk;
	});
	const code = await new Promise((done) => child.once("close", done));
	if (code !== 0 || complained !== "") throw new Error(`${program} ${args.join(" ")} ended with ${code}: ${complained}`);
	await server.settle();
	return said.trim().split("\n");
}
const runNode = (file: string, args: readonly string[], env: Env = {}) =>
	run(process.execPath, [join(folder, file), ...args], {
		CLAUDE_CODE_ENABLE_TELEMETRY: "1",
		CLAUDE_CODE_ENHANCED_TELEMETRY_BETA: "1",
		OTEL_METRICS_EXPORTER: "otlp",
		OTEL_LOGS_EXPORTER: "otlp",
		OTEL_TRACES_EXPORTER: "otlp",
		OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
		OTEL_EXPORTER_OTLP_ENDPOINT: `http://${server.http}`,
		...env,
	});

type Row = Readonly<Record<string, string | number | null>>;
const usage = async (query: string): Promise<Row[]> => (await server.get<{ rows: Row[] }>(`/api/v1/usage?${query}`)).rows;
const micros = (usd: unknown): number => Math.round(Number(usd) * 1e6);
const count = async (measures: string): Promise<Row> => {
	const { time: _, ...row } = (await usage(`measure=${measures}`))[0]!;
	return row;
};

type Item = Readonly<Record<string, unknown>>;
type Timeline = {
	readonly session: Row;
	readonly prompts: readonly { readonly prompt_id: string; readonly items: readonly Item[] }[];
};
const timelineOf = (session: string) => server.get<Timeline>(`/api/v1/sessions/${session}`);
type Account = Readonly<Record<"emitted" | "exported" | "waiting" | "failed" | "dropped", number>>;
type Status = Readonly<Record<"metrics" | "logs" | "traces", Account>>;
function expectDelivered(status: Status): void {
	expect(status).toMatchObject({ isEnabled: true, invalidCalls: 0, notes: [] });
	for (const signal of ["metrics", "logs", "traces"] as const) {
		const { emitted, ...account } = status[signal];
		expect(account, signal).toEqual({ exported: emitted, waiting: 0, failed: 0, dropped: 0 });
		expect(emitted, signal).toBeGreaterThan(0);
	}
}

/** Returns the items of each prompt. Sorted: some happened within the same millisecond. */
const itemsOf = ({ prompts }: Timeline): string[][] =>
	prompts.map(({ items }) =>
		items
			.map((item) => [item["event"], item["tool_name"], item["decision"] ?? item["success"]].filter((text) => text !== undefined))
			.map((words) => words.join(" "))
			.sort(),
	);

type Span = { readonly trace_id: string; readonly span_id: string; readonly parent_span_id: string; readonly name: string };
/** The spans of each trace, each with those that it is in. */
async function traces(): Promise<string[][]> {
	const { rows } = await server.get<{ rows: Span[] }>("/api/v1/spans?limit=1000");
	const byId = new Map(rows.map((span) => [span.span_id, span]));
	const pathOf = ({ name, parent_span_id }: Span): string => {
		const parent = byId.get(parent_span_id);
		const own = name.replace("claude_code.", "");
		return parent ? `${pathOf(parent)} > ${own}` : own;
	};
	return [...Map.groupBy(rows, (span) => span.trace_id).values()]
		.map((spans) => spans.map(pathOf).sort())
		.sort((one, other) => other.length - one.length);
}

async function expectReconciled(costMicros: number): Promise<void> {
	const { total, sessions } = await server.get<{ total: Row; sessions: unknown[] }>("/api/v1/reconciliation?from=-1d");
	expect([micros(total["requests_cost_usd"]), micros(total["counters_cost_usd"])]).toEqual([costMicros, costMicros]);
	expect(total).toMatchObject({ sessions: 1, counters_tokens: total["requests_tokens"] });
	expect(sessions).toEqual([]);
}

const work =
	"sessions,prompts,api_requests,api_errors,tool_calls,tool_failures,tool_accepts,tool_rejects,lines_added,lines_removed,edit_accepts";
const tokens = "input_tokens,output_tokens,cache_read_tokens,cache_creation_tokens";

describe("plain-agent.ts", () => {
	const prompts = ["Say hello in German", "Overload, please"];

	test("reports its work and its cost", async () => {
		const said = await runNode("plain-agent.ts", prompts);
		expect(said.slice(0, 2)).toEqual(["Hallo.", "Error: Overloaded"]);
		const { session, status } = JSON.parse(said[2]!) as { session: string; status: Status };
		expectDelivered(status);

		// 59 in at 5 USD a million, 306 out at 25, 8802 from the cache at 0.50, 4576 into it at 6.25.
		expect(micros((await count("cost_usd"))["cost_usd"])).toBe(295 + 7650 + 4401 + 28_600);
		expect(await count(tokens)).toEqual({
			input_tokens: 59,
			output_tokens: 306,
			cache_read_tokens: 8802,
			cache_creation_tokens: 4576,
		});
		expect(await count(work)).toEqual({
			sessions: 1,
			prompts: 2,
			api_requests: 3,
			api_errors: 1,
			tool_calls: 3,
			tool_failures: 1,
			tool_accepts: 3,
			tool_rejects: 1,
			lines_added: 2,
			lines_removed: 1,
			edit_accepts: 1,
		});
		expect((await usage("measure=api_requests&by=person,model,query_source,version"))[0]).toMatchObject({
			person: "ada@example.com",
			model: "claude-opus-4-5",
			query_source: "main",
			version: "1.4.0",
		});

		const timeline = await timelineOf(session);
		expect(micros(timeline.session["cost_usd"])).toBe(40_946);
		expect(itemsOf(timeline)).toEqual([
			[
				"api_request",
				"api_request",
				"api_request",
				"assistant_response",
				"assistant_response",
				"tool_decision Bash accept",
				"tool_decision Bash accept",
				"tool_decision Bash reject",
				"tool_decision Edit accept",
				"tool_result Bash false",
				"tool_result Bash true",
				"tool_result Edit true",
				"user_prompt",
			],
			["api_error", "user_prompt"],
		]);
		// What the first tool printed: a greeting, and the trace that it was started in.
		const [first] = timeline.prompts[0]!.items.filter((item) => item["event"] === "tool_result");
		expect(first!["tool_result_size_bytes"]).toBe("Hello. \n".length + 55);
	});

	test("counters say the same as the events of requests", async () => {
		await runNode("plain-agent.ts", prompts);
		await expectReconciled(40_946);
	});

	test("each prompt is a trace", async () => {
		await runNode("plain-agent.ts", prompts);
		expect(await traces()).toEqual([
			[
				"interaction",
				"interaction > llm_request",
				"interaction > llm_request",
				"interaction > llm_request",
				"interaction > tool",
				"interaction > tool",
				"interaction > tool",
				"interaction > tool",
				"interaction > tool > tool.execution",
				"interaction > tool > tool.execution",
				"interaction > tool > tool.execution",
			],
			["interaction", "interaction > llm_request"],
		]);
	});

	test("content is sent only if it is asked for", async () => {
		const content = /in German|Hallo|git push|exit 3|TRACEPARENT|greeting/g;
		const sent = async () => {
			const records = await Promise.all(["events", "spans"].map((path) => server.get(`/api/v1/${path}?limit=1000`)));
			return new Set(JSON.stringify(records).match(content));
		};
		await runNode("plain-agent.ts", prompts);
		expect(await sent()).toEqual(new Set());
		await runNode("plain-agent.ts", prompts, { OTEL_LOG_USER_PROMPTS: "1", OTEL_LOG_TOOL_DETAILS: "1" });
		expect([...(await sent())].sort()).toEqual(["Hallo", "TRACEPARENT", "exit 3", "greeting", "in German"]);
	});

	test("nothing is sent unless telemetry is on", async () => {
		const said = await runNode("plain-agent.ts", prompts, { CLAUDE_CODE_ENABLE_TELEMETRY: "0" });
		expect(JSON.parse(said[2]!)).toMatchObject({ status: { isEnabled: false } });
		expect(await count("events")).toEqual({ events: 0 });
	});
});

describe("agent-sdk.ts", () => {
	const recorded = readFileSync(join(folder, "agent-sdk-messages.jsonl"), "utf8");
	const play = (messages = recorded) => {
		const file = join(home, "messages.jsonl");
		writeFileSync(file, messages);
		return runNode("agent-sdk.ts", [file]);
	};

	test("reports what the SDK reported, to the last token and micro-dollar", async () => {
		const said = await play();
		expect(said.slice(0, -1)).toEqual(["The total is right now. The tracker did not answer.", "You're welcome."]);
		expectDelivered(JSON.parse(said.at(-1)!) as Status);

		// As in the last result of the file: total_cost_usd, and the sums of modelUsage.
		expect(micros((await count("cost_usd"))["cost_usd"])).toBe(79_583);
		expect(await count(tokens)).toEqual({
			input_tokens: 824 + 410,
			output_tokens: 631 + 21,
			cache_read_tokens: 37_170,
			cache_creation_tokens: 14_928,
		});
		expect(await count(work)).toEqual({
			sessions: 1,
			prompts: 2,
			// Five that were streamed, and one that was not.
			api_requests: 6,
			api_errors: 0,
			tool_calls: 4,
			tool_failures: 1,
			tool_accepts: 4,
			tool_rejects: 1,
			lines_added: 3,
			lines_removed: 1,
			edit_accepts: 1,
		});
	});

	test("counters say the same as the events of requests", async () => {
		await play();
		await expectReconciled(79_583);
	});

	test("splits the cost over requests as their tokens are priced", async () => {
		await play();
		const rows = await usage("measure=cost_usd&by=query_source,model&order=query_source");
		expect(rows.map((row) => [row["query_source"], row["model"], micros(row["cost_usd"])])).toEqual([
			["auxiliary", "claude-haiku-4-5", 515],
			["main", "claude-sonnet-4-6", 67_368],
			// 800 in at 3 USD a million, 95 out at 15, 2100 into the cache at 3.75.
			["subagent", "claude-sonnet-4-6", 2400 + 1425 + 7875],
		]);
	});

	test("keeps the SDK's session and prompts", async () => {
		await play();
		const timeline = await timelineOf("5c1f3d0e-8a55-4d0b-9d5e-3c2b8f6f7a10");
		expect(timeline.prompts.map(({ prompt_id }) => prompt_id)).toEqual([
			"7e0d3c56-1f0a-4f0e-8f0c-0d6a5b1c2e01",
			"7e0d3c56-1f0a-4f0e-8f0c-0d6a5b1c2e02",
		]);
		expect(itemsOf(timeline)).toEqual([
			[
				...Array(5).fill("api_request"),
				"tool_decision Agent accept",
				"tool_decision Bash reject",
				"tool_decision Edit accept",
				"tool_decision Read accept",
				"tool_decision mcp_tool accept",
				"tool_result Agent true",
				"tool_result Edit true",
				"tool_result Read true",
				"tool_result mcp_tool false",
				"user_prompt",
			],
			["api_request", "user_prompt"],
		]);
	});

	test("a subagent's requests lie in the tool call that started it", async () => {
		await play();
		expect(await traces()).toEqual([
			[
				"interaction",
				...Array(4).fill("interaction > llm_request"),
				...Array(5).fill("interaction > tool"),
				"interaction > tool > llm_request",
			],
			["interaction", "interaction > llm_request"],
		]);
	});

	test("a resumed session's earlier usage is not reported again", async () => {
		await play(recorded.replace('"source":"startup"', '"source":"resume"'));
		// The first result may have sums of long ago, so its requests have no price. The second one says what is new.
		expect([micros((await count("cost_usd"))["cost_usd"]), await count("api_requests")]).toEqual([4665, { api_requests: 5 }]);
	});

	test("tokens are reported even if the SDK never returns a result", async () => {
		await play(recorded.slice(0, recorded.indexOf('{"type":"result"')));
		expect(await count(`api_requests,output_tokens,cost_usd`)).toEqual({ api_requests: 4, output_tokens: 598, cost_usd: 0 });
	});
});

describe.skipIf(["sh", "curl"].some((tool) => spawnSync(tool, ["--version"]).error))("emit.sh", () => {
	test("one session, one request, one tool call", async () => {
		const [session] = await run("sh", [join(folder, "emit.sh"), `http://${server.http}`]);
		expect(session).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
		expect(await count(`cost_usd,${tokens},sessions,prompts,api_requests,tool_calls,tool_failures`)).toEqual({
			cost_usd: 0.0029,
			input_tokens: 1200,
			output_tokens: 340,
			cache_read_tokens: 0,
			cache_creation_tokens: 0,
			sessions: 1,
			prompts: 0,
			api_requests: 1,
			tool_calls: 1,
			tool_failures: 0,
		});
		const timeline = await timelineOf(session!);
		expect(itemsOf(timeline)).toEqual([["api_request", "tool_result Bash true"]]);
		const { rows: points } = await server.get<{ rows: Item[] }>("/api/v1/points");
		expect(points).toMatchObject([
			{
				metric: "claude_code.session.count",
				value: 1,
				value_type: "double",
				temporality: "delta",
				monotonic: true,
				attributes: { "session.id": session, start_type: "fresh" },
			},
		]);
		const { rows: events } = await server.get<{ rows: Item[] }>("/api/v1/events");
		expect(events.map((row) => (row["attributes"] as Item)["event.sequence"]).sort()).toEqual([0, 1]);
		// Purser corrects impossible times: then it would say so here.
		const { summary } = await server.get<{ summary: Item }>("/api/v1/coverage");
		const none = { events: 0, metrics: 0, spans: 0 };
		expect(summary).toMatchObject({ records: { events: 2, metrics: 1 }, undated: none, late: none, future: none });
		for (const { time } of [...points, ...events]) expect(Math.abs(Date.now() - Date.parse(String(time)))).toBeLessThan(60_000);
	});

	test("with a key where one is needed", async () => {
		const keys = join(home, "keys.json");
		const stored = { name: "nightly", purpose: "ingest", sha256: hashKey("a-secret"), created: new Date().toISOString() };
		writeFileSync(keys, JSON.stringify([stored]));
		const guarded = await startPurser({ keys });
		try {
			const emit = (env: Env) => run("sh", [join(folder, "emit.sh"), `http://${guarded.http}`], env);
			await emit({ PURSER_KEY: "a-secret" });
			await guarded.settle();
			expect(await guarded.get("/api/v1/usage?measure=sessions,api_requests")).toMatchObject({
				rows: [{ sessions: 1, api_requests: 1 }],
			});
			await expect(emit({ PURSER_KEY: "another" })).rejects.toThrow("401");
			await expect(emit({})).rejects.toThrow("401");
		} finally {
			await guarded.stop();
		}
	});
});
