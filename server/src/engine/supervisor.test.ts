import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { logTo } from "../../test/log.ts";
import { sql } from "../sql.ts";
import { Store, TooExpensiveError } from "../store/store.ts";
import { type EngineOptions, EngineSupervisor } from "./supervisor.ts";

let directory: string;
let engine: EngineSupervisor;
let store: Store;
let log: string[];

beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), "purser-engine-"));
	log = [];
});
afterEach(async () => {
	await store.close();
	await engine.close();
	rmSync(directory, { recursive: true, force: true });
});

function start(options: Partial<EngineOptions> = {}, maxSeconds = 10): Promise<void> {
	return new Promise((resolve) => {
		engine = new EngineSupervisor({
			directory: join(directory, "engine"),
			socketPath: join(directory, "sock"),
			residentBytes: 8e9,
			untrustedSeconds: 30,
			wedgedMs: 60_000,
			onReady: resolve,
			log: logTo(log),
			...options,
		});
		store = new Store({ url: "http://engine", agent: engine.agent, maxSeconds });
	});
}

const restarted = (times: number) =>
	expect.poll(() => [engine.restarts, engine.state], { timeout: 25_000, interval: 50 }).toEqual([times, "ready"]);
const one = () => store.rows(sql`SELECT 1 AS one`);

test("an engine that is killed is started again, with what it had", async () => {
	await start();
	await store.command(sql`CREATE TABLE kept (n UInt32) ENGINE = MergeTree ORDER BY n`);
	await store.command(sql`INSERT INTO kept SELECT 7`);
	for (let kills = 1; kills <= 3; kills++) {
		process.kill(engine.pid!, "SIGKILL");
		await restarted(kills);
		expect(await store.rows(sql`SELECT n FROM kept`)).toEqual([{ n: 7 }]);
	}
});

test("an engine that no longer answers is killed and started again", { timeout: 40_000 }, async () => {
	await start({ wedgedMs: 1000 });
	process.kill(engine.pid!, "SIGSTOP");
	await restarted(1);
	expect(await one()).toEqual([{ one: 1 }]);
	expect(log[0]).toContain("does not answer");
});

test("an engine that takes more memory than it may is killed and started again", { timeout: 40_000 }, async () => {
	await start({ residentBytes: 900 * 1024 * 1024 });
	const greedy = store
		.rows(sql`SELECT length(groupArray(number)) + sleep(3) AS n FROM numbers(120000000)`)
		.catch((error: unknown) => error);
	await restarted(1);
	expect(await greedy).toBeInstanceOf(Error);
	expect(await one()).toEqual([{ one: 1 }]);
	expect(log[0]).toMatch(/\d+ MiB resident/);
});

test("an engine that can't open its directory says why, and comes back when it can", async () => {
	await start();
	const path = join(directory, "engine");
	process.kill(engine.pid!, "SIGKILL");
	renameSync(path, `${path}-away`);
	writeFileSync(path, "");
	await expect.poll(() => engine.state).toBe("away");
	const { deaths } = engine;
	await expect.poll(() => engine.deaths, { timeout: 15_000 }).toBeGreaterThan(deaths);
	expect(engine.state).toBe("away");
	expect(engine.reason).not.toBe("");
	rmSync(path);
	renameSync(`${path}-away`, path);
	await expect.poll(() => engine.state, { timeout: 15_000 }).toBe("ready");
	expect(engine.reason).toBe("");
	expect(await one()).toEqual([{ one: 1 }]);
});

test("a question that takes longer than it may is ended, and said to be too expensive", async () => {
	await start({}, 1);
	const startedMs = Date.now();
	await expect(store.rows(sql`SELECT count() FROM numbers(1000000000000) WHERE number % 7 = 3`)).rejects.toThrow(
		TooExpensiveError,
	);
	expect(Date.now() - startedMs).toBeLessThan(4000);
});

test("long questions keep neither loading nor checking waiting", async () => {
	await start({}, 8);
	await store.command(sql`CREATE TABLE loads (n UInt32) ENGINE = MergeTree ORDER BY n`);
	const long = Array.from({ length: 3 }, () =>
		store.rows(sql`SELECT sum(sleepEachRow(1)) AS n FROM numbers(3) SETTINGS max_block_size = 1`).catch(() => undefined),
	);
	await sleep(200);
	const startedMs = Date.now();
	expect(await store.answers()).toBe(true);
	expect(Date.now() - startedMs).toBeLessThan(1500);
	await Promise.all(long);
});
