/**
 * Measures the cost of one event, one counter addition and one span for the agent that reports them: time, and memory until
 * they are sent.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { createTelemetry, type Telemetry } from "../client/src/index.ts";
import { print, quantile, rounded } from "./table.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "30" } } });
const perRound = 2000;
const maxQueueSize = 1_000_000;
const receiver = createServer((request, response) => request.resume().on("end", () => response.end())).listen(0, "127.0.0.1");
await new Promise((resolve) => receiver.once("listening", resolve));
const on = {
	CLAUDE_CODE_ENABLE_TELEMETRY: "1",
	CLAUDE_CODE_ENHANCED_TELEMETRY_BETA: "1",
	OTEL_METRICS_EXPORTER: "otlp",
	OTEL_LOGS_EXPORTER: "otlp",
	OTEL_TRACES_EXPORTER: "otlp",
	OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
	CLAUDE_CODE_OTEL_FLUSH_TIMEOUT_MS: "60000",
};

const request = { model: "claude-opus-5-5", input_tokens: 120, output_tokens: 800, cost_usd: 0.0123, duration_ms: 4200 };
const acts: Readonly<Record<string, (telemetry: Telemetry) => void>> = {
	"one event": (telemetry) => telemetry.apiRequest(request),
	"one addition": (telemetry) => telemetry.tokenUsage.add(120, { type: "input", model: "claude-opus-5-5", query_source: "main" }),
	"one span": (telemetry) => telemetry.llmRequest({ model: "claude-opus-5-5" }).end({ output_tokens: 800, success: true }),
};

const identity = { userId: "0".repeat(64) };
const startMs = (env: Record<string, string>): number => {
	const begin = performance.now();
	createTelemetry({ env, settings: false, identity });
	return performance.now() - begin;
};
const rows = [];
for (const [name, env] of [
	["off", {}],
	["on", on],
] as const) {
	const first = startMs(env);
	const later = quantile(
		Array.from({ length: 30 }, () => startMs(env)),
		0.5,
	);
	rows.push({
		telemetry: name,
		what: "createTelemetry",
		µs: rounded(later * 1000, 0),
		"first, µs": rounded(first * 1000, 0),
		bytes: "",
	});
	for (const [what, act] of Object.entries(acts)) {
		const telemetry = createTelemetry({ env, settings: false, identity, maxQueueSize });
		const [micros, bytes]: number[][] = [[], []];
		for (let round = 0; round < Number(values.rounds); round++) {
			globalThis.gc?.();
			const heap = process.memoryUsage().heapUsed;
			const begin = performance.now();
			for (let n = 0; n < perRound; n++) act(telemetry);
			micros!.push(((performance.now() - begin) * 1000) / perRound);
			globalThis.gc?.();
			bytes!.push((process.memoryUsage().heapUsed - heap) / perRound);
			await telemetry.flush();
		}
		const kept = globalThis.gc ? rounded(Math.max(0, quantile(bytes!, 0.5)), 0) : "with --expose-gc";
		rows.push({ telemetry: name, what, µs: rounded(quantile(micros!, 0.5), 3), "first, µs": "", bytes: kept });
		await telemetry.shutdown();
	}
}
receiver.close();
receiver.closeAllConnections();
print("client", rows);
