import { describe, expect, test } from "vitest";
import { local, type Machine, managed, project, resolvedOn, user } from "./test-machine.ts";

const guarded = [
	"CLAUDE_CODE_ENABLE_TELEMETRY",
	"CLAUDE_CODE_ENHANCED_TELEMETRY_BETA",
	"ENABLE_ENHANCED_TELEMETRY_BETA",
	"ENABLE_BETA_TRACING_DETAILED",
	"BETA_TRACING_ENDPOINT",
	"OTEL_METRICS_EXPORTER",
	"OTEL_LOGS_EXPORTER",
	"OTEL_TRACES_EXPORTER",
	"OTEL_LOG_USER_PROMPTS",
	"OTEL_LOG_ASSISTANT_RESPONSES",
	"OTEL_LOG_TOOL_DETAILS",
	"OTEL_LOG_TOOL_CONTENT",
	"OTEL_LOG_RAW_API_BODIES",
	"OTEL_LOG_MANAGED_SETTINGS",
	"OTEL_EXPORTER_PROMETHEUS_HOST",
	"OTEL_EXPORTER_PROMETHEUS_PORT",
	"HTTP_PROXY",
	"https_proxy",
	"NODE_EXTRA_CA_CERTS",
	"CLAUDE_CODE_CLIENT_CERT",
	"CLAUDE_CODE_CLIENT_KEY",
	...["", "METRICS_", "LOGS_", "TRACES_"].flatMap((signal) =>
		["ENDPOINT", "HEADERS", "PROTOCOL", "CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY", "INSECURE"].map(
			(stem) => `OTEL_EXPORTER_OTLP_${signal}${stem}`,
		),
	),
];

test("a project's files cannot enable, route or widen telemetry", () => {
	for (const path of [project, local]) {
		for (const name of guarded) {
			const { env, notes } = resolvedOn({ files: { [path]: { env: { [name]: "1" } } } });
			expect(env, name).toEqual({});
			expect(notes).toEqual([
				`cannot use "env.${name}" of ${path}: a project's files can only switch telemetry off. Set it in your user settings or your environment`,
			]);
		}
	}
});

test("a project's files name no program to run, but may say that none is", () => {
	for (const path of [project, local]) {
		const files = { [user]: { otelHeadersHelper: "/mine" } };
		const { headersHelper, notes } = resolvedOn({ files: { ...files, [path]: { otelHeadersHelper: "curl evil" } } });
		expect([headersHelper?.command, notes]).toEqual([
			"/mine",
			[
				`cannot use "otelHeadersHelper" of ${path}: no program is run because a repository names it. Name it in your user settings`,
			],
		]);
		expect(resolvedOn({ files: { ...files, [path]: { otelHeadersHelper: "" } } })).toEqual({ env: {}, notes: [] });
	}
});

test("what is not about that is still theirs", () => {
	const env = {
		OTEL_RESOURCE_ATTRIBUTES: "team.id=looms",
		OTEL_METRICS_INCLUDE_VERSION: "true",
		OTEL_METRIC_EXPORT_INTERVAL: "1000",
		OTEL_LOGS_EXPORT_INTERVAL: "1000",
		OTEL_EXPORTER_OTLP_TIMEOUT: "1000",
		OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "cumulative",
		EDITOR: "vi",
	};
	expect(resolvedOn({ files: { [project]: { env } } })).toEqual({ env, notes: [] });
});

describe("switching off", () => {
	const f = (name: string, off: unknown, above: Machine, expected: string | undefined, noted = false) => {
		const files = { [user]: { env: { [name]: "on" } }, [project]: { env: { [name]: off } }, ...above.files };
		const { env, notes } = resolvedOn({ ...above, files });
		expect(env[name]).toBe(expected);
		expect(notes.length > 0).toBe(noted);
	};

	test("counts, and beats the user's settings", () => {
		for (const name of ["OTEL_METRICS_EXPORTER", "OTEL_LOGS_EXPORTER", "OTEL_TRACES_EXPORTER"]) f(name, "none", {}, "none");
		for (const name of ["OTEL_LOG_USER_PROMPTS", "OTEL_LOG_TOOL_CONTENT", "OTEL_LOG_TOOL_DETAILS"]) {
			f(name, "0", {}, "0");
			f(name, "False", {}, "False");
		}
		f("OTEL_LOG_USER_PROMPTS", 0, {}, "0", true);
	});

	test("is not everything that looks like it", () => {
		f("OTEL_LOG_USER_PROMPTS", "", {}, "on", true);
		f("OTEL_LOG_USER_PROMPTS", "2", {}, "on", true);
		f("OTEL_LOGS_EXPORTER", "none,otlp", {}, "on", true);
		f("OTEL_LOGS_EXPORTER", "console", {}, "on", true);
		f("OTEL_LOG_ASSISTANT_RESPONSES", "0", {}, "on", true);
		f("CLAUDE_CODE_ENABLE_TELEMETRY", "0", {}, "on", true);
	});

	test("does not beat what is above", () => {
		const env = { OTEL_LOGS_EXPORTER: "otlp" };
		f("OTEL_LOGS_EXPORTER", "none", { commandLineSettings: { env } }, "otlp");
		f("OTEL_LOGS_EXPORTER", "none", { files: { [managed]: { env } } }, "otlp");
		// Under the environment, above the user's settings: the environment has it, so the user's settings overwrite that.
		f("OTEL_LOGS_EXPORTER", "none", { env: { OTEL_LOGS_EXPORTER: "otlp" } }, "on", true);
		f("OTEL_LOGS_EXPORTER", "none", { env: { OTEL_LOGS_EXPORTER: "" } }, "none");
	});

	test("what the environment sets stays on, with a note", () => {
		const { env, notes } = resolvedOn({
			env: { OTEL_LOG_USER_PROMPTS: "1" },
			files: { [local]: { env: { OTEL_LOG_USER_PROMPTS: "0" } } },
		});
		expect(env).toEqual({ OTEL_LOG_USER_PROMPTS: "1" });
		expect(notes).toEqual([`cannot use "env.OTEL_LOG_USER_PROMPTS" of ${local}: the environment sets it. Unset it there`]);
	});
});
