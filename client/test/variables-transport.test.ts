import { afterAll, expect, test } from "vitest";
import { openCollector, type Signal } from "./collector.ts";
import { emitted } from "./emit-everything.ts";
import { type Check, effectsOn, notes, sends } from "./variable-effects.ts";

/** Protocols and destinations of OTLP. */
const collector = await openCollector();
const other = await openCollector();
afterAll(() => Promise.all([collector.close(), other.close()]));
const f = effectsOn(() => collector);

/** The protocol of each signal: gRPC, or the content type over HTTP. */
const wire =
	(logs: string, metrics: string, traces: string): Check =>
	({ received }) =>
		expect(
			Object.fromEntries(
				received.map(({ signal, transport, headers }) => [signal, transport === "grpc" ? "grpc" : headers["content-type"]]),
			),
		).toEqual({ logs, metrics, traces });
const [json, protobuf] = ["application/json", "application/x-protobuf"];

f("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", wire(protobuf, protobuf, protobuf));
f("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", wire(json, json, json));
f("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", wire("grpc", "grpc", "grpc"), { OTEL_EXPORTER_OTLP_ENDPOINT: collector.grpc });
f("OTEL_EXPORTER_OTLP_PROTOCOL", "", wire(protobuf, protobuf, protobuf));
const words = "is none of grpc, http/json, http/protobuf; it counts as not set";
f(
	"OTEL_EXPORTER_OTLP_PROTOCOL",
	"http",
	notes(`cannot use OTEL_EXPORTER_OTLP_PROTOCOL: "http" ${words}`, wire(protobuf, protobuf, protobuf)),
);
f("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/json", wire(protobuf, json, protobuf));
f("OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "grpc", wire("grpc", protobuf, protobuf), {
	OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: collector.grpc,
});
f("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json", wire(protobuf, protobuf, json));
f(
	"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
	"json",
	notes(`cannot use OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "json" ${words}`, wire(protobuf, protobuf, protobuf)),
);

const paths =
	(...expected: string[]): Check =>
	({ received }) =>
		expect(received.map(({ path }) => path).sort()).toEqual(expected);
f("OTEL_EXPORTER_OTLP_ENDPOINT", `${collector.http}/`, paths("/v1/logs", "/v1/metrics", "/v1/traces"));
f("OTEL_EXPORTER_OTLP_ENDPOINT", `${collector.http}/loom/`, paths("/loom/v1/logs", "/loom/v1/metrics", "/loom/v1/traces"));
const address = "it has to be an address with http:// or https://";
f("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", ({ notes: all, received }) => {
	expect(received).toEqual([]);
	expect(all).toEqual(
		["metrics", "logs", "traces"].map(
			(signal) => `cannot send ${signal}: OTEL_EXPORTER_OTLP_ENDPOINT is "collector:4318"; ${address}`,
		),
	);
});
// Unchanged: nothing is appended, and a secret in it is not repeated.
f("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", `${collector.http}/metrics`, paths("/metrics", "/v1/logs", "/v1/traces"));
f("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", `${collector.http}/logs/`, paths("/logs/", "/v1/metrics", "/v1/traces"));
f("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", collector.http, paths("/", "/v1/logs", "/v1/metrics"));
f(
	"OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
	"ftp://eve:secret@loom",
	notes(`cannot send logs: OTEL_EXPORTER_OTLP_LOGS_ENDPOINT is "ftp://loom"; ${address}`, paths("/v1/metrics", "/v1/traces")),
);

/** The header `a` of each signal. */
const headers =
	(logs: string | undefined, metrics: string | undefined, traces: string | undefined, name = "a"): Check =>
	(all) =>
		expect((["logs", "metrics", "traces"] as Signal[]).map((signal) => all.of(signal)[0]?.headers[name])).toEqual([
			logs,
			metrics,
			traces,
		]);
const both =
	(...checks: Check[]): Check =>
	(all) => {
		for (const check of checks) check(all);
	};
f(
	"OTEL_EXPORTER_OTLP_HEADERS",
	"a=1, authorization = Bearer x==,b=%2C",
	both(
		sends("logs", "metrics", "traces"),
		headers("1", "1", "1"),
		headers("Bearer x==", "Bearer x==", "Bearer x==", "authorization"),
		headers(",", ",", ",", "b"),
	),
);
const general = { OTEL_EXPORTER_OTLP_HEADERS: "a=1,b=2" };
f("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "a=3", both(headers("1", "3", "1"), headers("2", "2", "2", "b")), general);
f("OTEL_EXPORTER_OTLP_LOGS_HEADERS", "a=3", headers("3", "1", "1"), general);
f("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "a=3", headers("1", "1", "3"), general);
f("OTEL_EXPORTER_OTLP_HEADERS", "a=1", headers("1", "1", "1"), {
	OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
	OTEL_EXPORTER_OTLP_ENDPOINT: collector.grpc,
});
f(
	"OTEL_EXPORTER_OTLP_HEADERS",
	"a b=1,a=2",
	notes(
		'cannot use entry 1 of OTEL_EXPORTER_OTLP_HEADERS, "a b": HTTP has no such header; it is left out',
		headers("2", "2", "2"),
	),
);
f(
	"OTEL_EXPORTER_OTLP_HEADERS",
	"b=%0A,a=2",
	notes('cannot use entry 1 of OTEL_EXPORTER_OTLP_HEADERS, "b": HTTP has no such header; it is left out', headers("2", "2", "2")),
);
f(
	"OTEL_EXPORTER_OTLP_HEADERS",
	"secret",
	notes(
		"cannot use entry 1 of OTEL_EXPORTER_OTLP_HEADERS: it has to be key=value, and a comma inside a value %2C; it is left out",
	),
);

const packed = (logs?: string, metrics?: string, traces?: string) => headers(logs, metrics, traces, "content-encoding");
f("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip", both(packed("gzip", "gzip", "gzip"), sends("logs", "metrics", "traces")));
f("OTEL_EXPORTER_OTLP_COMPRESSION", "none", packed());
f("OTEL_EXPORTER_OTLP_METRICS_COMPRESSION", "gzip", packed(undefined, "gzip"));
f("OTEL_EXPORTER_OTLP_LOGS_COMPRESSION", "none", packed(undefined, "gzip", "gzip"), { OTEL_EXPORTER_OTLP_COMPRESSION: "gzip" });
f("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "gzip", packed(undefined, undefined, "gzip"));
f("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip", headers("gzip", "gzip", "gzip", "grpc-encoding"), {
	OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
	OTEL_EXPORTER_OTLP_ENDPOINT: collector.grpc,
});
f(
	"OTEL_EXPORTER_OTLP_LOGS_COMPRESSION",
	"zstd",
	notes('cannot use OTEL_EXPORTER_OTLP_LOGS_COMPRESSION: "zstd" is none of gzip, none; it counts as not set', packed()),
);

test("bodies have a length: some receivers refuse those that come in chunks", async () => {
	for (const compression of ["none", "gzip"]) {
		const { received } = await emitted(collector, { OTEL_EXPORTER_OTLP_COMPRESSION: compression });
		for (const { headers: all, bytes } of received)
			expect([all["content-length"], all["transfer-encoding"]]).toEqual([String(bytes.length), undefined]);
	}
});

/** The receiver never answers: those signals are given up by themselves, the others only when all time is over. */
const late = (name: string, ...signals: Signal[]) =>
	test(`${name}=100`, async () => {
		other.reply = () => ({ never: true });
		const { status } = await emitted(other, { [name]: "100", CLAUDE_CODE_OTEL_SHUTDOWN_TIMEOUT_MS: "400" });
		for (const signal of ["logs", "metrics", "traces"] as const) {
			const why = signals.includes(signal) ? "the receiver did not answer in time" : "there was no time left to send it";
			expect(status[signal]?.lastError).toBe(why);
		}
	});
late("OTEL_EXPORTER_OTLP_TIMEOUT", "logs", "metrics", "traces");
late("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "metrics");
late("OTEL_EXPORTER_OTLP_LOGS_TIMEOUT", "logs");
late("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "traces");
f(
	"OTEL_EXPORTER_OTLP_TIMEOUT",
	"10s",
	notes('cannot use OTEL_EXPORTER_OTLP_TIMEOUT: "10s" is not a whole number from 1 to 2147483647; 10000 is used'),
);

/** An address without a scheme is spoken to without TLS only if it may be. */
const schemeless = {
	OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
	OTEL_EXPORTER_OTLP_ENDPOINT: collector.grpc.replace("http://", ""),
	CLAUDE_CODE_OTEL_SHUTDOWN_TIMEOUT_MS: "3000",
};
const refused = { ...schemeless, CLAUDE_CODE_OTEL_SHUTDOWN_TIMEOUT_MS: "300" };
f("OTEL_EXPORTER_OTLP_INSECURE", "true", sends("logs", "metrics", "traces"), schemeless);
f("OTEL_EXPORTER_OTLP_INSECURE", "", sends(), refused);
f("OTEL_EXPORTER_OTLP_METRICS_INSECURE", "true", sends("metrics"), schemeless);
f("OTEL_EXPORTER_OTLP_LOGS_INSECURE", "true", sends("logs"), schemeless);
f("OTEL_EXPORTER_OTLP_TRACES_INSECURE", "false", sends("logs", "metrics"), { ...schemeless, OTEL_EXPORTER_OTLP_INSECURE: "1" });
f(
	"OTEL_EXPORTER_OTLP_INSECURE",
	"plain",
	notes("cannot use OTEL_EXPORTER_OTLP_INSECURE: it says neither 1 nor 0; it counts as 0"),
	refused,
);
