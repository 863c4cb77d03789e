import { afterAll, expect, test } from "vitest";
import { runHost } from "./child.ts";
import { openCollector } from "./collector.ts";
import { emitted, environment, open, sayAll, seen, until } from "./emit-everything.ts";

/** The headers helper, how long may be waited, and what is printed. */
const collector = await openCollector();
afterAll(() => collector.close());
const hanging = await openCollector();
hanging.reply = () => ({ never: true });
afterAll(() => hanging.close());

/** Settings of an administrator, as a file would have them, and nothing else on the machine. */
const managed = (settings: object) => ({
	platform: "linux" as const,
	homeDir: "/home/ada",
	cwd: "/work/loom",
	readers: {
		readFile: (path: string) => (path === "/etc/claude-code/managed-settings.json" ? JSON.stringify(settings) : undefined),
		listFolder: () => [],
		readPreferences: () => undefined,
		readRegistry: () => undefined,
	},
});
const otelHeadersHelper = `echo '{"token":"'$(date +%s%N)'"}'`;
const tokens = () => new Set(collector.received.map(({ headers }) => headers["token"]));
const often = {
	OTEL_LOGS_EXPORTER: "otlp",
	OTEL_LOGS_EXPORT_INTERVAL: "20",
	OTEL_METRICS_EXPORTER: "none",
	OTEL_TRACES_EXPORTER: "none",
};

async function tokensOf(interval: string, settings: object, requests: number) {
	collector.received.length = 0;
	const env = { ...environment(collector), ...often, CLAUDE_CODE_OTEL_HEADERS_HELPER_DEBOUNCE_MS: interval };
	const telemetry = open(env, { settings: managed(settings) });
	for (let n = 1; n <= requests; n++) {
		telemetry.userPrompt({ prompt_length: n });
		await until(() => collector.received.length >= n);
	}
	await telemetry.shutdown();
	return { ...seen(collector, telemetry), tokens: tokens() };
}

test("CLAUDE_CODE_OTEL_HEADERS_HELPER_DEBOUNCE_MS is how long headers are used", async () => {
	expect((await tokensOf("60000", { otelHeadersHelper }, 4)).tokens.size).toBe(1);
	expect((await tokensOf("1", { otelHeadersHelper }, 4)).tokens.size).toBe(4);
	const { notes } = await tokensOf("often", { otelHeadersHelper }, 1);
	expect(notes).toEqual([
		'cannot use CLAUDE_CODE_OTEL_HEADERS_HELPER_DEBOUNCE_MS: "often" is not a whole number from 1 to 2147483647; 1740000 is used',
	]);
});

test("what the helper prints is merged over OTEL_EXPORTER_OTLP_HEADERS, over HTTP alone", async () => {
	const settings = managed({ otelHeadersHelper: `echo '{"a":"helper"}'` });
	const env = { OTEL_EXPORTER_OTLP_HEADERS: "a=own,b=own" };
	const http = await emitted(collector, env, { settings });
	expect(http.received.map(({ headers: { a, b } }) => [a, b])).toEqual(Array(3).fill(["helper", "own"]));
	const grpc = { ...env, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc", OTEL_EXPORTER_OTLP_ENDPOINT: collector.grpc };
	expect((await emitted(collector, grpc, { settings })).received.map(({ headers: { a } }) => a)).toEqual(Array(3).fill("own"));
});

test("what the helper prints is not for the receiver of detailed traces", async () => {
	const beta = await openCollector();
	const env = { ENABLE_BETA_TRACING_DETAILED: "1", BETA_TRACING_ENDPOINT: beta.http };
	const user = (path: string) =>
		path === "/home/ada/.claude/settings.json" ? `{"otelHeadersHelper":"echo '{\\"a\\":\\"secret\\"}'"}` : undefined;
	const { readers, ...rest } = managed({});
	const { received } = await emitted(collector, env, { settings: { ...rest, readers: { ...readers, readFile: user } } });
	const tokensOf = (requests: readonly { path: string; headers: Record<string, unknown> }[]) =>
		requests.map(({ path, headers: { a } }) => [path, a]).sort();
	expect(tokensOf(received)).toEqual([["/v1/metrics", "secret"]]);
	expect(tokensOf(beta.received)).toEqual([
		["/v1/logs", undefined],
		["/v1/traces", undefined],
	]);
	await beta.close();
});

test("managed settings win over the environment, and lock where telemetry goes", async () => {
	const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.http, OTEL_EXPORTER_OTLP_HEADERS: "a=managed" };
	const own = { CLAUDE_CODE_ENABLE_TELEMETRY: "0", OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: hanging.http };
	const all = await emitted(collector, own, { settings: managed({ env: { ...env, CLAUDE_CODE_ENABLE_TELEMETRY: "1" } }) });
	expect(all.received.map(({ path, headers: { a } }) => [path, a]).sort()).toEqual([
		["/v1/logs", "managed"],
		["/v1/metrics", "managed"],
		["/v1/traces", "managed"],
	]);
	expect(all.notes).toEqual([expect.stringMatching(/^cannot use OTEL_EXPORTER_OTLP_LOGS_ENDPOINT of the environment:/)]);
});

/** Returns how long it takes to give up on a receiver that never answers. */
async function patienceOf(variable: string, value: string, act: "flush" | "shutdown"): Promise<number> {
	const telemetry = open({ ...environment(hanging), CLAUDE_CODE_OTEL_SHUTDOWN_TIMEOUT_MS: "50", [variable]: value });
	sayAll(telemetry);
	const begin = performance.now();
	await telemetry[act]();
	const ms = performance.now() - begin;
	await telemetry.shutdown();
	return ms;
}
const between = (ms: number, least: number, most: number) => expect([ms >= least - 2, ms < most, ms]).toEqual([true, true, ms]);

test("CLAUDE_CODE_OTEL_FLUSH_TIMEOUT_MS is how long a flush may take", async () => {
	between(await patienceOf("CLAUDE_CODE_OTEL_FLUSH_TIMEOUT_MS", "100", "flush"), 100, 1500);
	between(await patienceOf("CLAUDE_CODE_OTEL_FLUSH_TIMEOUT_MS", "500", "flush"), 500, 1900);
	const { notes } = await emitted(collector, { CLAUDE_CODE_OTEL_FLUSH_TIMEOUT_MS: "-1" });
	expect(notes).toEqual([
		'cannot use CLAUDE_CODE_OTEL_FLUSH_TIMEOUT_MS: "-1" is not a whole number from 1 to 2147483647; 5000 is used',
	]);
});

test("CLAUDE_CODE_OTEL_SHUTDOWN_TIMEOUT_MS is how long the end may take", async () => {
	between(await patienceOf("CLAUDE_CODE_OTEL_SHUTDOWN_TIMEOUT_MS", "100", "shutdown"), 100, 1500);
	between(await patienceOf("CLAUDE_CODE_OTEL_SHUTDOWN_TIMEOUT_MS", "500", "shutdown"), 500, 1900);
	between(await patienceOf("CLAUDE_CODE_OTEL_SHUTDOWN_TIMEOUT_MS", "2 s", "shutdown"), 2000, 4000);
});

const host = "const telemetry = open(); sayAll(telemetry); await telemetry.shutdown();";
test("CLAUDE_CODE_OTEL_DIAG_STDERR=1 prints what is wrong and what is lost, and nothing else does", async () => {
	const refused = {
		...environment(collector),
		OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
		OTEL_LOGS_EXPORT_INTERVAL: "x",
	};
	const loud = await runHost({ ...refused, CLAUDE_CODE_OTEL_DIAG_STDERR: "1" }, host);
	expect(loud.stderr).toMatch(/^\[3P telemetry\] cannot use OTEL_LOGS_EXPORT_INTERVAL: "x" is not a whole number/m);
	expect(loud.stderr).toMatch(/^\[3P telemetry\] cannot export logs: .*ECONNREFUSED.*; \d lost$/m);
	expect([loud.stdout, loud.code]).toEqual(["", 0]);
	const quiet = await runHost(refused, host);
	expect([quiet.stdout, quiet.stderr, quiet.code]).toEqual(["", "", 0]);
});

test.each([
	["OTEL_METRICS_EXPORTER", /name: 'claude_code.token.usage'/],
	["OTEL_LOGS_EXPORTER", /body: 'claude_code.user_prompt'/],
	["OTEL_TRACES_EXPORTER", /name: 'claude_code.interaction'/],
])("%s=console prints to stdout, along with what is sent", async (variable, what) => {
	collector.received.length = 0;
	const { stdout, stderr, code } = await runHost({ ...environment(collector), [variable]: "otlp, console" }, host);
	expect(stdout).toMatch(what);
	expect([stderr, code, collector.received.length]).toEqual(["", 0, 3]);
	const only = await runHost({ ...environment(collector), [variable]: "console" }, host);
	expect(only.stdout).toMatch(what);
	expect(collector.received.length).toBe(5);
});
