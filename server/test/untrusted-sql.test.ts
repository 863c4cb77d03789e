import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { escaped } from "../src/engine/untrusted-query.ts";
import { hostileTexts } from "./hostile.ts";
import { freePorts } from "./process.ts";
import { startPurser, type TestPurser, until } from "./purser.ts";
import { readRecordings } from "./recordings.ts";
import { replay } from "./send.ts";

let server: TestPurser;
let origin: string;
let address: string;
const directory = mkdtempSync(join(tmpdir(), "purser-guest-"));

beforeAll(async () => {
	const port = (await freePorts(1))[0];
	address = `127.0.0.1:${port}`;
	origin = `http://${address}`;
	server = await startPurser({ sql: address, "query-timeout-seconds": 5 });
	await replay(readRecordings().slice(0, 20), server);
	await server.settle();
});
afterAll(async () => {
	await server.stop();
	rmSync(directory, { recursive: true, force: true });
});

async function ask(sql: string, parameters: Readonly<Record<string, string>> = {}): Promise<readonly [number, string]> {
	const response = await fetch(`${origin}/?${new URLSearchParams(parameters)}`, { method: "POST", body: sql });
	return [response.status, await response.text()];
}
const outfile = join(directory, "out");

/** Statements that must neither be answered nor have an effect. */
const refused: readonly string[] = [
	"SELECT file('/etc/hostname')",
	"SELECT FILE('/etc/hostname')",
	"SELECT `file`('/etc/hostname')",
	"SELECT \"file\"('/etc/hostname')",
	"SELECT f/**/ile('/etc/hostname')",
	"SELECT * APPLY(file) FROM (SELECT '/etc/hostname' AS x)",
	"SELECT * APPLY file FROM (SELECT '/etc/hostname' AS x)",
	"SELECT * APPLY(x -> file(x)) FROM (SELECT '/etc/hostname' AS x)",
	"SELECT * APPLY(toString) APPLY(`file`) FROM (SELECT '/etc/hostname' AS x)",
	"SELECT COLUMNS('x') APPLY(file) FROM (SELECT '/etc/hostname' AS x)",
	"SELECT * REPLACE(file('/etc/hostname') AS x) FROM (SELECT 1 AS x)",
	"SELECT * FROM view(SELECT * APPLY(file) FROM (SELECT '/etc/hostname' AS x))",
	"SELECT arrayMap(file, ['/etc/hostname'])",
	"SELECT arrayMap(`file`, ['/etc/hostname'])",
	"SELECT arrayMap(x -> file(x), ['/etc/hostname'])",
	"WITH x -> file(x) AS f SELECT f('/etc/hostname')",
	"WITH file AS f SELECT arrayMap(f, ['/etc/hostname'])",
	"WITH (SELECT FILE('/etc/hostname')) AS x SELECT x",
	"SELECT 1 IN (SELECT * FROM file('/etc/hostname', 'LineAsString'))",
	"SELECT 1 IN file('/etc/hostname', 'LineAsString')",
	"SELECT * FROM file('/etc/hostname', 'LineAsString', 'l String')",
	"SELECT * FROM '/etc/hostname'",
	"SELECT * FROM `/etc/hostname`",
	'SELECT * FROM "/etc/hostname"',
	"SELECT 'x' IN `/etc/hostname`",
	"SELECT * FROM events JOIN `/etc/hostname` AS f ON 1 = 1",
	"SELECT * FROM `keys.json`",
	"DESCRIBE TABLE '/etc/hostname'",
	"DESCRIBE file('/etc/hostname')",
	"SELECT * FROM s3('http://127.0.0.1/b/k', 'CSV', 'a String')",
	"SELECT * FROM url('http://127.0.0.1/', 'LineAsString')",
	"SELECT * FROM `http://127.0.0.1/x.csv`",
	"SELECT * FROM remote('127.0.0.1', 'system', 'one')",
	"SELECT * FROM remoteSecure('127.0.0.1', 'system', 'one')",
	"SELECT * FROM cluster('default', 'system', 'one')",
	"SELECT * FROM merge('system', '.*')",
	"SELECT * FROM executable('id', 'TSV', 'a String')",
	"SELECT * FROM postgresql('127.0.0.1', 'a', 'b', 'c', 'd')",
	"SELECT * FROM mysql('127.0.0.1', 'a', 'b', 'c', 'd')",
	"SELECT * FROM sqlite('/tmp/x', 'y')",
	"SELECT * FROM input('a String')",
	"SELECT * FROM dictionary('prices')",
	"SELECT * FROM loop(events)",
	"SELECT * FROM generateRandom('a String')",
	"SELECT * FROM fuzzJSON('{}')",
	"SELECT * FROM viewExplain('', '', (SELECT 1))",
	"SELECT * FROM values('a String', file('/etc/hostname'))",
	"SELECT * FROM format(CSV, '1')",
	"SELECT * FROM mergeTreeIndex('default', 'events')",
	"SELECT * FROM filesystem('/etc')",
	"SELECT * FROM system.processes",
	"SELECT * FROM `system`.`processes`",
	"SELECT * FROM SYSTEM.processes",
	"SELECT 1 IN system.users",
	"SELECT 1 IN (SELECT name FROM system.users)",
	"SELECT * FROM system.parts",
	"SELECT * FROM system.disks",
	"SELECT * FROM system.stack_trace",
	"SELECT * FROM system.server_settings",
	"SELECT * FROM system.grants",
	"SELECT * FROM system.errors",
	"SELECT * FROM information_schema.tables",
	"SELECT * FROM INFORMATION_SCHEMA.TABLES",
	"WITH processes AS (SELECT 1) SELECT * FROM system.processes",
	"SELECT * FROM {t:Identifier}",
	"SELECT {t:Identifier} FROM events",
	"SELECT dictGet('prices', 'x', 1)",
	"SELECT joinGet('x', 'y', 1)",
	"SELECT hasColumnInTable('127.0.0.1:9', 'default', '', 'default', 'events', 'time')",
	"SELECT getSetting('max_threads')",
	"SELECT getServerSetting('max_server_memory_usage')",
	"SELECT getMacro('x')",
	"SELECT hostName()",
	"SELECT FQDN()",
	"SELECT serverUUID()",
	"SELECT filesystemAvailable()",
	"SELECT showCertificate()",
	"SELECT catboostEvaluate('/etc/hostname', 1)",
	"SELECT sleep(3)",
	"SELECT sleepEachRow(1) FROM numbers(3)",
	"SELECT * APPLY(sleep) FROM (SELECT 3)",
	"SELECT addressToLine(1)",
	"SELECT demangle('x')",
	"SELECT logTrace('x')",
	"SELECT throwIf(1)",
	"SELECT generateSerialID('x')",
	"SELECT aiGenerate('x')",
	"SELECT formatQuery('SELECT 1')",
	"SELECT evalMLMethod(1, 2)",
	"SELECT nothingOfTheKind(1)",
	"SHOW TABLES WHERE startsWith(file('/etc/hostname'), 'v')",
	"SHOW TABLES LIKE '%'",
	"SHOW COLUMNS FROM events WHERE file('/etc/hostname') != ''",
	"SHOW INDEX FROM events",
	"SHOW DICTIONARIES",
	"SHOW PROCESSLIST",
	"SHOW SETTINGS LIKE '%'",
	"SHOW GRANTS",
	"SHOW CREATE TABLE system.processes",
	"SHOW TABLES FROM system",
	"EXISTS TABLE system.processes",
	"DESCRIBE system.processes",
	"SELECT * FROM system.one INTO OUTFILE 'OUT'",
	"SELECT * FROM system.one INTO OUTFILE 'OUT' APPEND FORMAT TSV",
	"SELECT 1 into/**/outfile 'OUT'",
	"SELECT 1; SELECT file('/etc/hostname')",
	"SELECT 1 /* ; */ ; DROP TABLE events",
	"SELECT 1 PARALLEL WITH SELECT 2",
	"DROP TABLE events",
	"TRUNCATE TABLE events",
	"INSERT INTO events (event) VALUES ('x')",
	"INSERT INTO FUNCTION file('OUT', 'LineAsString', 'l String') VALUES ('x')",
	"CREATE TABLE x (a String) ENGINE = File(CSV, 'OUT')",
	"CREATE FUNCTION f AS x -> x",
	"CREATE TEMPORARY TABLE x (a String)",
	"ALTER TABLE events DELETE WHERE 1",
	"OPTIMIZE TABLE events",
	"KILL QUERY WHERE 1",
	"SYSTEM SHUTDOWN",
	"BACKUP TABLE events TO File('OUT')",
	"ATTACH TABLE x FROM '/etc' (a String) ENGINE = Log",
	"RENAME TABLE events TO x",
	"SET readonly = 0",
	"USE system",
	"GRANT ALL ON *.* TO default",
	"EXPLAIN SELECT 1",
	"EXPLAIN AST SELECT file('/etc/hostname')",
	"SELECT * FROM (EXPLAIN SELECT 1)",
	"SELECT 1 SETTINGS readonly = 0",
	"SELECT 1 SETTINGS max_memory_usage = 0",
	"SELECT * FROM (SELECT 1 SETTINGS max_threads = 1)",
	"SELECT 1 FORMAT Template",
	"SELECT 1 FORMAT Protobuf",
	"SELECT 1 FORMAT CapnProto",
	`EXISTS TABLE ${"x".repeat(5000)}`,
	`SHOW CREATE TABLE ${"x".repeat(300)}`,
	`SELECT * FROM ${"x".repeat(300)}`,
	`SELECT 1 AS ${"x".repeat(300)}`,
	"SELECT $$a$$; SELECT 1",
	"SELECT '\\'; SELECT file('/etc/hostname') --'",
	"",
	";",
	"SELECT",
	"--",
];

test("what is on no list is refused, however it is written", async () => {
	for (const sql of refused.map((each) => each.replaceAll("OUT", outfile))) {
		const [status, text] = await ask(sql);
		expect([status, text], sql).toEqual([500, expect.stringMatching(/^Code: (497|62|164|60|46)\./)]);
	}
	expect(existsSync(outfile)).toBe(false);
	expect((await ask("SELECT count() > 0 FROM events"))[1]).toBe("1\n");
});

test("questions about our tables are answered, as they are asked by people and by Grafana", async () => {
	const allowed = [
		"SELECT /* ; */ 'a;b' -- c",
		"SELECT 1;",
		"SELECT sum(number) FROM numbers(4)",
		"SELECT count(), countIf(event = 'api_request'), uniqExactIf(session_id, session_id != ''), quantileTDigestIf(0.95)(duration_ms, 1) FROM events",
		"SELECT toStartOfInterval(time, INTERVAL 1 HOUR) AS t, sum(cost_usd) AS cost FROM events WHERE time >= now() - INTERVAL 400 DAY GROUP BY t ORDER BY t WITH FILL STEP 3600",
		"SELECT attributes['model'] AS model, CAST(count() AS Float64)::String AS n FROM default.events GROUP BY model HAVING count() > 0 LIMIT 3 BY model LIMIT 10 FORMAT JSON",
		"WITH days AS (SELECT toDate(time) AS day, sum(cost_usd) AS cost FROM events GROUP BY day) SELECT day, cost, sum(cost) OVER (ORDER BY day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS week FROM days ORDER BY day",
		"SELECT e.event, p.metric FROM events AS e LEFT JOIN points AS p USING (session_id) LIMIT 3",
		"SELECT event, CASE WHEN cost_usd > 1 THEN 'much' ELSE 'little' END AS size FROM events WHERE event IN ('api_request', 'tool_result') LIMIT 2",
		"SELECT arrayMap(x -> x + 1, [1, 2]), arrayJoin(mapKeys(attributes)) FROM events LIMIT 1",
		"SELECT * EXCEPT (attributes) FROM events LIMIT 1 FORMAT JSONEachRow",
		"SELECT count() AS `Zahl der Ereignisse` FROM events",
		"SELECT any(metric) AS metric, max(time) AS time, min(value) FROM points",
		"SELECT name, type FROM system.columns WHERE table = 'events' AND database = 'default'",
		"SELECT name FROM system.tables WHERE database = currentDatabase()",
		"SELECT name, value, readonly AS readonly FROM system.settings LIMIT 3",
		"SELECT version(), timezone(), currentUser()",
		"SHOW TABLES",
		"SHOW DATABASES",
		"SHOW CREATE TABLE events",
		"SHOW COLUMNS FROM events",
		"DESCRIBE events",
		"DESC (SELECT 1 AS a)",
		"EXISTS TABLE events",
		"(SELECT 1) UNION ALL (SELECT 2)",
		"FROM events SELECT count()",
		"SELECT NULL, TRUE, DATE '2026-01-01', 1.5e3, -1, 'it''s', (1, 'a').2, [1][1] FORMAT CSVWithNames",
	];
	for (const sql of allowed) expect(await ask(sql), sql).toEqual([200, expect.any(String)]);
	expect(await ask("SELECT {a:String} || {b:UInt8}::String", { param_a: "it's \\\\ ;", param_b: "7" })).toEqual([
		200,
		"it\\'s \\\\ ;7\n",
	]);
	expect(
		await ask("SELECT now() AS t", { default_format: "JSON", date_time_output_format: "iso", max_execution_time: "3" }),
	).toEqual([200, expect.stringMatching(/T\d\d:.*Z/)]);
});

test("no column of ours has a name that others may not use", async () => {
	const columns = (await ask("SELECT table, name FROM system.columns WHERE database = 'default'"))[1].trim().split("\n");
	for (const [table, name] of columns.map((line) => line.split("\t")))
		expect((await ask(`SELECT \`${name}\` FROM ${table} LIMIT 0`))[0], `${table}.${name}`).toBe(200);
});

test("names of parameters and settings carry no statement, and leave nothing behind", async () => {
	const carried = [
		`param_a = '1'; INSERT INTO FUNCTION file('${outfile}','LineAsString','l String') VALUES ('x'); SET param_b`,
		"param_a = '1'; ALTER TABLE events DELETE WHERE 1; SET param_b",
		"param_a = '1'; SET additional_table_filters = {'events':'0'}; SET param_b",
		"param_a = 'x', max_rows_to_read",
		"max_threads = 1; SELECT 1; SET max_threads",
		"readonly = 0, max_threads",
		"format_template_resultset",
		"additional_table_filters",
		"max_memory_usage_for_user",
		"default_database",
	];
	const count = () => server.get("/api/v1/usage?measure=events&from=-900d");
	const before = await count();
	for (const name of carried) for (let i = 0; i < 3; i++) expect((await ask("SELECT 1", { [name]: "1" }))[0], name).toBe(500);
	for (const name of hostileTexts) {
		expect([200, 500]).toContain((await ask("SELECT 1", { [`param_${name}`]: "1" }))[0]);
		expect([200, 500]).toContain((await ask("SELECT 1", { [name]: name }))[0]);
		expect(await ask("SELECT length({a:String})", { param_a: escaped(name.toWellFormed()) })).toEqual([
			200,
			expect.stringMatching(/^\d+\n$/),
		]);
		expect((await ask(`SELECT '${name}'`))[0], name).toBeLessThan(501);
		expect((await ask(`SELECT 1 AS \`${name}\``))[0], name).toBeLessThan(501);
	}
	expect(existsSync(outfile)).toBe(false);
	expect((await count()).rows).toEqual(before.rows);
});

test("no request line ends the server", async () => {
	const lines = [
		"GET //a:99999/ HTTP/1.1",
		"GET http://a:99999/ HTTP/1.1",
		"GET http://[::1 HTTP/1.1",
		"GET % HTTP/1.1",
		"GET /%zz?query=%zz HTTP/1.1",
		"GET /\\..\\ HTTP/1.1",
		"OPTIONS * HTTP/1.1",
		"GET ?query=SELECT%201 HTTP/1.1",
		"POST / HTTP/9.9",
		"\0\0\0\0",
		"CONNECT a:1 HTTP/1.1",
	];
	for (const line of lines)
		await new Promise<void>((resolve) => {
			const socket = connect(Number(address.split(":")[1]), "127.0.0.1", () =>
				socket.end(`${line}\r\nHost: ${address}\r\nConnection: close\r\n\r\n`),
			);
			socket.on("error", () => resolve()).on("close", () => resolve());
			socket.resume();
		});
	expect((await ask("SELECT 1"))[1]).toBe("1\n");
});

test("a query takes so much time, memory and answer, and no more", async () => {
	const endless = "SELECT count() FROM numbers(1000000000000) WHERE number % 7 = 3";
	expect((await ask(endless))[1]).toMatch(/^Code: 159\./);
	expect((await ask("SELECT groupArray(number) FROM numbers(1000000000)"))[1]).toMatch(/^Code: 241\./);
	expect((await ask("SELECT number FROM numbers(100000000)"))[1]).toMatch(/^Code: 396\./);
	expect((await ask(`SELECT '${"x".repeat(300_000)}'`))[1]).toMatch(/^Code: 62\./);
	expect(server.purser.health.store().state).toBe("ready");
}, 60_000);

test("a query ends when its client leaves", async () => {
	const slow = "SELECT count() FROM numbers(1000000000000) WHERE number % 7 = 3";
	const left = Array.from({ length: 20 }, async () => {
		await fetch(origin, { method: "POST", body: slow, signal: AbortSignal.timeout(300) }).catch(() => undefined);
	});
	await Promise.all(left);
	const startedMs = Date.now();
	expect((await ask("SELECT 1"))[1]).toBe("1\n");
	// Twenty of five seconds each, two at a time, would take longer than this.
	expect(Date.now() - startedMs).toBeLessThan(20_000);
	await until(async () => (await server.get<{ store: { state: string } }>("/api/v1/status")).store.state === "ready", "ready");
}, 60_000);
