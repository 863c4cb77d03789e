import { afterAll, expect, test } from "vitest";
import { runHost } from "./child.ts";
import { openCollector } from "./collector.ts";
import { environment } from "./emit-everything.ts";
import { recordsOf } from "./records.ts";

/** Programs that use the client, as processes of their own: what they load, and that they end. */
const collector = await openCollector();
const hanging = await openCollector();
hanging.reply = () => ({ never: true });
afterAll(() => Promise.all([collector.close(), hanging.close()]));

test("a host that ends its telemetry has sent everything", async () => {
	collector.received.length = 0;
	const script = "const telemetry = open(); for (let n = 0; n < 300; n++) sayAll(telemetry); await telemetry.shutdown();";
	const { code, stderr } = await runHost(environment(collector), script);
	expect([code, stderr]).toEqual([0, ""]);
	const count = (signal: string) => collector.received.flatMap(recordsOf).filter((record) => record.signal === signal).length;
	expect([count("logs"), count("traces"), count("metrics")]).toEqual([1500, 600, 1]);
});

test.each([
	["is well", () => environment(collector)],
	["never answers", () => environment(hanging)],
	["is not there", () => ({ ...environment(hanging), OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" })],
])("a host that never ends its telemetry ends by itself when the receiver %s", async (_, env) => {
	// The second script's exports are under way when it is done: they are waited for as long as an export may take.
	const more = { OTEL_LOGS_EXPORT_INTERVAL: "20", OTEL_EXPORTER_OTLP_TIMEOUT: "1000" };
	const idle = await runHost(env(), "sayAll(open());");
	const busy = await runHost({ ...env(), ...more }, "sayAll(open()); await new Promise((resolve) => setTimeout(resolve, 200));");
	expect([idle.code, idle.stderr, busy.code, busy.stderr]).toEqual([0, "", 0, ""]);
	expect(idle.ms).toBeLessThan(5000);
	expect(busy.ms).toBeLessThan(7000);
});

test("a host whose receiver hangs ends soon after the time for its shutdown", async () => {
	const env = { ...environment(hanging), CLAUDE_CODE_OTEL_SHUTDOWN_TIMEOUT_MS: "300" };
	const { code, ms } = await runHost(env, "const telemetry = open(); sayAll(telemetry); await telemetry.shutdown();");
	expect(code).toBe(0);
	expect(ms).toBeLessThan(6000);
});

test("whatever errors the exports meet, nothing of it reaches the host", async () => {
	const script = `
		for (const name of ["uncaughtException", "unhandledRejection", "warning"]) process.on(name, (what) => console.log(name, what));
		const telemetry = open(); sayAll(telemetry);
		await new Promise((resolve) => setTimeout(resolve, 300));
		await telemetry.flush(); await telemetry.shutdown();`;
	const broken = [
		{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" },
		{ OTEL_EXPORTER_OTLP_ENDPOINT: collector.http.replace("http:", "https:") },
		{ OTEL_EXPORTER_OTLP_PROTOCOL: "grpc", OTEL_EXPORTER_OTLP_ENDPOINT: collector.http },
		{ OTEL_EXPORTER_OTLP_ENDPOINT: collector.grpc },
	];
	const short = {
		OTEL_LOGS_EXPORT_INTERVAL: "20",
		OTEL_METRIC_EXPORT_INTERVAL: "20",
		CLAUDE_CODE_OTEL_SHUTDOWN_TIMEOUT_MS: "200",
	};
	const flush = { CLAUDE_CODE_OTEL_FLUSH_TIMEOUT_MS: "200", OTEL_EXPORTER_OTLP_TIMEOUT: "1000" };
	const ended = await Promise.all(
		broken.map((env) => runHost({ ...environment(collector), ...short, ...flush, ...env }, script)),
	);
	expect(ended.map(({ code, stdout, stderr }) => [code, stdout, stderr])).toEqual(broken.map(() => [0, "", ""]));
});

test("switched off it loads nothing of OpenTelemetry, opens nothing, starts nothing and takes no time", async () => {
	const script = `
		import { createRequire } from "node:module";
		const times = [];
		let telemetry;
		for (let n = 0; n < 200; n++) {
			const begin = performance.now();
			telemetry = createTelemetry();
			times.push(performance.now() - begin);
		}
		const span = sayAll(telemetry);
		telemetry.environmentFor(process.env, span);
		await telemetry.flush();
		await telemetry.shutdown();
		const loaded = Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes("opentelemetry"));
		console.log(JSON.stringify({
			loaded,
			open: process.getActiveResourcesInfo().filter((each) => !/TTY|Pipe/.test(each)),
			medianMs: times.sort((a, b) => a - b)[100],
			status: telemetry.status(),
			traceparent: String(span.traceparent),
		}));`;
	const { stdout, code, stderr } = await runHost({ ...environment(collector), CLAUDE_CODE_ENABLE_TELEMETRY: "0" }, script);
	expect([code, stderr]).toEqual([0, ""]);
	const { medianMs, ...rest } = JSON.parse(stdout);
	const status = { isEnabled: false, invalidCalls: 0, notes: [] };
	expect(rest).toEqual({ loaded: [], open: [], status, traceparent: "undefined" });
	expect(medianMs).toBeLessThan(1);
	// And switched on it does load it, so that the first half of this says something.
	const on = await runHost(environment(collector), script);
	expect(JSON.parse(on.stdout).loaded.length).toBeGreaterThan(10);
});
