import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, expect, test } from "vitest";
import type { DeliveryCounts, Status, Telemetry } from "../src/index.ts";
import { type Collector, openCollector, type Reply } from "./collector.ts";
import { type Env, environment, open, sayAll, until } from "./emit-everything.ts";
import { recordsOf } from "./records.ts";

/** Receivers that are away, slow, or refuse: the host never waits for them and never hears of it, and what is lost is counted. */
const collectors: Collector[] = [];
afterEach(async () => {
	await Promise.all(collectors.splice(0).map((collector) => collector.close()));
});
async function receiver(reply: (n: number) => Reply = () => ({})): Promise<Collector> {
	const collector = await openCollector();
	collector.reply = (_, n) => reply(n);
	collectors.push(collector);
	return collector;
}
const quick = {
	OTEL_METRIC_EXPORT_INTERVAL: "50",
	OTEL_LOGS_EXPORT_INTERVAL: "50",
	OTEL_TRACES_EXPORT_INTERVAL: "50",
	CLAUDE_CODE_OTEL_SHUTDOWN_TIMEOUT_MS: "500",
};

/** Nothing is sent before the end. */
const slow = { OTEL_METRIC_EXPORT_INTERVAL: "60000", OTEL_LOGS_EXPORT_INTERVAL: "60000", OTEL_TRACES_EXPORT_INTERVAL: "60000" };
const eventsAtOnce = (collector: Collector): Env => ({
	...environment(collector),
	OTEL_METRICS_EXPORTER: "none",
	OTEL_TRACES_EXPORTER: "none",
	OTEL_LOGS_EXPORT_INTERVAL: "20",
});

/** Whatever the receiver does, for a while. */
async function work(telemetry: Telemetry, during: (round: number) => unknown = () => undefined): Promise<void> {
	for (let round = 0; round < 8; round++) {
		sayAll(telemetry);
		await during(round);
		await new Promise((resolve) => setTimeout(resolve, 30));
	}
}

/** The longest time in which nothing else could happen. */
async function longestDelayMs(during: () => Promise<unknown>): Promise<number> {
	let [last, longest] = [performance.now(), 0];
	const timer = setInterval(() => {
		const now = performance.now();
		longest = Math.max(longest, now - last);
		last = now;
	}, 5);
	await during();
	clearInterval(timer);
	return longest;
}

const accounts = ({ logs, metrics, traces }: Status) => ({ logs: logs!, metrics: metrics!, traces: traces! });
const arrivedIn = ({ received }: Collector) => {
	const records = received.flatMap(recordsOf);
	const count = (signal: string) => records.filter((record) => record.signal === signal).length;
	return { logs: count("logs"), metrics: count("metrics"), traces: count("traces") };
};

/** At the end everything is known, and each record is in one place. */
function expectSettled(status: Status): void {
	expect(status.invalidCalls).toBe(0);
	for (const account of Object.values(accounts(status)) as DeliveryCounts[]) {
		const { emitted, exported, failed, dropped, waiting } = account;
		expect(emitted).toBeGreaterThan(0);
		expect([waiting, exported + failed + dropped]).toEqual([0, emitted]);
	}
}

async function weather(collector: Collector, env: Env, during?: (round: number) => unknown) {
	const telemetry = open({ ...environment(collector), ...quick, ...env });
	const delayMs = await longestDelayMs(() => work(telemetry, during));
	const begin = performance.now();
	await telemetry.shutdown();
	const shutdownMs = performance.now() - begin;
	const status = telemetry.status();
	expectSettled(status);
	await new Promise((resolve) => setTimeout(resolve, 50));
	expect(telemetry.status()).toEqual(status);
	expect(delayMs).toBeLessThan(1000);
	expect(shutdownMs).toBeLessThan(Number(env["CLAUDE_CODE_OTEL_SHUTDOWN_TIMEOUT_MS"] ?? 500) + 1000);
	return { status, ...accounts(status), shutdownMs };
}

test("a receiver that is well gets everything", async () => {
	const collector = await receiver();
	const { logs, metrics, traces } = await weather(collector, { CLAUDE_CODE_OTEL_SHUTDOWN_TIMEOUT_MS: "8000" });
	expect(arrivedIn(collector)).toEqual({ logs: logs.emitted, metrics: metrics.emitted, traces: traces.emitted });
	expect([logs.exported, logs.lastError]).toEqual([8 * 5, undefined]);
});

test("a receiver that is killed loses only what came since", async () => {
	const collector = await receiver();
	const { logs } = await weather(collector, {}, (round) => (round === 4 ? collector.close() : undefined));
	expect(logs.exported).toBe(arrivedIn(collector).logs);
	expect([logs.exported > 0, logs.failed > 0]).toEqual([true, true]);
	expect(logs.lastError).toMatch(/ECONNREFUSED|ECONNRESET|socket hang up/);
});

test("a receiver that is not there does not delay the end", async () => {
	const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", CLAUDE_CODE_OTEL_SHUTDOWN_TIMEOUT_MS: "8000" };
	const { logs, shutdownMs } = await weather(await receiver(), env);
	expect([logs.exported, logs.failed]).toEqual([0, 40]);
	expect(shutdownMs).toBeLessThan(4000);
});

const refusals: [string, Reply, RegExp][] = [
	["401", { status: 401 }, /the receiver answered 401 Unauthorized/],
	["400", { status: 400 }, /the receiver answered 400 Bad Request/],
	["307", { status: 307, headers: { location: "http://127.0.0.1:1" } }, /the receiver answered 307/],
	["503", { status: 503 }, /no time left|the receiver answered 503/],
	["429 for an hour", { status: 429, headers: { "retry-after": "3600" } }, /the receiver answered 429 Too Many Requests/],
	["no answer", { never: true }, /there was no time left to send it/],
];
test.each(refusals)("%s is counted as lost", async (_, reply, why) => {
	const { logs, metrics, traces } = await weather(await receiver(() => reply), {});
	for (const account of [logs, metrics, traces]) {
		expect([account.exported, account.failed]).toEqual([0, account.emitted]);
		expect(account.lastError).toMatch(why);
	}
});

test("gRPC UNAVAILABLE is lost and not sent again; what comes later arrives", async () => {
	const collector = await receiver((n) => (n <= 3 ? { status: 14 } : {}));
	const env = { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc", OTEL_EXPORTER_OTLP_ENDPOINT: collector.grpc };
	const { logs, metrics, traces } = await weather(collector, env);
	const failed = collector.received.slice(0, 3).flatMap(recordsOf).length;
	expect(logs.failed + metrics.failed + traces.failed).toBe(failed);
	expect(logs.exported + metrics.exported + traces.exported + failed).toBe(collector.received.flatMap(recordsOf).length);
	expect([logs, metrics, traces].find(({ lastError }) => lastError)?.lastError).toMatch(/14 UNAVAILABLE/);
});

test.each([
	["429 with Retry-After", { status: 429, headers: { "retry-after": "1" } }, 950],
	["503", { status: 503 }, 750],
	["503 until a date", { status: 503, headers: { "retry-after": new Date(Date.now() + 2_000).toUTCString() } }, 0],
])("after %s the same bytes come again", async (_, reply, leastMs) => {
	const collector = await receiver((n) => (n === 1 ? reply : {}));
	const telemetry = open(eventsAtOnce(collector));
	telemetry.userPrompt({ prompt_length: 1 });
	await until(() => collector.received.length === 2);
	const [first, second] = collector.received;
	expect(second!.bytes.equals(first!.bytes)).toBe(true);
	expect(second!.atMs - first!.atMs).toBeGreaterThan(leastMs);
	await telemetry.shutdown();
	expect(telemetry.status().logs).toMatchObject({ emitted: 1, exported: 1, failed: 0, waiting: 0 });
});

test("a receiver that comes back gets what waited", async () => {
	const collector = await receiver((n) => (n <= 2 ? { status: 503 } : {}));
	const telemetry = open(eventsAtOnce(collector));
	telemetry.userPrompt({ prompt_length: 1 });
	await until(() => collector.received.length === 1);
	for (let n = 0; n < 100; n++) telemetry.userPrompt({ prompt_length: n });
	await until(() => telemetry.status().logs?.exported === 101);
	await telemetry.shutdown();
});

/** One that asks for a second, once, so that something is under way for that long. */
const busy = () => receiver((n) => (n === 1 ? { status: 503, headers: { "retry-after": "1" } } : {}));

test("what is emitted between a flush and the end arrives", async () => {
	const collector = await busy();
	const telemetry = open({ ...environment(collector), OTEL_METRICS_EXPORTER: "none", OTEL_TRACES_EXPORTER: "none" });
	sayAll(telemetry);
	const flushed = telemetry.flush();
	await until(() => collector.received.length === 1);
	sayAll(telemetry);
	await Promise.all([flushed, telemetry.shutdown()]);
	expect(telemetry.status().logs).toMatchObject({ emitted: 10, exported: 10 });
});

test("a flush waits for what was under way before", async () => {
	const collector = await busy();
	const one = { OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none", OTEL_TRACES_EXPORT_INTERVAL: "20" };
	const telemetry = open({ ...environment(collector), ...one });
	sayAll(telemetry);
	await until(() => collector.received.length === 1);
	await telemetry.flush();
	expect(telemetry.status().traces).toMatchObject({ emitted: 2, exported: 2 });
	await telemetry.shutdown();
});

test("at the end a receiver that breaks every connection is asked once", async () => {
	let connections = 0;
	const server = createServer((socket) => {
		connections += 1;
		socket.destroy();
	}).listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	await weather(await receiver(), { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, ...slow });
	expect(connections).toBe(3);
	server.close();
});

test("more than may wait is dropped and counted, in number and in size", async () => {
	const collector = await receiver(() => ({ never: true }));
	const env = { ...environment(collector), CLAUDE_CODE_OTEL_SHUTDOWN_TIMEOUT_MS: "100" };
	const many = open(env, { maxQueueSize: 100 });
	for (let n = 0; n < 5000; n++) {
		many.userPrompt({ prompt_length: n });
		many.interaction({}).end();
	}
	// What an exporter has taken does not wait.
	for (const account of [many.status().logs!, many.status().traces!]) {
		expect(account.emitted).toBe(5000);
		expect(account.dropped).toBeGreaterThanOrEqual(5000 - 200);
		expect(account.lastError).toBe("too many records were waiting");
	}
	const large = open({ ...env, OTEL_LOG_USER_PROMPTS: "1" });
	const prompt = "x".repeat(1_000_000);
	for (let n = 0; n < 200; n++) large.userPrompt({ prompt });
	expect(large.status().logs).toMatchObject({ emitted: 200, waiting: 33, dropped: 167 });
	await Promise.all([many.shutdown(), large.shutdown()]);
	expect(many.status().logs).toMatchObject({ emitted: 5000, waiting: 0 });
});

test("memory stays bounded while nothing can be sent", async () => {
	const collector = await receiver(() => ({ status: 503, headers: { "retry-after": "1" } }));
	const telemetry = open({ ...environment(collector), ...quick, OTEL_METRIC_EXPORT_INTERVAL: "60000" });
	setFlagsFromString("--expose-gc");
	const collectGarbage = runInNewContext("gc") as () => void;
	const heap = () => {
		collector.received.length = 0;
		collectGarbage();
		return process.memoryUsage().heapUsed / 1024 / 1024;
	};
	const flood = async () => {
		for (let n = 0; n < 20_000; n++) {
			telemetry.toolResult({ tool_name: "Bash", success: true, duration_ms: n });
			telemetry.tokenUsage.add(1, { type: "input", model: `model-${n}` });
			telemetry.tool({ tool_name: "Bash" }).end();
			if (n % 1000 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
		}
	};
	await flood();
	const before = heap();
	await flood();
	await flood();
	expect(heap() - before).toBeLessThan(20);
	const { logs, traces } = telemetry.status();
	expect([logs!.emitted, traces!.emitted]).toEqual([60_000, 60_000]);
	expect(logs!.waiting).toBeLessThanOrEqual(2048 + 512);
	await telemetry.shutdown();
});

test("after the end calls are refused and counted, and a second end is the first", async () => {
	const collector = await receiver();
	const telemetry = open(environment(collector));
	const span = telemetry.tool({});
	const ending = telemetry.shutdown();
	expect(telemetry.shutdown()).toBe(ending);
	await ending;
	telemetry.userPrompt({});
	telemetry.sessionCount.add(1);
	span.end();
	expect(telemetry.tool({}).traceparent).toBeUndefined();
	await telemetry.flush();
	expect(telemetry.status()).toMatchObject({
		invalidCalls: 4,
		lastInvalidCall: "telemetry was shut down before",
		logs: { emitted: 0 },
	});
});
