import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readConfig } from "../src/config.ts";
import { openPurser } from "../src/main.ts";
import { tables } from "../src/schema/tables.ts";
import { type Sql, sql } from "../src/sql.ts";
import { noLog } from "./log.ts";
import { startPurser, type TestPurser } from "./purser.ts";
import { post } from "./send.ts";
import { commandStore } from "./stopped-store.ts";

/** A data directory as version 0.1.0 left it: the recordings of Claude Code 2.1.329's `grpc/full`. It is never regenerated. */
const fixture = fileURLToPath(new URL("fixtures/data-0.1.0.tar.gz", import.meta.url));

let data: string;
beforeEach(() => {
	data = mkdtempSync(join(tmpdir(), "purser-upgrade-"));
	execFileSync("tar", ["-xzf", fixture, "-C", data]);
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const alter = (...statements: Sql[]): Promise<void> => commandStore(data, ...statements);

const measures = "cost_usd,api_requests,input_tokens,lines_added,tool_calls,commits,events";
const kept = {
	cost_usd: 0.3606672,
	api_requests: 28,
	input_tokens: 3020,
	lines_added: 12,
	tool_calls: 22,
	commits: 2,
	events: 134,
};
const usage = async ({ get }: TestPurser) => (await get(`/api/v1/usage?measure=${measures}&from=2026-01-01`)).rows[0];

async function sendOne(server: TestPurser): Promise<void> {
	const attributes = [
		{ key: "event.name", value: { stringValue: "api_request" } },
		{ key: "cost_usd", value: { doubleValue: 1 } },
	];
	const logRecords = [{ timeUnixNano: `${Date.now()}000000`, attributes }];
	const body = Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }));
	expect((await post(`http://${server.http}/v1/logs`, { "content-type": "application/json" }, body)).status).toBe(200);
	await server.settle();
}
const keptAndOne = { ...kept, api_requests: 29, events: 135, cost_usd: 1.3606672 };

test("what version 0.1.0 kept is opened, answers, and is added to", async () => {
	const server = await startPurser({ data });
	try {
		expect(await usage(server)).toEqual(kept);
		const { stored } = await server.get<{ stored: object }>("/api/v1/status");
		expect(stored).toEqual({ events: 134, points: 87, spans: 66 });
		const { rows } = await server.get("/api/v1/events?event=api_request&limit=1");
		expect(rows[0]).toMatchObject({ event: "api_request", scope: { name: "com.anthropic.claude_code.events" } });
		await sendOne(server);
		expect(await usage(server)).toEqual(keptAndOne);
	} finally {
		await server.stop(true);
	}
});

test("columns that an older version did not have are added, and what it kept still answers", async () => {
	await alter(
		sql`ALTER TABLE events DROP COLUMN cost_nano_usd`,
		sql`ALTER TABLE events DROP COLUMN effort`,
		sql`ALTER TABLE events DROP COLUMN loaded_by`,
		sql`ALTER TABLE points DROP COLUMN detail`,
		sql`ALTER TABLE spans DROP COLUMN links`,
	);
	const server = await startPurser({ data });
	try {
		await sendOne(server);
		expect(await usage(server)).toEqual(keptAndOne);
		for (const name of Object.keys(tables))
			expect((await server.get(`/api/v1/${name}?limit=1000`)).rows.length).toBeGreaterThan(60);
	} finally {
		await server.stop(true);
	}
});

test("a store of a later version is refused with the reason, and what arrives meanwhile waits in the journal", async () => {
	await alter(sql`INSERT INTO purser_migrations (number, name) SELECT 999, 'of a later version'`);
	const free = "127.0.0.1:0";
	const config = readConfig({ flags: { data, grpc: free, http: free, web: free }, environment: {} });
	const purser = await openPurser(config, noLog);
	try {
		const [, http, web] = purser.listeners.map(({ address }) => address);
		await expect
			.poll(() => purser.health.store().reason, { timeout: 10_000 })
			.toContain("it is from a later version of Purser (schema 999");
		expect((await fetch(`http://${web}/readyz`)).status).toBe(503);
		const body = Buffer.from(
			JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: "kept" } }] }] }] }),
		);
		expect((await post(`http://${http}/v1/logs`, { "content-type": "application/json" }, body)).status).toBe(200);
		expect(purser.health.journal().rows).toBe(1);
	} finally {
		await purser.close();
	}
});
