import { describe, expect, test } from "vitest";
import { local, managed, resolvedOn, user } from "./test-machine.ts";

const prefix = "OTEL_EXPORTER_OTLP_";
const signals = ["", "METRICS_", "LOGS_", "TRACES_"];
const stems = ["ENDPOINT", "PROTOCOL", "HEADERS", "CLIENT_KEY", "CLIENT_CERTIFICATE"];
const developer = Object.fromEntries([
	...signals.flatMap((signal) => stems.map((stem) => [`${prefix}${signal}${stem}`, "developer"])),
	["BETA_TRACING_ENDPOINT", "developer"],
	["ENABLE_BETA_TRACING_DETAILED", "1"],
]);
const endpoints = ["ENDPOINT", "METRICS_ENDPOINT", "LOGS_ENDPOINT", "TRACES_ENDPOINT"];
const perSignal = (stem: string) => [`METRICS_${stem}`, `LOGS_${stem}`, `TRACES_${stem}`];
const beta = "BETA_TRACING_ENDPOINT";

/** Settings that a developer loses to these managed settings; each with one note. */
const f = (settings: { env?: Record<string, string>; otelHeadersHelper?: string }, expected: readonly string[]) => {
	const { env, notes } = resolvedOn({ files: { [user]: { env: developer }, [managed]: settings } });
	const lost = Object.keys(developer).filter((name) => !(name in env));
	const named = expected.map((name) => (name === beta ? name : `${prefix}${name}`));
	expect(lost.toSorted()).toEqual(named.toSorted());
	expect(notes).toHaveLength(lost.length);
	for (const name of lost) expect(notes.filter((note) => note.startsWith(`cannot use ${name} of ${user}: `))).toHaveLength(1);
	for (const [name, value] of Object.entries(settings.env ?? {})) expect(env[name] ?? "").toBe(value);
};
const g = (name: string, expected: readonly string[], value = "managed") => f({ env: { [name]: value } }, expected);

describe("what managed settings take from developers", () => {
	test("nothing without a reason", () => {
		f({}, []);
		g("OTEL_RESOURCE_ATTRIBUTES", []);
		g("OTEL_METRICS_EXPORTER", [], "none");
		g("OTEL_LOGS_EXPORTER", [], "otlp");
		g("OTEL_LOGS_EXPORTER", [], "console,otlp");
		g("CLAUDE_CODE_ENABLE_TELEMETRY", [], "1");
		g(`${prefix}METRICS_PROTOCOL`, []);
		g(`${prefix}TIMEOUT`, []);
	});

	test("the endpoint: every signal's", () => g(`${prefix}ENDPOINT`, [...perSignal("ENDPOINT"), beta]));

	test("the protocol: every signal's", () => g(`${prefix}PROTOCOL`, perSignal("PROTOCOL")));

	test("credentials: every signal's, and every endpoint, so that they go nowhere else", () => {
		for (const stem of ["HEADERS", "CLIENT_KEY", "CLIENT_CERTIFICATE"]) {
			g(`${prefix}${stem}`, [...perSignal(stem), ...endpoints, beta]);
		}
	});

	test("credentials of one signal: that signal's endpoint", () => {
		for (const stem of ["HEADERS", "CLIENT_KEY", "CLIENT_CERTIFICATE"]) {
			g(`${prefix}METRICS_${stem}`, ["METRICS_ENDPOINT"]);
			g(`${prefix}LOGS_${stem}`, ["LOGS_ENDPOINT", beta]);
			g(`${prefix}TRACES_${stem}`, ["TRACES_ENDPOINT", beta]);
		}
	});

	test("where detailed tracing goes: whenever logs or traces are decided", () => {
		g(`${prefix}METRICS_ENDPOINT`, []);
		g(`${prefix}LOGS_ENDPOINT`, [beta]);
		g(`${prefix}TRACES_ENDPOINT`, [beta]);
		f({ otelHeadersHelper: "/helper" }, [beta]);
		for (const name of ["OTEL_LOGS_EXPORTER", "OTEL_TRACES_EXPORTER"]) {
			for (const value of ["none", "console", "", "console, none"]) g(name, [beta], value);
		}
		for (const value of ["0", "false", "", "off"]) g("CLAUDE_CODE_ENABLE_TELEMETRY", [beta], value);
	});

	test("an empty endpoint or credential decides nothing", () => {
		for (const stem of ["PROTOCOL", "HEADERS", "LOGS_ENDPOINT", "TRACES_HEADERS"]) {
			const { env, notes } = resolvedOn({
				files: { [user]: { env: developer }, [managed]: { env: { [`${prefix}${stem}`]: "" } } },
			});
			expect(Object.keys(developer).filter((name) => !(name in env))).toEqual([`${prefix}${stem}`]);
			expect(notes).toEqual([]);
		}
	});
});

test("managed settings' own variables of one signal are kept", () => {
	const env = { [`${prefix}ENDPOINT`]: "http://all", [`${prefix}LOGS_ENDPOINT`]: "http://siem", [beta]: "http://beta" };
	const settled = resolvedOn({ env: developer, files: { [managed]: { env } } });
	expect(settled.env).toMatchObject(env);
	expect(settled.notes.join()).not.toMatch(/cannot use (OTEL_EXPORTER_OTLP_LOGS_ENDPOINT|BETA_TRACING_ENDPOINT)/);
});

test("it holds against the environment, the command line and every file", () => {
	const own = (signal: string) => ({ env: { [`${prefix}${signal}_PROTOCOL`]: "grpc" } });
	const { env, notes } = resolvedOn({
		...own("METRICS"),
		commandLineSettings: own("LOGS"),
		files: { [user]: own("TRACES"), [local]: own("TRACES"), [managed]: { env: { [`${prefix}PROTOCOL`]: "http/protobuf" } } },
	});
	expect(env).toEqual({ [`${prefix}PROTOCOL`]: "http/protobuf" });
	const why = `: ${managed} sets ${prefix}PROTOCOL and locks where telemetry goes. Ask your administrators`;
	expect(notes).toContain(`cannot use ${prefix}METRICS_PROTOCOL of the environment${why}`);
	expect(notes).toContain(`cannot use ${prefix}LOGS_PROTOCOL of --settings${why}`);
	expect(notes).toContain(`cannot use ${prefix}TRACES_PROTOCOL of ${user}${why}`);
	expect(notes).toHaveLength(4);
});

test("a developer may still switch a signal off while its selector is not managed", () => {
	const files = { [managed]: { env: { [`${prefix}ENDPOINT`]: "http://all" } }, [user]: { env: { OTEL_LOGS_EXPORTER: "none" } } };
	expect(resolvedOn({ files }).env).toMatchObject({ OTEL_LOGS_EXPORTER: "none" });
});

test("an empty variable that was lost is not noted", () => {
	const files = { [managed]: { env: { [`${prefix}ENDPOINT`]: "http://all" } } };
	expect(resolvedOn({ env: { [`${prefix}LOGS_ENDPOINT`]: "" }, files }).notes).toEqual([]);
});
