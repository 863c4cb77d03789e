import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { identifier, type Sql, sql } from "../src/sql.ts";
import { rolledUp, startPurser, type TestPurser } from "./purser.ts";
import { post } from "./send.ts";
import { commandStore } from "./stopped-store.ts";

/** Numbers that cannot be added up: one of them must not become every sum. */

let server: TestPurser;
afterEach(() => server.stop());

const hourMs = 3_600_000;
const now = Date.now();

type OtlpValue = { readonly doubleValue: number | string } | { readonly intValue: string } | { readonly stringValue: string };
type Attributes = Readonly<Record<string, OtlpValue>>;
const listOf = (attributes: Attributes) => Object.entries(attributes).map(([key, value]) => ({ key, value }));
const text = (stringValue: string) => ({ stringValue });
const double = (doubleValue: number | string) => ({ doubleValue });
const int = (intValue: string) => ({ intValue });

const send = async (path: "/v1/logs" | "/v1/metrics", body: unknown): Promise<void> => {
	const url = `http://${server.http}${path}`;
	const answer = await post(url, { "content-type": "application/json" }, Buffer.from(JSON.stringify(body)));
	expect([answer.status, String(answer.body)]).toEqual([200, "{}"]);
};
let requests = 0;
const request = (agoMs: number, attributes: Attributes) => ({
	timeUnixNano: `${now - agoMs}000000`,
	attributes: listOf({
		"event.name": text("api_request"),
		request_id: text(`request ${requests++}`),
		model: text("claude-opus-5-5"),
		...attributes,
	}),
});
const sendRequests = (agoMs: number, all: readonly Attributes[]): Promise<void> =>
	send("/v1/logs", { resourceLogs: [{ scopeLogs: [{ logRecords: all.map((each) => request(agoMs, each)) }] }] });
const point = (agoMs: number, attributes: Attributes, value: number | string) => ({
	attributes: listOf(attributes),
	startTimeUnixNano: `${now - agoMs - 60_000}000000`,
	timeUnixNano: `${now - agoMs}000000`,
	asDouble: value,
});
const counter = (name: string, aggregationTemporality: 1 | 2, dataPoints: readonly unknown[]) => ({
	name,
	sum: { aggregationTemporality, isMonotonic: true, dataPoints },
});

const ana = { "user.email": text("ana@example.com"), "session.id": text("ana's") };
const bo = { "user.email": text("bo@example.com"), "session.id": text("bo's") };

/** One record of ana's each; none of them is a number of anything. */
const noQuantities: readonly OtlpValue[] = [
	double("NaN"),
	double("Infinity"),
	double("-Infinity"),
	double(1e300),
	double(-1e300),
	text("NaN"),
	text("Infinity"),
	text("1e300"),
	text("1e15"),
	text("1e999"),
	int("9223372036854775807"),
];
/** And none of dollars. */
const noAmounts: readonly OtlpValue[] = [...noQuantities, double(1.0000001e6), text("9e9"), text("-9e9")];

const usage = async (query: string) => (await server.get(`/api/v1/usage?from=-2d&${query}`)).rows;
/** Every question there is about the last days. */
async function askEverything(session: string): Promise<void> {
	const { measures } = await server.get<{ measures: { name: string }[] }>("/api/v1/catalog");
	const { queries } = await server.get<{ queries: { name: string }[] }>("/api/v1/queries");
	const all = measures.map(({ name }) => name).join(",");
	const ask = (path: string): Promise<unknown> => server.get(`/api/v1/${path}`);
	for (const by of ["person", "model", "session"]) await ask(`usage?from=-2d&measure=events,cost_usd&by=${by}&grain=hour`);
	await ask(`usage?from=-2d&measure=${all}&grain=hour`);
	for (const { name } of queries) await ask(`queries/${name}`);
	for (const path of [
		"sessions",
		`sessions/${session}`,
		"reconciliation",
		"coverage",
		"coverage/gaps",
		"events",
		"points",
		"status",
	])
		await ask(path);
}

test("a value that is no amount is stored unchanged, and counts in no answer (R7)", async () => {
	server = await startPurser({ "rollup-delay-seconds": 0 });
	const quantities = ["input_tokens", "output_tokens", "cache_read_tokens", "duration_ms", "cost_usd_micros"];
	const bad = [
		...noAmounts.map((value) => ({ ...ana, cost_usd: value })),
		...quantities.flatMap((key) => noQuantities.map((value) => ({ ...ana, [key]: value }))),
	];
	await sendRequests(5 * hourMs, [
		...bad,
		{ ...ana, input_tokens: int("-5") },
		{ ...bo, cost_usd: double(1), input_tokens: int("50"), duration_ms: int("100") },
	]);
	const costOf = (value: number | string, person: Attributes, i: number) =>
		point(5 * hourMs, { ...person, model: text("claude-opus-5-5"), n: text(String(i)) }, value);
	const values = ["NaN", "Infinity", "-Infinity", 1e300, -1, 1e13];
	const commits = values.map((value, i) => costOf(value, ana, i));
	await send("/v1/metrics", {
		resourceMetrics: [
			{
				scopeMetrics: [
					{
						metrics: [
							counter("claude_code.commit.count", 1, [...commits, costOf(2, bo, 0)]),
							counter("claude_code.pull_request.count", 2, [...commits, costOf(3, bo, 0)]),
							counter("claude_code.cost.usage", 1, commits),
							counter("claude_code.token.usage", 2, commits),
						],
					},
				],
			},
		],
	});
	await server.settle();
	const measure = "measure=cost_usd,input_tokens,commits,pull_requests,api_requests";
	const expected = [{ cost_usd: 1, input_tokens: 50, commits: 2, pull_requests: 3, api_requests: bad.length + 2 }];
	const ask = async () => {
		expect(await usage(measure)).toEqual(expected);
		expect(await usage("measure=cost_usd,commits&by=person&order=person")).toEqual([
			{ person: "ana@example.com", cost_usd: 0, commits: null },
			{ person: "bo@example.com", cost_usd: 1, commits: 2 },
		]);
		await askEverything("ana's");
	};
	await ask();
	await rolledUp(server);
	await ask();
	const { rows } = await server.get("/api/v1/events?limit=1000");
	const kept = rows.map(({ attributes }) => (attributes as Record<string, unknown>)["cost_usd"]);
	for (const value of ["NaN", "1e300", "9e9", "9223372036854775807"]) expect(kept.map(String)).toContain(value);
	expect(server.log.filter((line) => /cannot roll up|internal/i.test(line))).toEqual([]);
}, 120_000);

test("two large amounts are their sum, and not what is left of it", async () => {
	server = await startPurser({ "rollup-delay-seconds": 0 });
	const large = { ...ana, cost_usd: text("1e6"), input_tokens: double(1e12) };
	await sendRequests(
		5 * hourMs,
		Array.from({ length: 20_000 }, () => large),
	);
	await server.settle();
	expect(await usage("measure=cost_usd,input_tokens")).toEqual([{ cost_usd: 2e10, input_tokens: 2e16 }]);
	await rolledUp(server);
	expect(await usage("measure=cost_usd,input_tokens")).toEqual([{ cost_usd: 2e10, input_tokens: 2e16 }]);
}, 60_000);

describe("a directory of an earlier version", () => {
	const fixture = fileURLToPath(new URL("fixtures/data-0.1.0.tar.gz", import.meta.url));
	const extracted = (): string => {
		const data = mkdtempSync(join(tmpdir(), "purser-poison-"));
		execFileSync("tar", ["-xzf", fixture, "-C", data]);
		return data;
	};
	const stored = (cost: Sql): Sql =>
		sql`INSERT INTO events (time, received_at, event, user_email, session_id, request_id, cost_usd, input_tokens) SELECT now64(3) - 18000, now64(3), 'api_request', 'ana@example.com', 'poison', toString(rand64()), ${cost}, 1`;

	test("that holds such amounts answers without them", async () => {
		const data = extracted();
		const costs = [sql`nan`, sql`inf`, sql`-inf`, sql`1e300`, sql`9e9`, sql`9e9`, sql`-1e200`, sql`2.5`];
		await commandStore(data, ...costs.map(stored));
		server = await startPurser({ data, "rollup-delay-seconds": 0 });
		await rolledUp(server);
		expect(await usage("measure=cost_usd,api_requests")).toEqual([{ cost_usd: 2.5, api_requests: costs.length }]);
		await askEverything("poison");
		expect(server.log.filter((line) => /cannot roll up/.test(line))).toEqual([]);
	}, 60_000);
});

test("an hour that cannot be rolled up keeps no other waiting, and is answered from its records", async () => {
	server = await startPurser({ "rollup-delay-seconds": 0 });
	await sendRequests(5 * hourMs, [{ ...ana, cost_usd: double(1) }]);
	await server.settle();
	await rolledUp(server);
	await server.stop(true);
	const bad = Math.floor((now - 7 * hourMs) / hourMs) * hourMs;
	await commandStore(
		server.data,
		sql`ALTER TABLE ${identifier("rollup_requests")} ADD CONSTRAINT refused CHECK toStartOfHour(time) != toDateTime(${bad / 1000})`,
	);
	server = await startPurser({ data: server.data, "rollup-delay-seconds": 0 });
	for (const ago of [6, 7, 8]) await sendRequests(ago * hourMs, [{ ...bo, cost_usd: double(10) }]);
	await server.settle();
	await rolledUp(server);
	expect(await usage("measure=cost_usd")).toEqual([{ cost_usd: 31 }]);
	const { rollups } = await server.get<{ rollups: unknown }>("/api/v1/status");
	expect(rollups).toEqual({ stale_hours: 1, waiting_hours: 0, failed_hours: 1 });
	expect(server.log.filter((line) => /cannot roll up the hour/.test(line))).toHaveLength(1);
}, 60_000);
