import { setTimeout as sleep } from "node:timers/promises";
import { createTelemetry, type SpanHandle, type Status, type Telemetry, type TelemetryOptions } from "../src/index.ts";
import type { Collector, Received, Signal } from "./collector.ts";
import { type Attributes, recordsOf, type SeenRecord } from "./records.ts";

export type Env = Readonly<Record<string, string>>;

/** Everything on, over HTTP, to that receiver. */
export const environment = (collector: Collector): Env => ({
	CLAUDE_CODE_ENABLE_TELEMETRY: "1",
	CLAUDE_CODE_ENHANCED_TELEMETRY_BETA: "1",
	OTEL_METRICS_EXPORTER: "otlp",
	OTEL_LOGS_EXPORTER: "otlp",
	OTEL_TRACES_EXPORTER: "otlp",
	OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
	OTEL_EXPORTER_OTLP_ENDPOINT: collector.http,
});

/** An agent that is no person's. */
export const open = (env: Env, options: TelemetryOptions = {}): Telemetry =>
	createTelemetry({ settings: false, env, identity: { userId: "ada" }, service: { version: "2.1.329" }, ...options });

/** A little of everything, so that each variable has something to change. */
export function sayAll(telemetry: Telemetry): SpanHandle {
	telemetry.startPrompt("prompt-1");
	telemetry.tokenUsage.add(120, { type: "input", model: "claude-opus-5-5", "mcp_server.name": "wiki" });
	const interaction = telemetry.interaction({ user_prompt: "Load the loom" });
	telemetry.userPrompt({ prompt: "Load the loom", prompt_length: 13 }, { span: interaction });
	telemetry.assistantResponse({ response: "It is loaded", response_length: 12 });
	telemetry.toolResult({ tool_name: "Bash", success: true, tool_parameters: '{"bash_command":"weave"}' });
	telemetry.apiRequestBody({ body: JSON.stringify({ text: "x".repeat(100) }), model: "claude-opus-5-5" });
	telemetry.managedSettingsResolved({ "managed_settings.settings": '{"env":{}}' });
	telemetry.internalError({ error_name: "TypeError" });
	telemetry.systemPrompt({});
	const tool = telemetry.tool({ tool_name: "Read", file_path: "/loom/shuttle.ts" }, { parent: interaction });
	tool.event("tool.output", { content: "what the file says" });
	tool.end();
	telemetry.hook({ hook_event: "PreToolUse" }, { parent: interaction }).end();
	interaction.end();
	return interaction;
}

export type Emitted = {
	readonly received: readonly Received[];
	readonly records: readonly SeenRecord[];
	readonly status: Status;
	readonly notes: readonly string[];
	/** The attributes of the first record of that name: an event's, a metric's or a span's. */
	readonly attributes: (name: string) => Attributes | undefined;
	readonly of: (signal: Signal) => readonly Received[];
};

/** Returns the records that arrive when an agent in that environment has emitted a little of everything and ended. */
export async function emitted(
	collector: Collector,
	env: Env,
	options?: TelemetryOptions,
	say: (telemetry: Telemetry) => unknown = sayAll,
): Promise<Emitted> {
	collector.received.length = 0;
	const telemetry = open({ ...environment(collector), ...env }, options);
	say(telemetry);
	await telemetry.shutdown();
	return seen(collector, telemetry);
}

export function seen(collector: Collector, telemetry: Telemetry): Emitted {
	const received = [...collector.received];
	const records = received.flatMap(recordsOf);
	const named = (name: string) => records.find((record) => [name, `string claude_code.${name}`].includes(record.name));
	const status = telemetry.status();
	return {
		received,
		records,
		status,
		notes: status.notes,
		attributes: (name) => named(name)?.attributes,
		of: (signal) => received.filter((request) => request.signal === signal),
	};
}

/** Waits until it is so, at most ten seconds. */
export async function until(isSo: () => unknown, what = String(isSo)): Promise<void> {
	for (const end = performance.now() + 10_000; !isSo(); await sleep(10)) {
		if (performance.now() > end) throw new Error(`it did not come about: ${what}`);
	}
}
