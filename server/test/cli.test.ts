import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it, test } from "vitest";
import { startPurser, type TestPurser, until } from "./purser.ts";
import { post } from "./send.ts";

const program = fileURLToPath(new URL("../src/main.ts", import.meta.url));
/** Nothing listens on the ports that the system keeps for well-known services. */
const unusedPort = "http://127.0.0.1:2";
const home = mkdtempSync(join(tmpdir(), "purser-home-"));
let server: TestPurser;

type Ended = { readonly code: number | null; readonly out: string; readonly err: string };
type Started = {
	readonly child: ChildProcess;
	readonly out: () => string;
	readonly err: () => string;
	readonly ended: Promise<Ended>;
};

/** Starts the program as a user does: nothing of this process' environment but the path. */
function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Started {
	// The compiled program is kept, because it is started many times.
	const cache = join(home, "compiled");
	const env = {
		PATH: process.env["PATH"],
		HOME: home,
		NODE_COMPILE_CACHE: cache,
		PURSER_SERVER: `http://${server.web}`,
		...environment,
	};
	const child = spawn(process.execPath, [program, ...args], { env, cwd: home });
	let out = "";
	let err = "";
	child.stdout.on("data", (chunk) => {
		out += chunk;
	});
	child.stderr.on("data", (chunk) => {
		err += chunk;
	});
	const ended = new Promise<Ended>((resolve) => child.once("close", (code) => resolve({ code, out, err })));
	return { child, out: () => out, err: () => err, ended };
}

const run = (args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Ended> =>
	start(args, environment).ended;

/** Sends events as Claude Code does; values that are numbers are sent as such. */
async function send(at: string, ...events: readonly Readonly<Record<string, string | number>>[]): Promise<void> {
	const value = (each: string | number) =>
		typeof each === "number" ? (Number.isInteger(each) ? { intValue: each } : { doubleValue: each }) : { stringValue: each };
	const logRecords = events.map((attributes) => ({
		timeUnixNano: `${Date.now()}000000`,
		attributes: Object.entries(attributes).map(([key, each]) => ({ key, value: value(each) })),
	}));
	const body = {
		resourceLogs: [{ resource: {}, scopeLogs: [{ scope: { name: "com.anthropic.claude_code.events" }, logRecords }] }],
	};
	const { status, body: said } = await post(
		`http://${at}/v1/logs`,
		{ "content-type": "application/json" },
		Buffer.from(JSON.stringify(body)),
	);
	expect(status, `${said} ${server.log.join(" ")}`).toBe(200);
}

const request = (model: string, cost: number, tokens: number) => ({
	"event.name": "api_request",
	"session.id": "00000000-0000-4000-8000-000000000001",
	"user.email": "ana@example.com",
	model,
	cost_usd: cost,
	input_tokens: tokens,
	output_tokens: 10,
	duration_ms: 1234,
});

beforeAll(async () => {
	server = await startPurser();
	await send(
		server.http,
		request("claude-opus-5-5", 1.23456789, 1000),
		request("claude-opus-5-5", 0.1, 2000),
		request("claude-sonnet-4-6", 0.2, 3000),
		{ "event.name": "tool_result", tool_name: "Bash", success: "false", error_type: "ShellError", note: "\x1b[2Jwiped" },
	);
	await server.settle();
});
afterAll(async () => {
	await server.stop();
	rmSync(home, { recursive: true, force: true });
});

describe("usage", () => {
	it("says the totals, with what they mean", async () => {
		const { code, out, err } = await run(["usage"]);
		expect(code).toBe(0);
		expect(out).toMatch(/^cost_usd\s+\$1\.5346\s+Cost as the client/m);
		expect(out).toMatch(/^api_requests\s+3\s/m);
		expect(err).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d to .* UTC$/m);
	});
	it("divides by dimensions, the largest first", async () => {
		const { out } = await run(["usage", "cost_usd,tokens", "--by", "model"]);
		expect(
			out
				.trim()
				.split("\n")
				.map((line) => line.trim().split(/\s+/)),
		).toEqual([
			["model", "cost_usd", "tokens"],
			["claude-opus-5-5", "$1.3346", "3,020"],
			["claude-sonnet-4-6", "$0.2000", "3,010"],
		]);
	});
	it("chooses measures that have the dimension", async () => {
		const { out, code } = await run(["usage", "--by", "tool", "--format", "json"]);
		expect(code).toBe(0);
		expect(JSON.parse(out).rows[0]).toMatchObject({ tool: "Bash", tool_calls: 1, tool_failures: 1 });
	});
	it("is exact in CSV and JSON", async () => {
		const csv = await run(["usage", "cost_usd", "--by", "model", "--order", "model", "--format", "csv"]);
		expect(csv.out).toBe("model,cost_usd\r\nclaude-opus-5-5,1.33456789\r\nclaude-sonnet-4-6,0.2\r\n");
		const json = await run(["usage", "cost_usd", "--where", "model:claude-opus-5-5", "--from", "-24h", "--format", "json"]);
		expect(JSON.parse(json.out).rows).toEqual([{ cost_usd: 1.33456789 }]);
	});
	it("divides time in a zone, and writes Markdown", async () => {
		const { out } = await run(
			["usage", "api_requests", "--grain", "day", "--tz", "local", "--since", "2d", "--format", "markdown"],
			{ TZ: "Asia/Tokyo" },
		);
		const day = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Tokyo" }).format();
		expect(out.split("\n").slice(1)).toEqual(["| ---: | ---: |", `| ${day} | 3 |`, ""]);
	});
	it("explains which tables answer, with the SQL", async () => {
		const { out, code } = await run(["usage", "cost_usd", "--by", "model", "--explain"]);
		expect(code).toBe(0);
		expect(out).toMatch(/^-- requests: .*events\n/);
		expect(out).toMatch(/^-- \{from\} = "\d{4}-/m);
		expect(out).toMatch(/^SELECT [\s\S]*GROUP BY/m);
	});
	it("fits the terminal", async () => {
		const { out } = await run(["usage", "--by", "person,model"], { COLUMNS: "60" });
		for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(60);
		expect(out).toContain("$1.3346");
	});
	it("says when there is more", async () => {
		const { err } = await run(["usage", "cost_usd", "--by", "model", "--limit", "1"]);
		expect(err).toContain("the first 1 rows");
	});
});

describe("query", () => {
	it("lists the named questions", async () => {
		const { code, out } = await run(["query"]);
		expect(code).toBe(0);
		expect(out).toMatch(/^dormant_people +days=14 +Who was active .*\?$/m);
	});
	it("answers one, with its sentence and its notes on stderr", async () => {
		const { code, out, err } = await run(["query", "tool_failures", "--format", "csv"]);
		expect(code).toBe(0);
		expect(out).toMatch(/^tool,error_type,failures,.*\r\nBash,\w*,1,1,1,/);
		expect(err).toMatch(/^note: .*refused did not fail\./m);
		const table = await run(["query", "tool_failures", "--where", "tool:Bash"]);
		expect(table.out).toMatch(/^tool +error_type +failures +tool_calls +failure_ratio/);
		expect(table.out).toMatch(/^Bash .* 100% /m);
		expect(table.err).toMatch(/^Which tools fail.*\?\n\d{4}-\d\d-\d\d \d\d:\d\d to .* UTC$/m);
	});
	it("takes a question's own parameters", async () => {
		const { code, out } = await run(["query", "top_movers", "--set", "top=1", "--format", "json"]);
		expect(code).toBe(0);
		const dimensions = (JSON.parse(out).rows as { dimension: string }[]).map(({ dimension }) => dimension);
		expect(dimensions).toEqual(["model", "person", "tool"]);
	});
	it("says which there are", async () => {
		const unknown = await run(["query", "who_is_best"]);
		expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining("Known: active_people, cohorts")]);
		const other = await run(["query", "top_movers", "--set", "bottom=1"]);
		expect([other.code, other.err]).toEqual([2, expect.stringContaining('no parameter "bottom"')]);
		const wrong = await run(["query", "top_movers", "--set", "top"]);
		expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("name=value")]);
	});
});

describe("what is asked wrongly ends with 2, what fails with 1", () => {
	const f = (args: readonly string[], code: number, err: RegExp, environment?: Readonly<Record<string, string>>) =>
		it.concurrent(args.join(" ") || "nothing", async () => {
			const ended = await run(args, environment);
			expect(ended).toMatchObject({ code, out: "" });
			expect(ended.err).toMatch(err);
			expect(ended.err).not.toMatch(/\n\s+at /);
		});
	f([], 2, /Usage: purser/);
	f(["usge"], 2, /Did you mean usage/);
	f(["usage", "--bye", "model"], 2, /Did you mean --by/);
	f(["usage", "nothing"], 2, /there is no measure "nothing"\. Known: cost_usd/);
	f(["usage", "--by", "nothing"], 2, /there is no dimension "nothing"/);
	f(["usage", "--limit", "many"], 2, /--limit must be a whole number/);
	f(["usage", "--tz", "Mars"], 2, /--tz must be an IANA time zone/);
	f(["usage", "--from", "-1d", "--since", "1d"], 2, /say the same/);
	f(["usage", "--since", "yesterday"], 2, /must be a time/);
	f(["events", "--format", "xml"], 2, /table, json, csv, markdown/);
	f(["status", "--server", "localhost:1"], 2, /must be a URL/);
	f(["status", "--server", unusedPort], 1, /nothing listens there. Start it with `npm start`/);
	f(["serve", "--web", "here"], 2, /--web: must be HOST:PORT/);
	f(["serve", "--print-config"], 2, /PURSER_WEBB: there is no such variable/, { PURSER_WEBB: "1" });
	f(["serve", "--web", ":0", "--data", join(home, "exposed")], 2, /purser keys add NAME --purpose ingest/);
	f(["keys", "add", "a"], 2, /--purpose ingest or --purpose read/);
	it("a port of another protocol is reported", async () => {
		const { err, code } = await run(["status", "--server", `http://${server.grpc}`]);
		expect(code).toBe(1);
		expect(err).toMatch(/does not speak plain HTTP|not Purser's API/);
		expect((await run(["status", "--server", `http://${server.http}`])).err).toMatch(/not Purser's API/);
		expect((await run(["status", "--server", `https://${server.web}`])).err).toMatch(/does not speak TLS/);
	});
	it("an address in use is reported", async () => {
		const { err, code } = await run([
			"serve",
			"--data",
			join(home, "second"),
			"--grpc",
			server.grpc,
			"--http",
			"127.0.0.1:0",
			"--web",
			"127.0.0.1:0",
		]);
		expect(code).toBe(2);
		expect(err).toMatch(/something is listening there already.*--grpc HOST:PORT/);
	});
});

test("a reader that has enough is no failure", async () => {
	const { child, ended, err } = start(["events", "--format", "json"]);
	child.stdout!.destroy();
	expect((await ended).code).toBe(0);
	expect(err()).toBe("");
});

test("colours only where they are wanted", async () => {
	expect((await run(["usage"], { FORCE_COLOR: "1" })).out).toContain("\x1b[1m");
	expect((await run(["usage"])).out).not.toContain("\x1b");
	expect((await run(["usage"], { FORCE_COLOR: "1", NO_COLOR: "1" })).out).not.toContain("\x1b");
});

describe("events", () => {
	it("are listed newest first, and command no terminal", async () => {
		const { out, code } = await run(["events", "--q", "wiped"]);
		expect(code).toBe(0);
		expect(out).toMatch(/tool_result.*Bash {2}failed: ShellError/);
		const json = await run(["events", "--q", "wiped", "--format", "json"]);
		expect(JSON.parse(json.out).rows[0].attributes.note).toBe("\x1b[2Jwiped");
		expect(json.out).not.toContain("\x1b");
	});
	it("come page by page", async () => {
		const many = Array.from({ length: 1100 }, (_, i) => ({ "event.name": "paged", number: i }));
		await send(server.http, ...many);
		await server.settle();
		const { out } = await run(["events", "--event", "paged", "--limit", "1050", "--format", "csv"]);
		const lines = out.trim().split("\r\n");
		expect(lines.length).toBe(1051);
		expect(new Set(lines).size).toBe(1051);
	});
});

test("status", async () => {
	const { out, code } = await run(["status"]);
	expect(code).toBe(0);
	expect(out).toMatch(/^store\s+ready \(embedded/m);
	expect(out).toMatch(/^logs\s+[\d,]+/m);
	expect(JSON.parse((await run(["status", "--format", "json"])).out).store.state).toBe("ready");
});

describe("tail", () => {
	let tail: Started | undefined;
	afterEach(() => tail?.child.kill("SIGKILL"));

	it("shows each event once, also those that agree in everything, and ends with Ctrl-C", async () => {
		tail = start(["tail", "--event", "tailed", "--format", "json", "--lines", "2"]);
		const numbers = () =>
			tail!
				.out()
				.split("\n")
				.filter(Boolean)
				.map((line) => JSON.parse(line).attributes.number as number);
		await until(
			async () => (await server.get<{ refused: number }>("/api/v1/status")) && tail!.child.pid !== undefined,
			"started",
		);
		const expected: number[] = [];
		for (let round = 0; round < 8; round++) {
			// Two that are the same: one request, so neither is a request sent again.
			await send(server.http, { "event.name": "tailed", number: round }, { "event.name": "tailed", number: round });
			expected.push(round, round);
			if (round === 0) await until(() => numbers().length === 2, "first two shown");
		}
		await until(() => numbers().length >= expected.length, "all shown");
		await server.settle();
		await new Promise((resolve) => setTimeout(resolve, 500));
		expect(numbers()).toEqual(expected);
		tail.child.kill("SIGINT");
		expect((await tail.ended).code).toBe(0);
	});

	it("is one line an event for people", async () => {
		await send(server.http, { ...request("claude-opus-5-5", 0.0612, 1234), "event.name": "api_request", q: "tail\nline" });
		await server.settle();
		tail = start(["tail", "--event", "api_request", "--lines", "1"]);
		await until(() => tail!.out().endsWith("\n"), "shown");
		expect(tail.out()).toMatch(
			/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}api_request {5}ana@example\.com {2}00000000 {2}claude-opus-5-5 {2}1,234 in {2}10 out {2}1\.2 s {2}\$0\.0612\n$/,
		);
	});

	it("continues after the server was unreachable, without a gap or a repetition", async () => {
		let other = await startPurser();
		try {
			await send(other.http, { "event.name": "tailed", number: 0 });
			await other.settle();
			tail = start(["tail", "--event", "tailed", "--format", "json"], { PURSER_SERVER: `http://${other.web}` });
			const numbers = () =>
				tail!
					.out()
					.split("\n")
					.filter(Boolean)
					.map((line) => JSON.parse(line).attributes.number as number);
			await until(() => numbers().length === 1, "first shown");
			const { data, web } = other;
			await other.stop(true);
			other = await startPurser({ data, web });
			await send(other.http, { "event.name": "tailed", number: 1 });
			await until(() => numbers().length >= 2, "second shown");
			expect(numbers()).toEqual([0, 1]);
			expect(tail.err()).toContain("trying again");
		} finally {
			await other.stop();
		}
	});
});

describe("keys", () => {
	const data = join(home, "keys-data");
	it("are made once, listed without themselves, and withdrawn", async () => {
		const added = await run(["keys", "add", "laptops", "--purpose", "ingest", "--data", data]);
		expect(added.code).toBe(0);
		expect(added.out).toMatch(/^purser_[\w-]{32}\n$/);
		expect(added.err).toContain("senders need an ingest key");
		expect(statSync(join(data, "keys.json")).mode & 0o777).toBe(0o600);
		expect(readFileSync(join(data, "keys.json"), "utf8")).not.toContain(added.out.trim());
		expect((await run(["keys", "add", "laptops", "--purpose", "read", "--data", data])).code).toBe(2);
		const { out } = await run(["keys", "list", "--data", data, "--format", "csv"]);
		expect(out).toMatch(/^name,purpose,created\r\nlaptops,ingest,2/);
		expect((await run(["keys", "remove", "laptop", "--data", data])).err).toContain("There are: laptops");
		expect((await run(["keys", "remove", "laptops", "--data", data])).code).toBe(0);
		expect((await run(["keys", "list", "--data", data])).err).toContain("no keys");
	});

	it("a running server knows them within a second, and stays closed when the last is withdrawn", async () => {
		mkdirSync(data, { recursive: true });
		const other = await startPurser({ data });
		const at = { PURSER_SERVER: `http://${other.web}` };
		try {
			const read = (await run(["keys", "add", "me", "--purpose", "read", "--data", data])).out.trim();
			const ingest = (await run(["keys", "add", "ci", "--purpose", "ingest", "--data", data])).out.trim();
			await until(async () => (await run(["status"], at)).code === 1, "closed");
			expect((await run(["status"], at)).err).toMatch(/a read key is needed.*PURSER_KEY/);
			expect((await run(["status"], { ...at, PURSER_KEY: "wrong" })).err).toContain("not accepted");
			expect((await run(["status", "--key", read], at)).code).toBe(0);

			const locked = await run(["doctor"], { ...at, PURSER_KEY: read });
			expect(locked.code).toBe(1);
			expect(locked.out).toMatch(/✗ A key to send with: the server wants an ingest key/);
			const refused = await run(["doctor", "--ingest-key", "wrong"], { ...at, PURSER_KEY: read });
			expect(refused.out).toMatch(/✗ An event over grpc arrives: .*grpc-status 16/);
			const opened = await run(["doctor"], {
				...at,
				PURSER_KEY: read,
				OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer ${ingest}`,
			});
			expect(opened.out).toMatch(/✓ An event over grpc arrives/);
			expect(opened.out).toMatch(/! \d+ requests to OTLP\/HTTP refused recently: 401/);
			expect(opened.out + locked.out + refused.out).not.toContain(ingest);

			await run(["keys", "remove", "me", "--data", data]);
			await until(async () => (await run(["status", "--key", read], at)).code === 1, "withdrawn");
			expect((await run(["status"], at)).code).toBe(1);
		} finally {
			await other.stop(true);
		}
	});
});

describe("doctor", () => {
	const right = (protocol: string, endpoint: string) => ({
		CLAUDE_CODE_ENABLE_TELEMETRY: "1",
		OTEL_METRICS_EXPORTER: "otlp",
		OTEL_LOGS_EXPORTER: "otlp",
		OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
		OTEL_EXPORTER_OTLP_ENDPOINT: `http://${endpoint}`,
	});
	it("finds nothing wrong where nothing is", async () => {
		const { out, code } = await run(["doctor"], right("grpc", server.grpc));
		expect(out).not.toContain("✗");
		for (const protocol of ["grpc", "http/protobuf", "http/json"])
			expect(out).toContain(`✓ An event over ${protocol} arrives: sent to`);
		expect(out).toContain("✓ Events go to this server: grpc to");
		expect(out).toContain("Nothing is wrong.");
		expect(code).toBe(0);
	});
	it("finds the wrong port for the protocol", async () => {
		const { out, code } = await run(["doctor"], right("http/protobuf", server.grpc));
		expect(out).toMatch(
			/✗ Events go to this server: .*that is the port of OTLP\/gRPC.*\n {2}→ Set OTEL_EXPORTER_OTLP_PROTOCOL=grpc/,
		);
		expect(code).toBe(1);
	});
	it("explains what was refused", async () => {
		await post(`http://${server.http}/v1/logs`, { "content-type": "text/plain" }, Buffer.from("x"));
		const { out } = await run(["doctor", "--format", "json"]);
		const { checks } = JSON.parse(out) as { checks: { name: string; detail: string }[] };
		expect(checks.find(({ name }) => /refused recently/.test(name))?.detail).toMatch(/415.*Content-Type/);
	});
	it("says that nothing is there, and what is there instead", async () => {
		const away = await run(["doctor", "--server", unusedPort], right("none", server.grpc));
		expect(away.out).toMatch(/✗ The server answers: cannot reach Purser.*nothing listens there\n {2}→ Start it/);
		expect(away.code).toBe(1);
		const silent = createServer((socket) => socket.end("SSH-2.0-OpenSSH\r\n"));
		await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
		const { port } = silent.address() as { port: number };
		expect((await run(["doctor", "--server", `http://127.0.0.1:${port}`])).out).toContain("does not speak plain HTTP");
		silent.close();
	});
});

test("serve says what to paste, and ends with 0 when asked to", async () => {
	const free = "127.0.0.1:0";
	const { child, err, ended } = start(["serve", "--data", join(home, "served"), "--grpc", free, "--http", free, "--web", free]);
	await until(() => /purser doctor/.test(err()), "ready");
	const grpc = /OTLP\/gRPC +(http:\S+)/.exec(err())![1];
	expect(err()).toContain(`OTEL_EXPORTER_OTLP_ENDPOINT=${grpc}`);
	child.kill("SIGTERM");
	expect((await ended).code).toBe(0);
});

test("serve ends with 0 when asked to while it still opens", async () => {
	const free = "127.0.0.1:0";
	const data = join(home, "opened");
	const { child, ended } = start(["serve", "--data", data, "--grpc", free, "--http", free, "--web", free]);
	await until(() => existsSync(data), "opening");
	child.kill("SIGTERM");
	expect((await ended).code).toBe(0);
});
