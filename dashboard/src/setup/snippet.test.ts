import type { Listener } from "@purser/api";
import { describe, expect, it } from "vitest";
import { composeFor, endpointFor, onlyLocal, type Protocol, snippetFor, type Wanted } from "./snippet.ts";

const listeners = (grpc: string, http: string, tls = false): Listener[] => [
	{ name: "grpc", address: grpc, tls },
	{ name: "http", address: http, tls },
];

describe("where to send to", () => {
	const f = (protocol: Protocol, open: Listener[], host: string, expected: string) =>
		it(`${protocol} at ${open[0]?.address} from ${host}`, () => expect(endpointFor(protocol, open, host)).toBe(expected));
	const local = listeners("127.0.0.1:4317", "127.0.0.1:4318");
	f("grpc", local, "localhost", "http://localhost:4317");
	f("http/protobuf", local, "127.0.0.1", "http://127.0.0.1:4318");
	f("http/json", listeners("0.0.0.0:14317", "0.0.0.0:14318"), "purser.example.com", "http://purser.example.com:14318");
	f("grpc", listeners("[::]:4317", "[::]:4318", true), "purser.example.com", "https://purser.example.com:4317");
	f("grpc", listeners("[::]:4317", "[::]:4318"), "fd00::7", "http://[fd00::7]:4317");
	f("grpc", listeners("10.0.0.5:4317", "10.0.0.5:4318"), "purser.example.com", "http://10.0.0.5:4317");
	f("grpc", [], "", "http://localhost:4317");
	it("says when a listener is out of the reader's reach", () => {
		expect(onlyLocal("grpc", local, "purser.example.com")).toBe(true);
		expect(onlyLocal("grpc", local, "localhost")).toBe(false);
		expect(onlyLocal("grpc", listeners("0.0.0.0:4317", "0.0.0.0:4318"), "purser.example.com")).toBe(false);
	});
});

describe("what to paste", () => {
	const wanted: Wanted = { protocol: "grpc", endpoint: "http://localhost:4317", keyRequired: false, debugging: false };
	it("a shell", () =>
		expect(snippetFor("shell", wanted)).toBe(
			[
				"export CLAUDE_CODE_ENABLE_TELEMETRY=1",
				"export OTEL_METRICS_EXPORTER=otlp",
				"export OTEL_LOGS_EXPORTER=otlp",
				"export OTEL_EXPORTER_OTLP_PROTOCOL=grpc",
				"export OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4317",
				"claude",
			].join("\n"),
		));
	it("PowerShell", () => expect(snippetFor("powershell", wanted)).toContain('$env:OTEL_EXPORTER_OTLP_PROTOCOL = "grpc"'));
	it("managed settings are JSON with an env object of strings", () => {
		const { env, ...rest } = JSON.parse(snippetFor("managed", { ...wanted, debugging: true })) as { env: Record<string, string> };
		expect(rest).toEqual({});
		expect(env).toMatchObject({
			CLAUDE_CODE_ENABLE_TELEMETRY: "1",
			OTEL_METRIC_EXPORT_INTERVAL: "10000",
			OTEL_LOGS_EXPORT_INTERVAL: "2000",
		});
	});
	it("a key is quoted, because a shell reads < and spaces otherwise", () => {
		const keyed = { ...wanted, keyRequired: true };
		expect(snippetFor("shell", keyed)).toContain('export OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer <ingest key>"');
		expect(snippetFor("container", keyed)).toContain('ENV OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer <ingest key>"');
	});
	it("Compose takes a map of strings", () => expect(composeFor(wanted)).toContain('  CLAUDE_CODE_ENABLE_TELEMETRY: "1"'));
	it("content is never asked for", () => {
		for (const place of ["shell", "powershell", "managed", "container"] as const)
			expect(snippetFor(place, wanted)).not.toContain("OTEL_LOG_");
	});
});
