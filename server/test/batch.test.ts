import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { logsOf } from "../../scripts/otlp-json.ts";
import { rolledUp, startPurser, type TestPurser, until } from "./purser.ts";
import { readRecordings } from "./recordings.ts";
import { rounded } from "./rounded.ts";
import { post, replay } from "./send.ts";

type Question = { readonly path: string; readonly parameters?: Readonly<Record<string, unknown>> };
type BatchAnswer = { readonly index: number; readonly status: number; readonly body: Record<string, unknown> };

let server: TestPurser;
beforeAll(async () => {
	server = await startPurser({ "rollup-delay-seconds": 1 });
	await replay(readRecordings(), server);
	await server.settle();
	const savings = `/api/v1/queries/cache_economics?from=2025-01-01`;
	await until(async () => (await server.get(savings)).rows.some((row) => row["net_saved_usd"] !== null), "prices are known");
});
afterAll(() => server.stop());

const ask = (body: unknown, accept = "application/json") =>
	fetch(`http://${server.web}/api/v1/answers`, {
		method: "POST",
		headers: { "content-type": "application/json", accept },
		body: typeof body === "string" ? body : JSON.stringify(body),
	});

async function asked(questions: readonly Question[]): Promise<readonly BatchAnswer[]> {
	const response = await ask({ questions });
	expect(response.status).toBe(200);
	return ((await response.json()) as { answers: BatchAnswer[] }).answers;
}

/** Asks the same question as a GET of its own. */
async function alone({ path, parameters = {} }: Question): Promise<{ status: number; body: unknown }> {
	const search = new URLSearchParams();
	for (const [name, value] of Object.entries(parameters)) for (const each of [value].flat()) search.append(name, String(each));
	const response = await fetch(`http://${server.web}${path}?${search}`);
	return { status: response.status, body: await response.json() };
}

const period = { from: "2025-01-01T00:00:00Z", to: "2026-12-31T00:00:00Z" };
const usage = "/api/v1/usage";

describe("several questions in one request", () => {
	test("have the answers of their own GETs", async () => {
		const questions = [
			{ path: usage, parameters: { measure: "cost_usd,tokens", by: "model", order: "-cost_usd", limit: 3, ...period } },
			{ path: usage, parameters: { measure: "tool_calls", where: ["tool:Bash", "tool:Read"], ...period } },
			{ path: "/api/v1/queries/cache_economics", parameters: period },
			{ path: "/api/v1/queries/tool_failures", parameters: period },
			{ path: "/api/v1/coverage/gaps", parameters: { from: period.from, to: "2026-01-01T00:00:00Z" } },
			{ path: "/api/v1/reconciliation", parameters: { by: "model", ...period } },
			{ path: "/api/v1/events", parameters: { limit: 2, ...period } },
		];
		const answers = await asked(questions);
		expect(answers.map(({ index }) => index)).toEqual(questions.map((_, i) => i));
		for (const [i, question] of questions.entries()) {
			const { status, body } = answers[i]!;
			expect(rounded({ status, body }), question.path).toEqual(rounded(await alone(question)));
			expect(answers[i]!.status).toBe(200);
		}
	});

	test("fail alone, with the problem of their own GETs", async () => {
		const wrong = [
			{ path: usage, parameters: { measure: "cost_usd", limit: 0 } },
			{ path: usage, parameters: { measure: "cost_usd", colour: "red" } },
			{ path: usage, parameters: { measure: "cost_us" } },
			{ path: usage, parameters: { measure: "cost_usd", from: "yesterday" } },
			{ path: "/api/v1/sessions/none" },
		];
		const answers = await asked([...wrong, { path: usage, parameters: { measure: "cost_usd", ...period } }]);
		for (const [i, question] of wrong.entries()) {
			const expected = await alone(question);
			expect(expected.status).toBeGreaterThanOrEqual(400);
			expect(answers[i]).toEqual({ index: i, ...expected });
		}
		expect(answers.at(-1)!.status).toBe(200);
	});

	test("are no other routes, and no paths that cannot be read", async () => {
		const paths = ["/api/v1/status", "/healthz", "/api/v1/probe", "", "usage", "/api/v1/usage/", "/api/v1/sessions/%zz"];
		const answers = await asked(paths.map((path) => ({ path })));
		expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404, 400]);
	});

	test("come as a line each, as soon as they are known", async () => {
		const questions = ["cost_usd", "tokens", "nothing"].map((measure) => ({ path: usage, parameters: { measure, ...period } }));
		const response = await ask({ questions }, "application/x-ndjson");
		expect(response.headers.get("content-type")).toContain("application/x-ndjson");
		const lines = (await response.text()).trimEnd().split("\n");
		const answers = lines.map((line) => JSON.parse(line) as BatchAnswer).sort((a, b) => a.index - b.index);
		expect(answers).toEqual(await asked(questions));
	});

	test.each([
		["no questions", {}, /questions/],
		["an empty list", { questions: [] }, /fewer than 1/],
		["33 questions", { questions: Array.from({ length: 33 }, () => ({ path: usage })) }, /more than 32/],
		["a question without a path", { questions: [{}] }, /path/],
		["an unknown member", { questions: [{ path: usage, body: 1 }] }, /additional/],
		["a list", [], /object/],
		["no JSON", "{", /JSON/],
	])("%s: 400 says what is wrong", async (_, body, reason) => {
		const response = await ask(body);
		expect(response.status).toBe(400);
		expect(((await response.json()) as { detail: string }).detail).toMatch(reason);
	});
});

describe("an answer that is asked for again", () => {
	const atMs = Date.now() - 26 * 3_600_000;
	const question = { from: new Date(atMs - 3_600_000).toISOString(), to: new Date(atMs + 3_600_000).toISOString() };
	const cost = async () => {
		const [answer] = await asked([{ path: usage, parameters: { measure: "cost_usd", ...question } }]);
		return Number((answer!.body["rows"] as { cost_usd: number | null }[])[0]!.cost_usd);
	};
	const send = async (id: string, timeMs: number) => {
		const attributes = { "session.id": id, request_id: id, cost_usd: 1 };
		const logs = logsOf({ resource: {}, events: [{ at: timeMs, event: "api_request", attributes }], points: [] });
		const headers = { "content-type": "application/json" };
		expect((await post(`http://${server.http}/v1/logs`, headers, Buffer.from(JSON.stringify(logs)))).status).toBe(200);
		await server.settle();
	};

	test("has every record that arrived meanwhile, before and after it is rolled up", async () => {
		expect(await cost()).toBe(0);
		await send("first", atMs);
		expect(await cost()).toBe(1);
		await rolledUp(server);
		expect(await cost()).toBe(1);
		await send("late", atMs + 1);
		await send("elsewhere", atMs - 20 * 86_400_000);
		expect(await cost()).toBe(2);
	});
});
