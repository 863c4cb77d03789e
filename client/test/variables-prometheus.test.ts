import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import type { Telemetry } from "../src/index.ts";
import { runHost } from "./child.ts";
import { openCollector } from "./collector.ts";
import { environment, open, sayAll, until } from "./emit-everything.ts";

/** Metrics that are fetched, by a real Prometheus where there is one. */
const collector = await openCollector();
const opened: Telemetry[] = [];
afterAll(async () => {
	await Promise.all([collector.close(), ...opened.map((telemetry) => telemetry.shutdown())]);
});

async function freePort(): Promise<number> {
	const server = createServer().listen(0);
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return port;
}
const only = { CLAUDE_CODE_ENABLE_TELEMETRY: "1", OTEL_METRICS_EXPORTER: "prometheus" };
function scrapedOn(port: number, more: Readonly<Record<string, string>> = {}): Telemetry {
	const telemetry = open({ ...only, OTEL_EXPORTER_PROMETHEUS_PORT: String(port), ...more }, { session: "session-1" });
	sayAll(telemetry);
	opened.push(telemetry);
	return telemetry;
}
const textOf = async (host: string, port: number): Promise<string> => (await fetch(`http://${host}:${port}/metrics`)).text();
const outside = Object.values(networkInterfaces())
	.flat()
	.find((each) => each && !each.internal && each.family === "IPv4")?.address;

test("OTEL_EXPORTER_PROMETHEUS_PORT is where metrics are fetched, and nothing else is there", async () => {
	const port = await freePort();
	scrapedOn(port);
	const text = await textOf("127.0.0.1", port);
	expect(text).toMatch(/^claude_code_token_usage_total\{.*type="input".*otel_scope_name="com.anthropic.claude_code".*\} 120$/m);
	expect(text).toMatch(/^target_info\{.*service_name="claude-code",service_version="2.1.329"\} 1$/m);
	// Prometheus wants units to be at the end of names, where Claude Code has none.
	expect(text).not.toContain("# UNIT");
	expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
	if (outside) expect(await textOf(outside, port)).toBe(text);
});

test("OTEL_EXPORTER_PROMETHEUS_PORT that is none is noted", () => {
	const { notes } = scrapedOn(0, { OTEL_EXPORTER_PROMETHEUS_PORT: "70000", OTEL_METRICS_EXPORTER: "prometheus" }).status();
	expect(notes).toEqual([
		'cannot use OTEL_EXPORTER_PROMETHEUS_PORT: "70000" is not a whole number from 1 to 65535; 9464 is used',
	]);
});

test("OTEL_EXPORTER_PROMETHEUS_HOST is where it listens, and nowhere else", async () => {
	const port = await freePort();
	scrapedOn(port, { OTEL_EXPORTER_PROMETHEUS_HOST: "127.0.0.1" });
	expect(await textOf("127.0.0.1", port)).toContain("claude_code_token_usage_total");
	if (outside) await expect(textOf(outside, port)).rejects.toThrow();
	const wrong = scrapedOn(port, { OTEL_EXPORTER_PROMETHEUS_HOST: "no such host" });
	await until(() => wrong.status().notes.length > 0);
	expect(wrong.status().notes[0]).toMatch(/^cannot be scraped on port \d+: .*ENOTFOUND|EAI_AGAIN/);
});

test("a port that is taken is noted and changes nothing else", async () => {
	const port = await freePort();
	scrapedOn(port);
	const env = {
		...environment(collector),
		OTEL_METRICS_EXPORTER: "otlp,prometheus",
		OTEL_EXPORTER_PROMETHEUS_PORT: String(port),
	};
	const second = open(env);
	sayAll(second);
	await until(() => second.status().notes.length > 0);
	expect(second.status().notes).toEqual([
		expect.stringMatching(`^cannot be scraped on port ${port}: listen EADDRINUSE.*; set OTEL_EXPORTER_PROMETHEUS_PORT$`),
	]);
	await second.shutdown();
	expect(collector.received.map(({ signal }) => signal).sort()).toEqual(["logs", "metrics", "traces"]);
});

test("neither the port nor a scrape keeps the host alive", async () => {
	const env = { ...only, OTEL_EXPORTER_PROMETHEUS_PORT: String(await freePort()) };
	const script = `
		import { connect } from "node:net";
		const telemetry = open(); sayAll(telemetry);
		await new Promise((resolve) => setTimeout(resolve, 50));
		const socket = connect(${env.OTEL_EXPORTER_PROMETHEUS_PORT}, "127.0.0.1");
		socket.write("GET /metrics HTTP/1.1\\r\\nHost: loom\\r\\n\\r\\n");
		await new Promise((resolve) => socket.once("data", resolve));
		socket.unref();`;
	const { code, ms } = await runHost(env, script);
	expect(code).toBe(0);
	expect(ms).toBeLessThan(4500);
});

const prometheus = process.env["PROMETHEUS_PATH"] || found("prometheus");
function found(program: string): string {
	try {
		return execFileSync("which", [program], { encoding: "utf8" }).trim();
	} catch {
		return "";
	}
}

test.skipIf(!prometheus)("a Prometheus has the series and their values (skipped: there is no prometheus here)", async () => {
	const [port, web] = [await freePort(), await freePort()];
	const telemetry = scrapedOn(port);
	const folder = mkdtempSync(join(tmpdir(), "purser-client-prometheus-"));
	const jobs = `scrape_configs:\n  - job_name: loom\n    scrape_interval: 200ms\n    scrape_timeout: 200ms\n    static_configs: [{ targets: ["127.0.0.1:${port}"] }]\n`;
	writeFileSync(join(folder, "prometheus.yml"), jobs);
	const flags = [
		`--config.file=${folder}/prometheus.yml`,
		`--storage.tsdb.path=${folder}/data`,
		`--web.listen-address=127.0.0.1:${web}`,
	];
	const child = spawn(prometheus, flags, { stdio: "ignore" });
	const ask = async (query: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]> => {
		const answer = await fetch(`http://127.0.0.1:${web}/api/v1/query?query=${encodeURIComponent(query)}`).catch(() => undefined);
		return answer?.ok ? ((await answer.json()) as { data: { result: [] } }).data.result : [];
	};
	const answer = async (query: string, value: string) => {
		for (let tries = 0; tries < 100; tries++, await sleep(100)) {
			const [first] = await ask(query);
			if (first?.value[1] === value) return first.metric;
		}
		throw new Error(`Prometheus does not say ${value} for ${query}: ${JSON.stringify(await ask(query))}`);
	};
	try {
		expect(await answer("claude_code_token_usage_total", "120")).toMatchObject({
			job: "loom",
			type: "input",
			model: "claude-opus-5-5",
			session_id: "session-1",
			user_id: "ada",
			otel_scope_name: "com.anthropic.claude_code",
			otel_scope_version: "2.1.329",
		});
		expect(await answer("target_info", "1")).toMatchObject({ service_name: "claude-code", service_version: "2.1.329" });
		telemetry.tokenUsage.add(30, { type: "input", model: "claude-opus-5-5" });
		await answer('sum(claude_code_token_usage_total{type="input"})', "150");
	} finally {
		child.kill();
		await once(child, "exit");
		rmSync(folder, { recursive: true, force: true });
	}
});
