import { afterAll, beforeAll, expect, test } from "vitest";
import { type Collector, openCollector } from "./collector.ts";
import { type Emitted, emitted, environment, open, sayAll, until } from "./emit-everything.ts";
import { effectsOn, has, notes, sends, signalsOf, without } from "./variable-effects.ts";

/** Signals that are sent, their destinations and intervals; and related variables that change nothing. */
let collector: Collector;
beforeAll(async () => {
	collector = await openCollector();
});
afterAll(() => collector.close());

const f = effectsOn(() => collector);
const all = sends("logs", "metrics", "traces");

f("CLAUDE_CODE_ENABLE_TELEMETRY", "1", all);
f("CLAUDE_CODE_ENABLE_TELEMETRY", "true", all);
f("CLAUDE_CODE_ENABLE_TELEMETRY", "0", sends());
f("CLAUDE_CODE_ENABLE_TELEMETRY", "", sends());
f(
	"CLAUDE_CODE_ENABLE_TELEMETRY",
	"maybe",
	notes("cannot use CLAUDE_CODE_ENABLE_TELEMETRY: it says neither 1 nor 0; it counts as 0"),
);
f("CLAUDE_CODE_ENHANCED_TELEMETRY_BETA", "0", sends("logs", "metrics"));
f("ENABLE_ENHANCED_TELEMETRY_BETA", "1", all, { CLAUDE_CODE_ENHANCED_TELEMETRY_BETA: "" });
f(
	"ENABLE_ENHANCED_TELEMETRY_BETA",
	"yes please",
	notes("cannot use ENABLE_ENHANCED_TELEMETRY_BETA: it says neither 1 nor 0; it counts as 0"),
	{ CLAUDE_CODE_ENHANCED_TELEMETRY_BETA: "" },
);

// Hooks' spans, and content in spans, come with detailed tracing only.
f("ENABLE_BETA_TRACING_DETAILED", "1", has("claude_code.hook", {}));
f("ENABLE_BETA_TRACING_DETAILED", "", (emitted) => {
	without("claude_code.hook")(emitted);
	without("system_prompt")(emitted);
});
f("ENABLE_BETA_TRACING_DETAILED", "1", has("system_prompt", {}), {
	OTEL_LOG_USER_PROMPTS: "1",
});

test("BETA_TRACING_ENDPOINT takes logs and traces away, without the headers of the configured receiver", async () => {
	const beta = await openCollector();
	const more = { ENABLE_BETA_TRACING_DETAILED: "1", OTEL_EXPORTER_OTLP_HEADERS: "authorization=secret" };
	const { received } = await emitted(collector, { ...more, BETA_TRACING_ENDPOINT: beta.http });
	const paths = (of: Collector["received"] | Emitted["received"]) =>
		[...of].map(({ path, headers }) => [path, headers["authorization"]]).sort();
	expect(paths(received)).toEqual([["/v1/metrics", "secret"]]);
	expect(paths(beta.received)).toEqual([
		["/v1/logs", undefined],
		["/v1/traces", undefined],
	]);
	await beta.close();
});
f("BETA_TRACING_ENDPOINT", "http://127.0.0.1:1", all);
f(
	"BETA_TRACING_ENDPOINT",
	"somewhere",
	({ notes, received }) => {
		expect(notes).toEqual([
			'cannot send logs: BETA_TRACING_ENDPOINT is "somewhere"; it has to be an address with http:// or https://',
			'cannot send traces: BETA_TRACING_ENDPOINT is "somewhere"; it has to be an address with http:// or https://',
		]);
		expect(received.map(({ signal }) => signal)).toEqual(["metrics"]);
	},
	{ ENABLE_BETA_TRACING_DETAILED: "1" },
);
// Only a host shows surveys; what it reports of them is an event like any other.
f("CLAUDE_CODE_ENABLE_FEEDBACK_SURVEY_FOR_OTEL", "1", all);

f("OTEL_METRICS_EXPORTER", "none", sends("logs", "traces"));
f("OTEL_METRICS_EXPORTER", "", sends("logs", "traces"));
f("OTEL_LOGS_EXPORTER", "none", sends("metrics", "traces"));
f("OTEL_TRACES_EXPORTER", "none", sends("logs", "metrics"));
f("OTEL_LOGS_EXPORTER", "otlp,none", sends("metrics", "traces"));
f(
	"OTEL_LOGS_EXPORTER",
	"otpl",
	notes('cannot use "otpl" of OTEL_LOGS_EXPORTER: known are otlp, console, none; it is left out', (emitted) =>
		expect(signalsOf(emitted)).toEqual(["metrics", "traces"]),
	),
);
f(
	"OTEL_TRACES_EXPORTER",
	"otlp, prometheus",
	notes('cannot use "prometheus" of OTEL_TRACES_EXPORTER: known are otlp, console, none; it is left out', (emitted) =>
		expect(signalsOf(emitted)).toEqual(["logs", "metrics", "traces"]),
	),
);

/** Sent while the agent is at work, not at its end. */
const interval = (name: string, signal: string) => {
	test(`${name}=50: it is sent within that time`, async () => {
		collector.received.length = 0;
		const telemetry = open({ ...environment(collector), [name]: "50" });
		sayAll(telemetry);
		await until(() => collector.received.length > 0);
		expect(collector.received.map((request) => request.signal)).toEqual([signal]);
		await telemetry.shutdown();
	});
	f(
		name,
		"1.5 s",
		notes(
			`cannot use ${name}: "1.5 s" is not a whole number from 1 to 2147483647; ${signal === "metrics" ? 60000 : 5000} is used`,
		),
	);
	f(
		name,
		"0",
		notes(`cannot use ${name}: "0" is not a whole number from 1 to 2147483647; ${signal === "metrics" ? 60000 : 5000} is used`),
	);
};
interval("OTEL_METRIC_EXPORT_INTERVAL", "metrics");
interval("OTEL_LOGS_EXPORT_INTERVAL", "logs");
interval("OTEL_TRACES_EXPORT_INTERVAL", "traces");

const temporality = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE";
const kinds = (expected: number) => (emitted: Emitted) =>
	expect(emitted.records.find(({ signal }) => signal === "metrics")?.more).toMatchObject({ temporality: expected, value: 120 });
f(temporality, "", kinds(1));
f("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta", kinds(1));
f(temporality, "Cumulative", kinds(2));
f(temporality, "lowmemory", kinds(1));
f(
	temporality,
	"both",
	notes(`cannot use ${temporality}: "both" is none of delta, cumulative, lowmemory; it counts as not set`, kinds(1)),
);

const same = (name: string, value: string) => f(name, value, all);
same("DISABLE_TELEMETRY", "1");
same("DO_NOT_TRACK", "1");
same("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1");
same("CLAUDE_CODE_MAX_RETRIES", "3");
same("CLAUDE_CODE_RETRY_WATCHDOG", "1");
f("DISABLE_ERROR_REPORTING", "", has("internal_error", {}));
f("DISABLE_ERROR_REPORTING", "1", (emitted) => {
	all(emitted);
	without("internal_error")(emitted);
});
f("CLAUDE_CODE_REMOTE_SESSION_ID", "s-1", has("claude_code.token.usage", { "ccr.session.id": "string s-1" }));
f("ANTHROPIC_BASE_URL", "http://gateway", has("claude_code.token.usage", { "anthropic.custom_base_url": "bool true" }));
