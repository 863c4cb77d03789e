import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import type { Check } from "./check.ts";
import { keyFromHeaders, parseHeaders, readSenderEnvironment } from "./client-environment.ts";
import { environmentChecks, type Target } from "./environment-checks.ts";

const target: Target = { grpcPort: 4317, httpPort: 4318, hosts: new Set(["localhost", "127.0.0.1"]), keysRequired: false };
const right = {
	CLAUDE_CODE_ENABLE_TELEMETRY: "1",
	OTEL_METRICS_EXPORTER: "otlp",
	OTEL_LOGS_EXPORTER: "otlp",
	OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
	OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4317",
};
const checksOf = (variables: Readonly<Record<string, string | undefined>>, at: Target | "none" = target): Check[] => {
	const set = Object.entries(variables).flatMap(([name, value]) =>
		value ? [[name, { value, from: "this shell" }] as const] : [],
	);
	return environmentChecks(new Map(set), at === "none" ? undefined : at);
};

describe("what is wrong with what is set", () => {
	const f = (what: string, changes: Readonly<Record<string, string | undefined>>, detail: RegExp, fix: RegExp, at = target) =>
		it(what, () => {
			const bad = checksOf({ ...right, ...changes }, at).filter(({ state }) => state === "failed");
			expect(bad.length).toBeGreaterThan(0);
			expect(bad[0]!.detail).toMatch(detail);
			expect(bad[0]!.fix).toMatch(fix);
		});
	f("switched off", { CLAUDE_CODE_ENABLE_TELEMETRY: "0" }, /=0/, /restart/);
	f("never switched on", { CLAUDE_CODE_ENABLE_TELEMETRY: undefined }, /not set/, /CLAUDE_CODE_ENABLE_TELEMETRY=1/);
	f("no exporter", { OTEL_LOGS_EXPORTER: undefined }, /cost, tokens/, /OTEL_LOGS_EXPORTER=otlp/);
	f("exporter none", { OTEL_METRICS_EXPORTER: "none" }, /=none/, /OTEL_METRICS_EXPORTER=otlp/);
	f("exporter console", { OTEL_LOGS_EXPORTER: "console" }, /=console/, /=otlp/);
	f("no protocol", { OTEL_EXPORTER_OTLP_PROTOCOL: undefined }, /no default/, /grpc/);
	f("an unknown protocol", { OTEL_EXPORTER_OTLP_PROTOCOL: "http" }, /no protocol/, /http\/protobuf/);
	f(
		"gRPC to the HTTP port",
		{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318" },
		/port of OTLP\/HTTP/,
		/http\/protobuf, or the port .* to 4317/,
	);
	f("HTTP to the gRPC port", { OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" }, /port of OTLP\/gRPC/, /PROTOCOL=grpc/);
	f("a port on which no program listens", { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9999" }, /does not listen/, /4317/);
	f("an endpoint that is none", { OTEL_EXPORTER_OTLP_ENDPOINT: "localhost:4317" }, /no URL/, /http:\/\//);
	f(
		"one signal elsewhere",
		{ OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: "http/json" },
		/port of OTLP\/gRPC/,
		/OTEL_EXPORTER_OTLP_LOGS_PROTOCOL=grpc/,
	);
	f("a key is wanted", {}, /wants an ingest key/, /Authorization=Bearer/, { ...target, keysRequired: true });
	f("headers as in HTTP", { OTEL_EXPORTER_OTLP_HEADERS: "Authorization: Bearer x" }, /name=value/, /Authorization=Bearer/);
});

test("nothing is wrong with what the page says", () => {
	expect(checksOf(right).filter(({ state }) => state !== "ok")).toEqual([]);
	const http = { OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf", OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" };
	expect(checksOf({ ...right, ...http }).filter(({ state }) => state !== "ok")).toEqual([]);
	// Without an endpoint the exporter has one.
	expect(checksOf({ ...right, OTEL_EXPORTER_OTLP_ENDPOINT: undefined }).filter(({ state }) => state !== "ok")).toEqual([]);
});

test("another host, no variables or no server are no failure", () => {
	for (const checks of [
		checksOf({ ...right, OTEL_EXPORTER_OTLP_ENDPOINT: "https://collector.example.com" }),
		checksOf({}),
		checksOf(right, "none"),
	]) {
		expect(checks.filter(({ state }) => state === "failed")).toEqual([]);
		expect(checks.some(({ state }) => state === "note")).toBe(true);
	}
});

test("a key is never shown", () => {
	const checks = checksOf({ ...right, OTEL_EXPORTER_OTLP_HEADERS: "Authorization=Bearer purser_secret" });
	expect(JSON.stringify(checks)).not.toContain("purser_secret");
});

test("settings files win over the shell, and an empty value cancels", () => {
	const home = mkdtempSync(join(tmpdir(), "purser-home-"));
	try {
		mkdirSync(join(home, ".claude"));
		const env = { OTEL_LOGS_EXPORTER: "none", OTEL_METRICS_EXPORTER: "", FOO: "1" };
		writeFileSync(join(home, ".claude/settings.json"), JSON.stringify({ env }));
		const found = readSenderEnvironment(
			{ HOME: home, OTEL_LOGS_EXPORTER: "otlp", OTEL_METRICS_EXPORTER: "otlp", PATH: "/bin" },
			home,
		);
		expect([...found]).toEqual([["OTEL_LOGS_EXPORTER", { value: "none", from: join(home, ".claude/settings.json") }]]);
	} finally {
		rmSync(home, { recursive: true });
	}
});

test("headers as OpenTelemetry writes them", () => {
	expect(parseHeaders("Authorization=Bearer%20a, x-team = b=c ")).toEqual({ authorization: "Bearer a", "x-team": "b=c" });
	expect(parseHeaders("Authorization: Bearer a")).toBeUndefined();
	expect(keyFromHeaders(new Map([["OTEL_EXPORTER_OTLP_HEADERS", { value: "Authorization=Bearer abc", from: "" }]]))).toBe("abc");
});
