import { reconciledBy } from "@purser/api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPurser, type TestPurser } from "./purser.ts";
import { readRecordings } from "./recordings.ts";
import { post, replay } from "./send.ts";

type Row = Record<string, number | string | null>;
type Session = { session: string; reasons: { id: string; text: string }[]; requests_tokens: number; counters_tokens: number };
type Answer = { total: Row; rows: Row[]; sessions: Session[] };

let server: TestPurser;
beforeAll(async () => {
	server = await startPurser();
	await replay(readRecordings(), server);
	await server.settle();
});
afterAll(() => server.stop());

const ask = (query: string): Promise<Answer> => server.get(`/api/v1/reconciliation?limit=1000&${query}`);

describe("the recordings", () => {
	test("every difference has a reason (R4, R14)", async () => {
		const { sessions } = await ask("from=2025-01-01");
		expect(sessions.length).toBeGreaterThan(5);
		for (const { session, reasons } of sessions)
			expect([session, reasons.length > 0, reasons.map(({ id }) => id)]).not.toContain("unknown");
		expect(new Set(sessions.map(({ reasons }) => reasons[0]!.id))).toEqual(
			new Set(["no-counters", "interval-missing", "requests-missing"]),
		);
	});

	test("rows add up to the total, whatever a row is, and the two sides to what is accounted", async () => {
		const { total } = await ask("from=2025-01-01");
		for (const by of reconciledBy) {
			const { rows } = await ask(`from=2025-01-01&by=${by}`);
			for (const name of [
				"requests_cost_usd",
				"counters_cost_usd",
				"only_requests_cost_usd",
				"only_counters_cost_usd",
				"requests_tokens",
				"counters_tokens",
				"requests",
			]) {
				expect([by, name, rows.reduce((sum, row) => sum + Number(row[name]), 0)]).toEqual([
					by,
					name,
					expect.closeTo(Number(total[name]), 6),
				]);
			}
		}
		const [usage] = (await server.get("/api/v1/usage?measure=cost_usd,sessions&from=2025-01-01")).rows;
		expect(Number(total["accounted_cost_usd"])).toBeCloseTo(Number(usage!["cost_usd"]), 6);
		const accounted =
			Number(total["requests_cost_usd"]) + Number(total["only_requests_cost_usd"]) + Number(total["only_counters_cost_usd"]);
		expect(accounted).toBeCloseTo(Number(usage!["cost_usd"]), 6);
		expect(Number(total["without_session_cost_usd"])).toBeGreaterThan(0);
	});
});

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const base = Date.now() - 7_200_000;
const nanoseconds = (ms: number) => `${base + ms}000000`;
const send = async (path: string, body: object) =>
	expect(
		(await post(`http://${server.http}${path}`, { "content-type": "application/json" }, Buffer.from(JSON.stringify(body))))
			.status,
	).toBe(200);

type Amount = { readonly at: number; readonly tokens: number; readonly id?: string; readonly sequence?: number };
async function report(session: string, requests: readonly Amount[], points: readonly Amount[], start?: number): Promise<void> {
	const own = [text("session.id", session), text("user.email", "ada@example.com")];
	const int = (key: string, value: number) => ({ key, value: { intValue: String(value) } });
	const logRecords = requests.map(({ at, tokens, id = "", sequence = 0 }) => ({
		timeUnixNano: nanoseconds(at),
		attributes: [
			...own,
			text("event.name", "api_request"),
			text("request_id", id),
			int("output_tokens", tokens),
			...(sequence ? [int("event.sequence", sequence)] : []),
		],
	}));
	const dataPoints = points.map(({ at, tokens }) => ({
		startTimeUnixNano: nanoseconds(start ?? at - 1000),
		timeUnixNano: nanoseconds(at),
		asDouble: tokens,
		attributes: [...own, text("type", "output")],
	}));
	const sum = { aggregationTemporality: 1, isMonotonic: true, dataPoints };
	if (logRecords.length > 0) await send("/v1/logs", { resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
	if (dataPoints.length > 0) {
		await send("/v1/metrics", { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "claude_code.token.usage", sum }] }] }] });
	}
}

describe("why the two sides differ", () => {
	const reasons = async (session: string, period = "from=-1d") =>
		(await ask(`${period}&where=session:${session}`)).sessions.flatMap(({ reasons }) => reasons.map(({ id }) => id));

	beforeAll(async () => {
		await report("agree", [{ at: 0, tokens: 5 }], [{ at: 60_000, tokens: 5 }]);
		await report("no-requests", [], [{ at: 0, tokens: 5 }]);
		await report("no-counters", [{ at: 0, tokens: 5 }], []);
		await report(
			"killed",
			[
				{ at: 0, tokens: 5 },
				{ at: 90_000, tokens: 7 },
			],
			[{ at: 60_000, tokens: 5 }],
		);
		await report(
			"gap",
			[
				{ at: 0, tokens: 5 },
				{ at: 90_000, tokens: 7 },
			],
			[{ at: 120_000, tokens: 7 }],
		);
		await report(
			"lost",
			[
				{ at: 0, tokens: 5, sequence: 1 },
				{ at: 1000, tokens: 5, sequence: 3 },
			],
			[{ at: 60_000, tokens: 15 }],
		);
		await report(
			"repeated",
			[
				{ at: 0, tokens: 5, id: "a" },
				{ at: 1, tokens: 5, id: "a" },
			],
			[{ at: 60_000, tokens: 5 }],
		);
		await server.settle();
	});

	test.each([
		["agree", []],
		["no-requests", ["no-requests"]],
		["no-counters", ["no-counters"]],
		["killed", ["last-interval-missing"]],
		["gap", ["interval-missing"]],
		["lost", ["events-missing"]],
		["repeated", []],
	])("%s", async (session, expected) => {
		expect(await reasons(session)).toEqual(expected);
	});

	test("a point on the other side of the period's end", async () => {
		const to = new Date(base + 30_000).toISOString();
		expect(await reasons("agree", `from=-1d&to=${to}`)).toEqual(["no-counters", "beyond-period"]);
	});

	test("a request that was reported twice counts once and is listed as repeated (R1)", async () => {
		const { total } = await ask("from=-1d&where=session:repeated");
		expect(total).toMatchObject({
			requests: 1,
			repeated_requests: 1,
			requests_tokens: 5,
			counters_tokens: 5,
			tokens_drift_percent: 0,
		});
	});

	test("a thousand sessions that differ are each explained", async () => {
		const logRecords = Array.from({ length: 1000 }, (_, number) => ({
			timeUnixNano: nanoseconds(0),
			attributes: [
				text("session.id", `${"however-long".repeat(80)}-${number}`),
				text("user.email", "many@example.com"),
				text("event.name", "api_request"),
				{ key: "output_tokens", value: { intValue: "5" } },
			],
		}));
		await send("/v1/logs", { resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
		await server.settle();
		const { sessions } = await ask("from=-1d&where=person:many@example.com");
		expect(sessions).toHaveLength(1000);
		expect(new Set(sessions.map(({ reasons }) => reasons[0]!.id))).toEqual(new Set(["no-counters"]));
	});

	test("nothing at all is no error", async () => {
		const { total, rows, sessions } = await ask("from=2024-01-01&to=2024-01-02");
		expect([rows, sessions, total["requests"], total["cost_drift_percent"]]).toEqual([[], [], 0, null]);
	});
});
