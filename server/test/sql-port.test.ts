import { writeFileSync } from "node:fs";
import { createClient } from "@clickhouse/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hashKey } from "../src/access/key-ring.ts";
import { freePorts } from "./process.ts";
import { startPurser, type TestPurser } from "./purser.ts";

let server: TestPurser;
let origin: string;

beforeAll(async () => {
	const port = (await freePorts(1))[0];
	origin = `http://127.0.0.1:${port}`;
	server = await startPurser({ sql: `127.0.0.1:${port}` });
});
afterAll(() => server.stop());

const ask = async (sql: string): Promise<string> => await (await fetch(origin, { method: "POST", body: sql })).text();

test("the official client reads our tables, with bound parameters", async () => {
	const client = createClient({ url: origin });
	const query = "SELECT count() AS events, {name:String} AS name FROM events";
	const result = await client.query({ query, query_params: { name: "it's\ta\\name" }, format: "JSONEachRow" });
	expect(await result.json()).toEqual([{ events: 0, name: "it's\ta\\name" }]);
	await client.close();
});

test("nothing but reading our tables is allowed, however it is written", async () => {
	const refused = [
		"SELECT file('/etc/hostname')",
		"SELECT 1 IN (SELECT * FROM file('/etc/hostname', 'LineAsString'))",
		"SELECT 1 IN file('/etc/hostname', 'LineAsString')",
		"WITH (SELECT FILE('/etc/hostname')) AS x SELECT x",
		"SELECT * FROM s3('http://127.0.0.1/b/k', 'CSV', 'a String')",
		"SELECT * FROM url('http://127.0.0.1/', 'LineAsString')",
		"SELECT * FROM remote('127.0.0.1', 'system', 'one')",
		"SELECT * FROM system.one INTO OUTFILE '/tmp/purser-test-outfile'",
		"SELECT 1; SELECT file('/etc/hostname')",
		"SELECT 1 /* ; */ ; DROP TABLE events",
		"DROP TABLE events",
		"INSERT INTO events (event) VALUES ('x')",
		"KILL QUERY WHERE 1",
		"SET readonly = 0",
		"SELECT 1 SETTINGS readonly = 0",
		"EXPLAIN SELECT 1",
		"SELECT sleep(3)",
	];
	for (const sql of refused) expect(await ask(sql), sql).toMatch(/^Code: (497|62|164)\./);
	expect(await ask("SELECT /* ; */ 'a;b' -- c")).toBe("a;b\n");
	expect(await ask("SELECT sum(number) FROM numbers(4)")).toBe("6\n");
});

test("a read key is demanded where there is one", async () => {
	const key = { name: "grafana", purpose: "read", sha256: hashKey("secret"), created: "2026-11-01" };
	const address = `127.0.0.1:${(await freePorts(1))[0]}`;
	const at = `http://${address}`;
	const withKey = await startPurser({ sql: address });
	try {
		writeFileSync(`${withKey.data}/keys.json`, JSON.stringify([key]));
		await expect.poll(async () => (await fetch(at, { method: "POST", body: "SELECT 1" })).status, { timeout: 5000 }).toBe(401);
		const authorization = `Basic ${Buffer.from("default:secret").toString("base64")}`;
		expect((await fetch(at, { method: "POST", body: "SELECT 1", headers: { authorization } })).status).toBe(200);
	} finally {
		await withKey.stop();
	}
});
