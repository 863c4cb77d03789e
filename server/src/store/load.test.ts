import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { logTo } from "../../test/log.ts";
import { Batch } from "../normalize/batch.ts";
import { jsonToWire } from "../otlp/json-to-wire.ts";
import { sql } from "../sql.ts";
import type { LoadContent } from "./store.ts";
import { StoreLifecycle } from "./store-lifecycle.ts";

const directory = mkdtempSync(join(tmpdir(), "purser-load-"));
let storage: StoreLifecycle;

beforeAll(async () => {
	await new Promise<void>((resolve) => {
		storage = new StoreLifecycle({
			clickhouseUrl: "",
			engineDirectory: join(directory, "engine"),
			engineSocket: join(directory, "sock"),
			engineBytes: 4e9,
			maxSeconds: 10,
			retainMonths: { events: 1200, points: 1200, spans: 1200 },
			onReady: resolve,
			log: logTo([]),
		});
	});
});
afterAll(async () => {
	await storage.close();
	rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => storage.store.command(sql`TRUNCATE TABLE events`));

/** Events as a segment holds them, one at each time. */
function content(...times: string[]): LoadContent {
	const batch = new Batch();
	const logRecords = times.map((time) => ({
		timeUnixNano: `${BigInt(Date.parse(time)) * 1_000_000n}`,
		attributes: [{ key: "event.name", value: { stringValue: "user_prompt" } }],
	}));
	batch.add(
		"logs",
		jsonToWire("ExportLogsServiceRequest", Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }))).wire,
		Date.now(),
	);
	const [block] = batch.blocks();
	return { rows: times.length, pieces: block!.pieces.map((piece) => Buffer.from(piece)) };
}

const months = async () =>
	(await storage.store.rows<{ month: number }>(sql`SELECT toYYYYMM(time) AS month FROM events ORDER BY month`)).map(
		({ month }) => month,
	);

const threeMonths = content("2026-01-01", "2026-02-01", "2026-03-01");

test("what was loaded and is loaded again is there once", async () => {
	await storage.store.load("events", threeMonths, "a", false);
	await storage.store.load("events", threeMonths, "a", true);
	expect(await months()).toEqual([202601, 202602, 202603]);
});

test("two loads of the same rows are two", async () => {
	await storage.store.load("events", threeMonths, "a", false);
	await storage.store.load("events", threeMonths, "b", true);
	expect(await months()).toEqual([202601, 202601, 202602, 202602, 202603, 202603]);
});

// What a kill leaves behind between the engine's noting a token and its putting the rows in place: rows gone, token known.
for (const { what, where } of [
	{ what: "none of its rows", where: sql`1` },
	{ what: "some of its rows", where: sql`toYYYYMM(time) = 202602` },
]) {
	test(`a load of which the engine has the token and ${what} is completed`, async () => {
		await storage.store.load("events", threeMonths, "a", false);
		await storage.store.command(sql`ALTER TABLE events DELETE WHERE ${where} SETTINGS mutations_sync = 2`);
		await storage.store.load("events", threeMonths, "a", true);
		expect(await months()).toEqual([202601, 202602, 202603]);
		await storage.store.load("events", threeMonths, "a", true);
		expect(await months()).toEqual([202601, 202602, 202603]);
	});
}
