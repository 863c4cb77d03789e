import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isUnpriced, recomputedNanoUsd } from "../src/semantic/price-sql.ts";
import { literal, type Sql, sql } from "../src/sql.ts";
import type { Store } from "../src/store/store.ts";
import { startPurser, type TestPurser, until } from "./purser.ts";
import { readRecordings } from "./recordings.ts";
import { post, replay } from "./send.ts";

let directory: string;
let server: TestPurser;

beforeEach(async () => {
	directory = mkdtempSync(join(tmpdir(), "purser-prices-"));
});
afterEach(async () => {
	await server.stop();
	rmSync(directory, { recursive: true, force: true });
});

const start = async (prices = ""): Promise<void> => {
	const file = join(directory, "prices.yaml");
	writeFileSync(file, prices);
	server = await startPurser({ data: join(directory, "data"), ...(prices && { prices: file }) });
};

/** Asks as Purser does: SQL of users has no dictionaries. */
const ask = <Row = Record<string, unknown>>(question: Sql): Promise<Row[]> =>
	(server.purser.health.store() as unknown as { store: Store }).store.rows<Row>(question, {}, true);

/** The last that is done for a new model: the dictionary that questions ask has it. */
const known = (model: string) =>
	until(async () => {
		const key = sql`(prices.provider, prices.model, prices.speed)`;
		return (
			(await ask(sql`SELECT 1 FROM prices WHERE prices.model = ${literal(model)} AND dictHas('price_ids', ${key}, valid_from)`))
				.length > 0
		);
	}, `known: ${model}`);

const reported = sql`sum(cost_nano_usd) AS reported`;
const recomputed = sql`sum(${recomputedNanoUsd}) AS recomputed`;

test("at list prices every recorded request costs what its client says, to the billionth", async () => {
	await start();
	const recordings = readRecordings().filter(({ signal }) => signal === "logs");
	await replay(recordings, server);
	await server.settle();
	await known("claude-opus-5-5");
	await until(
		async () => (await ask(sql`SELECT 1 FROM events WHERE event = 'api_request' AND ${isUnpriced} LIMIT 1`)).length === 0,
		"priced",
	);
	const requests = sql`FROM events WHERE event = 'api_request'`;
	const differing = sql`SELECT events.model, cost_nano_usd, ${recomputedNanoUsd} AS nano ${requests} AND (nano IS NULL OR nano != cost_nano_usd)`;
	expect(await ask(differing)).toEqual([]);
	const rows = await ask<{ model: string; reported: string; recomputed: string }>(
		sql`SELECT toString(events.model) AS model, ${reported}, ${recomputed} ${requests} GROUP BY events.model ORDER BY model`,
	);
	expect(rows.map(({ model }) => model)).toEqual([
		"claude-3-5-haiku-20241022",
		"claude-haiku-4-5-20251001",
		"claude-opus-5-5",
		"claude-sonnet-4-20250514",
		"claude-sonnet-4-5-20250929",
		"claude-sonnet-4-6",
	]);
	for (const row of rows) expect(Number(row.recomputed)).toBeGreaterThan(0);
}, 120_000);

type Request = {
	readonly model: string;
	readonly provider?: string;
	readonly speed?: string;
	readonly at?: string;
	/** Input, output, read from the cache, written to it; the last may be for five minutes and for an hour. */
	readonly tokens: readonly [number, number, number, number] | readonly [number, number, number, number, number, number];
};

async function send(requests: readonly Request[]): Promise<void> {
	const names = ["input", "output", "cache_read", "cache_creation", "cache_creation_5m", "cache_creation_1h"];
	const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
	const logRecords = requests.map(({ model, provider, speed, at = "2026-11-01", tokens }) => ({
		timeUnixNano: `${Date.parse(at)}000000`,
		attributes: [
			text("event.name", "api_request"),
			text("model", model),
			...(provider === undefined ? [] : [text("anthropic.provider", provider)]),
			...(speed === undefined ? [] : [text("speed", speed)]),
			...tokens.map((intValue, i) => ({ key: `${names[i]}_tokens`, value: { intValue } })),
		],
	}));
	const body = Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }));
	expect((await post(`http://${server.http}/v1/logs`, { "content-type": "application/json" }, body)).status).toBe(200);
	await server.settle();
}

const costs = async (): Promise<(number | null)[]> =>
	(
		await ask<{ nano: string | null }>(
			sql`SELECT ${recomputedNanoUsd} AS nano FROM events WHERE event = 'api_request' ORDER BY input_tokens`,
		)
	).map(({ nano }) => (nano === null ? null : Number(nano) / 1e9));

test("each request costs what was in force for its model, provider, speed, size and time (R12)", async () => {
	await start(`
- {model: claude-haiku-4-5, from: 2026-11-01T12:00:00Z, input: 0.5, output: 2.5}
- {model: claude-opus-5-5, speed: fast, input: 8, output: 40}
- {model: free-model, input: 0, output: 0}
`);
	const million = 1_000_000;
	await send([
		{ model: "claude-opus-5-5", tokens: [1, million, 0, 0] },
		{ model: "claude-opus-5-5", speed: "fast", tokens: [2, million, 0, 0] },
		{ model: "claude-opus-5-5", speed: "normal", tokens: [3, 0, million, 0] },
		// Writes to the cache: without their lifetime, with both, and all for an hour.
		{ model: "claude-opus-5-5", tokens: [4, 0, 0, million] },
		{ model: "claude-opus-5-5", tokens: [5, 0, 0, million, 400_000, 600_000] },
		{ model: "claude-opus-5-5", tokens: [6, 0, 0, million, 0, million] },
		{ model: "claude-haiku-4-5", at: "2026-11-01T11:59:59.999Z", tokens: [7, million, 0, 0] },
		{ model: "claude-haiku-4-5", at: "2026-11-01T12:00:00.000Z", tokens: [8, million, 0, 0] },
		// The tier counts the whole input, and ended with the price of March.
		{ model: "claude-opus-4-6", at: "2026-03-12T23:59:59Z", tokens: [9, million, 199_991, 0] },
		{ model: "claude-opus-4-6", at: "2026-03-12T23:59:59Z", tokens: [10, million, 199_991, 0] },
		{ model: "claude-opus-4-6", at: "2026-03-13T00:00:00Z", tokens: [11, million, 199_991, 0] },
		{ model: "us.anthropic.claude-opus-5-5-v1:0", provider: "bedrock", tokens: [12, million, 0, 0] },
		{ model: "claude-opus-4-5@20251101", provider: "vertex", tokens: [13, million, 0, 0] },
		{ model: "free-model", tokens: [14, million, 0, 0] },
		{ model: "some'model\\", tokens: [15, million, 0, 0] },
		{ model: "claude-sonnet-5-5", tokens: [16, million, 0, 0] },
		{ model: "m".repeat(300), tokens: [17, million, 0, 0] },
	]);
	await known("claude-sonnet-5-5");
	expect(await costs()).toEqual([
		20.000004,
		40.000016,
		0.200012,
		5.000016,
		6.80002,
		8.000024,
		5.000007,
		2.500004,
		25 + 9 * 5e-6 + 0.0999955,
		37.5 + 10 * 10e-6 + 0.199991,
		25 + 11 * 5e-6 + 0.0999955,
		22.0000528,
		25.000065,
		0,
		null,
		null,
		null,
	]);
	const unpriced = await ask(sql`SELECT prices.model AS model FROM prices WHERE NOT priced ORDER BY model`);
	expect(unpriced).toEqual([{ model: "claude-sonnet-5-5" }, { model: "some'model\\" }]);
});

test("prices follow the file while Purser runs; a mistake in it changes nothing, and the log says which", async () => {
	const file = join(directory, "prices.yaml");
	await start("- {model: claude-opus-5-5, input: 1, output: 10}");
	await send([{ model: "claude-opus-5-5", at: "2026-01-05", tokens: [0, 1_000_000, 0, 0] }]);
	await known("claude-opus-5-5");
	expect(await costs()).toEqual([10]);
	writeFileSync(file, "- {model: claude-opus-5-5, input: 1, output: 7}");
	await until(async () => (await costs())[0] === 7, "priced again");
	writeFileSync(file, "- {model: claude-opus-5-5, input: 1, output: much}");
	await until(() => server.log.some((line) => line.includes(`${file}:1: entry 1 (claude-opus-5-5): `)), "said what is wrong");
	await send([{ model: "unheard-of", at: "2026-01-06", tokens: [1, 0, 0, 0] }]);
	await known("unheard-of");
	expect(await costs()).toEqual([7, null]);
}, 60_000);

test("prices follow the file when Purser is started again, also for what was sent long ago; and stay as they are otherwise", async () => {
	await start();
	await send([{ model: "claude-opus-5-5", at: "2026-01-05", tokens: [0, 1_000_000, 0, 0] }]);
	await known("claude-opus-5-5");
	expect(await costs()).toEqual([20]);
	const filled = sql`SELECT DISTINCT filled_at FROM prices`;
	const before = await ask(filled);

	await server.stop(true);
	await start();
	expect(await costs()).toEqual([20]);
	// Another model than before: by when it is known, the table has been looked at.
	await send([{ model: "unheard-of", at: "2026-01-06", tokens: [1, 0, 0, 0] }]);
	await known("unheard-of");
	expect(await costs()).toEqual([20, null]);
	expect(await ask(filled)).not.toEqual(before);
	// More models than one statement takes, at once.
	await send(
		Array.from({ length: 150 }, (_, i) => ({ model: `route-${i}`, at: "2026-02-01", tokens: [i + 3, 0, 0, 0] as const })),
	);
	await known("route-149");
	const counted = sql`SELECT count() AS rows, uniqExact(prices.model) AS models FROM prices`;
	await until(async () => JSON.stringify(await ask(counted)) === '[{"rows":"152","models":"152"}]', "one row a model");
	const again = await ask(filled);
	await server.stop(true);
	await start();
	await send([{ model: "unheard-of", at: "2026-01-07", tokens: [2, 0, 0, 0] }]);
	expect(await ask(filled)).toEqual(again);

	await server.stop(true);
	await start("- {model: '*opus*', discount_percent: 12.5}\n- {model: unheard-of, from: 2026-01-07, input: 1, output: 1}");
	await until(async () => (await costs())[0] === 17.5, "discounted");
	expect((await costs()).slice(0, 3)).toEqual([17.5, null, 0.000002]);
	expect(server.log.filter((line) => line.includes("price"))).toEqual([]);
}, 60_000);

test("thousands of invented models leave room for those that have a price", async () => {
	await start();
	const invented = Array.from({ length: 2500 }, (_, i) => ({
		model: `invented-${i}`,
		at: "2026-02-01",
		tokens: [i + 3, 0, 0, 0] as const,
	}));
	await send(invented);
	await until(
		async () => JSON.stringify(await ask(sql`SELECT count() AS rows FROM prices`)) === '[{"rows":"2000"}]',
		"2000 models",
	);
	await send([{ model: "claude-opus-5-5", at: "2026-02-02", tokens: [1, 1_000_000, 0, 0] }]);
	await known("claude-opus-5-5");
	expect((await costs())[0]).toBe(20.000004);
	expect(server.log.filter((line) => line.includes("models"))).toEqual([
		"WARN prices: more than 2000 models were sent: names that have no price are left out first",
	]);
}, 60_000);

test("a price file that is wrong keeps Purser from starting, and says where", async () => {
	await start();
	const file = join(directory, "wrong.yaml");
	writeFileSync(file, "- model: claude-opus-5-5\n  inputs: 3\n");
	await expect(startPurser({ prices: file })).rejects.toThrow(
		/wrong\.yaml:1: entry 1 \(claude-opus-5-5\): there is no key "inputs"/,
	);
});
