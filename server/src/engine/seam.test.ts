import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type ClickHouseClient, ClickHouseError, createClient } from "@clickhouse/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { logTo } from "../../test/log.ts";
import { blockHeader, columnHeader, dictionaryParts } from "../normalize/native.ts";
import { EngineSupervisor } from "./supervisor.ts";

// What is relied on of chdb and the official client, as pinned: an upgrade that changes it fails here and says what.
const directory = mkdtempSync(join(tmpdir(), "purser-seam-"));
let engine: EngineSupervisor;
let client: ClickHouseClient;

beforeAll(async () => {
	await new Promise<void>((onReady) => {
		const paths = { directory: join(directory, "engine"), socketPath: join(directory, "sock") };
		engine = new EngineSupervisor({
			...paths,
			residentBytes: 8e9,
			untrustedSeconds: 30,
			wedgedMs: 60_000,
			onReady,
			log: logTo([]),
		});
	});
	client = createClient({ url: "http://engine", http_agent: engine.agent, log: { level: 127 as never } });
});
afterAll(async () => {
	await client.close();
	await engine.close();
	rmSync(directory, { recursive: true, force: true });
});

async function rows<Row = Record<string, unknown>>(query: string, query_params: Record<string, unknown> = {}): Promise<Row[]> {
	return await (await client.query({ query, query_params, format: "JSONEachRow" })).json<Row>();
}

test("the versions are the ones that were tried", async () => {
	const require = createRequire(import.meta.url);
	expect((require("chdb/package.json") as { version: string }).version).toBe("3.4.0");
	expect((require("@clickhouse/client/package.json") as { version: string }).version).toBe("1.23.1");
	expect(await rows("SELECT version() AS version")).toEqual([{ version: expect.stringMatching(/^26\.7\./) }]);
});

test("bound parameters arrive as they are, of every type that questions use", async () => {
	const text = 'it\'s \\ "quoted"\n\ttab ü 🙂 {x:String} %s $1';
	const parameters = { text, list: [text, "b", ""], small: 7, big: "9223372036854775807", time: "2026-11-21 04:05:06.789" };
	const types =
		"{text:String} AS text, {list:Array(String)} AS list, {small:UInt32} AS small, toString({big:Int64}) AS big, toString({time:DateTime64(3, 'UTC')}) AS time";
	expect(await rows(`SELECT ${types}`, parameters)).toEqual([parameters]);
});

test("parameters and settings of one question are not another's", async () => {
	const ask = (n: number) => rows("SELECT {n:UInt32} AS n, getSetting('max_block_size') AS size", { n });
	const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => ask(n)));
	expect(answers.map(([row]) => row!["n"])).toEqual(Array.from({ length: 40 }, (_, n) => n));
	const set = await client.query({
		query: "SELECT getSetting('max_block_size') AS size",
		format: "JSONEachRow",
		clickhouse_settings: { max_block_size: "1234" },
	});
	expect(await set.json()).toEqual([{ size: 1234 }]);
	for (const [row] of await Promise.all(Array.from({ length: 6 }, (_, n) => ask(n)))) expect(row!["size"]).toBe(65409);
});

test("errors carry ClickHouse's code and type", async () => {
	const failure = await rows("SELECT nothing").catch((error: unknown) => error);
	expect(failure).toBeInstanceOf(ClickHouseError);
	expect(failure).toMatchObject({ code: "47", type: "UNKNOWN_IDENTIFIER" });
	const slow = client.query({
		query: "SELECT count() FROM numbers(1000000000000) WHERE number % 7 = 3",
		clickhouse_settings: { max_execution_time: 1 },
	});
	await expect(slow).rejects.toMatchObject({ code: "159", type: "TIMEOUT_EXCEEDED" });
});

test("a setting goes back to its default with SET x = DEFAULT", async () => {
	const path = join(directory, "default.mjs");
	// In a process of its own: the binding does not survive where threads end.
	writeFileSync(
		path,
		`import { createRequire } from "node:module";
		const { Session } = createRequire(${JSON.stringify(import.meta.url)})("chdb");
		const session = new Session(${JSON.stringify(join(directory, "default"))});
		const read = () => session.query("SELECT getSetting('max_threads') = 3", "CSV").trim();
		session.query("SET max_threads = 3"); const set = read();
		session.query("SET max_threads = DEFAULT"); console.log(set + read());
		process.exit(0);`,
	);
	expect(execFileSync(process.execPath, [path], { encoding: "utf8" }).trim()).toBe("10");
});

const table = "seam";
const insert = (pieces: Uint8Array[], token = "", more: Record<string, string | number> = {}) =>
	client
		.exec({
			query: `INSERT INTO ${table} FORMAT Native`,
			values: Readable.from(pieces, { objectMode: false }),
			clickhouse_settings: {
				async_insert: 0,
				insert_deduplication_token: token,
				max_insert_block_size: "1000000000",
				min_insert_block_size_rows: "1000000000",
				...more,
			},
		})
		.then(({ stream }) => new Promise((resolve, reject) => stream.resume().on("end", resolve).on("error", reject)));

/** Encodes a Native block of months (as UInt32) and, if given, a dictionary column. */
function block(months: readonly number[], name?: { texts: readonly string[]; places: readonly number[] }): Uint8Array[] {
	const numbers = Buffer.from(Uint32Array.from(months).buffer);
	const pieces = [blockHeader(name ? 2 : 1, months.length), columnHeader("month", "UInt32"), numbers];
	if (!name) return pieces;
	const parts = dictionaryParts(
		name.texts.map((text) => Buffer.from(text)),
		Uint32Array.from(name.places),
		months.length,
	);
	return [...pieces, columnHeader("name", "LowCardinality(String)"), ...parts];
}

const content = () =>
	rows<{ month: number; name: string; more: number }>(`SELECT month, name, more FROM ${table} ORDER BY month, name`);

async function newTable(): Promise<void> {
	await client.command({ query: `DROP TABLE IF EXISTS ${table} SYNC` });
	await client.command({
		query: `CREATE TABLE ${table} (month UInt32, name LowCardinality(String), more Int64, load String MATERIALIZED getSetting('insert_deduplication_token')) ENGINE = MergeTree PARTITION BY month ORDER BY month SETTINGS non_replicated_deduplication_window = 100`,
	});
}

test("Native blocks come in, with dictionaries, and without columns that the table has", async () => {
	await newTable();
	await insert([
		...block([1, 2], { texts: ["a", "ü"], places: [2, 1] }),
		...block([3], { texts: ["a"], places: [0] }),
		...block([4]),
	]);
	expect(await content()).toEqual([
		{ month: 1, name: "ü", more: 0 },
		{ month: 2, name: "a", more: 0 },
		{ month: 3, name: "", more: 0 },
		{ month: 4, name: "", more: 0 },
	]);
});

test("dictionaries of more than 255 and 65,535 texts come in", async () => {
	for (const size of [254, 255, 65_535]) {
		await newTable();
		const texts = Array.from({ length: size }, (_, i) => `text-${i}`);
		await insert(
			block(
				Array.from({ length: size }, () => 1),
				{ texts, places: texts.map((_, i) => i + 1) },
			),
		);
		expect(await rows(`SELECT uniqExact(name) AS names, min(length(name)) AS shortest FROM ${table}`)).toEqual([
			{ names: size, shortest: 6 },
		]);
	}
});

test("an insert with the token of another inserts nothing, in all its partitions, and after a restart", async () => {
	await newTable();
	await insert(block([1, 2, 3]), "a");
	await insert(block([1, 2, 3]), "a");
	expect((await content()).map(({ month }) => month)).toEqual([1, 2, 3]);
	process.kill(engine.pid!, "SIGKILL");
	await expect.poll(() => [engine.restarts, engine.state], { timeout: 10_000 }).toEqual([1, "ready"]);
	await insert(block([1, 2, 3]), "a");
	expect((await content()).map(({ month }) => month)).toEqual([1, 2, 3]);
	await insert(block([3, 4]), "a");
	expect((await content()).map(({ month }) => month)).toEqual([1, 2, 3, 4]);
	await insert(block([1, 2, 3]), "b");
	expect((await content()).map(({ month }) => month)).toEqual([1, 1, 2, 2, 3, 3, 4]);
});

test("several blocks of one insert become one part a partition", async () => {
	await newTable();
	await insert(Array.from({ length: 20 }, (_, i) => block([i % 2])).flat(), "a");
	expect(await rows(`SELECT partition, rows FROM system.parts WHERE table = '${table}' AND active ORDER BY partition`)).toEqual([
		{ partition: "0", rows: 10 },
		{ partition: "1", rows: 10 },
	]);
});

test("a row knows the token of the insert that it came with", async () => {
	await newTable();
	await insert(block([1]), "a");
	await insert(block([2]), "b");
	await client.command({ query: `OPTIMIZE TABLE ${table} FINAL` });
	expect(await rows(`SELECT month, load FROM ${table} ORDER BY month`)).toEqual([
		{ month: 1, load: "a" },
		{ month: 2, load: "b" },
	]);
});
