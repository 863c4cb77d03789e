import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { type Certificate, hasOpenssl, makeAuthority, tlsOf } from "./certificates.ts";
import { openCollector } from "./collector.ts";
import { openProxy } from "./proxy.ts";
import { type Check, effectsOn } from "./variable-effects.ts";

/** Encrypted receivers, certificates and proxies. */
const none: Certificate = { cert: "", key: "" };
const authority = hasOpenssl ? makeAuthority("loom") : { ...none, sign: () => none };
const stranger = hasOpenssl ? makeAuthority("stranger") : none;
const [ada, grace] = [authority.sign("ada"), authority.sign("grace", "a secret")];
const collector = await openCollector(hasOpenssl ? tlsOf(authority, authority.sign("receiver")) : undefined);
const plain = await openCollector();
const proxy = await openProxy();
afterAll(() => Promise.all([collector.close(), plain.close(), proxy.close()]));
const odd = join(mkdtempSync(join(tmpdir(), "purser-client-odd-")), "odd.pem");
writeFileSync(odd, "-----BEGIN NOTHING-----");

const f: typeof onCollector = (...given) => (hasOpenssl ? onCollector(...given) : test.skip(`${given[0]}: there is no openssl`));
const onCollector = effectsOn(() => collector);
const onPlain = effectsOn(() => plain);

/** The name in the certificate that was shown, for each signal that arrives. */
const shown =
	(expected: object): Check =>
	({ received }) =>
		expect(Object.fromEntries(received.map(({ signal, certificate }) => [signal, certificate]))).toEqual(expected);
const all = (name: string | undefined) => shown({ logs: name, metrics: name, traces: name });
const arrivesNothing = shown({});
const noted =
	(pattern: RegExp): Check =>
	({ notes, received }) => {
		expect(received).toEqual([]);
		expect(notes[0]).toMatch(pattern);
	};

/** Tests in which nothing can arrive wait briefly; those that expect an arrival give a busy machine time. */
const quick = { CLAUDE_CODE_OTEL_SHUTDOWN_TIMEOUT_MS: "500" };
const patient = { CLAUDE_CODE_OTEL_SHUTDOWN_TIMEOUT_MS: "8000" };
/** Tests in which only some signals arrive: the others are retried until the timeout. */
const some = { CLAUDE_CODE_OTEL_SHUTDOWN_TIMEOUT_MS: "3000" };
const trusted = { ...patient, NODE_EXTRA_CA_CERTS: authority.cert };
f("NODE_EXTRA_CA_CERTS", authority.cert, all(undefined), patient);
f("NODE_EXTRA_CA_CERTS", "", arrivesNothing, quick);
f(
	"NODE_EXTRA_CA_CERTS",
	stranger.cert,
	(emitted) => {
		arrivesNothing(emitted);
		expect(emitted.status.logs?.lastError).toMatch(/certificate/);
	},
	quick,
);
f(
	"NODE_EXTRA_CA_CERTS",
	"/nowhere.pem",
	noted(/^cannot read what NODE_EXTRA_CA_CERTS names: ENOENT.*; nothing is sent with it$/),
	quick,
);
f("NODE_EXTRA_CA_CERTS", odd, noted(/^cannot use what NODE_EXTRA_CA_CERTS name: .*; nothing is sent with it$/), quick);

f("CLAUDE_CODE_CLIENT_CERT", ada.cert, all("ada"), { ...trusted, CLAUDE_CODE_CLIENT_KEY: ada.key });
f(
	"CLAUDE_CODE_CLIENT_CERT",
	ada.cert,
	noted(/^cannot use CLAUDE_CODE_CLIENT_CERT without CLAUDE_CODE_CLIENT_KEY; nothing is sent with it$/),
	trusted,
);
f(
	"CLAUDE_CODE_CLIENT_KEY",
	ada.key,
	noted(/^cannot use CLAUDE_CODE_CLIENT_KEY without CLAUDE_CODE_CLIENT_CERT; nothing is sent with it$/),
	trusted,
);
f(
	"CLAUDE_CODE_CLIENT_KEY",
	grace.key,
	noted(/^cannot use what NODE_EXTRA_CA_CERTS and CLAUDE_CODE_CLIENT_KEY and CLAUDE_CODE_CLIENT_CERT name/),
	{ ...trusted, CLAUDE_CODE_CLIENT_CERT: grace.cert },
);
f("CLAUDE_CODE_CLIENT_KEY_PASSPHRASE", "a secret", all("grace"), {
	...trusted,
	CLAUDE_CODE_CLIENT_CERT: grace.cert,
	CLAUDE_CODE_CLIENT_KEY: grace.key,
});
f("CLAUDE_CODE_CLIENT_KEY_PASSPHRASE", "wrong", noted(/^cannot use what .*; nothing is sent with it$/), {
	...trusted,
	CLAUDE_CODE_CLIENT_CERT: grace.cert,
	CLAUDE_CODE_CLIENT_KEY: grace.key,
});

const grpc = { ...patient, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc", OTEL_EXPORTER_OTLP_ENDPOINT: collector.grpc };
f("OTEL_EXPORTER_OTLP_CERTIFICATE", authority.cert, all(undefined), grpc);
f("OTEL_EXPORTER_OTLP_CERTIFICATE", stranger.cert, arrivesNothing, { ...grpc, ...quick });
f(
	"OTEL_EXPORTER_OTLP_CERTIFICATE",
	"/nowhere.pem",
	noted(/^cannot read what OTEL_EXPORTER_OTLP_CERTIFICATE names: ENOENT/),
	grpc,
);
f("OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE", authority.cert, shown({ metrics: undefined }), { ...grpc, ...some });
f("OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE", authority.cert, shown({ logs: undefined }), { ...grpc, ...some });
f("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", stranger.cert, shown({ logs: undefined, metrics: undefined }), {
	...grpc,
	...some,
	OTEL_EXPORTER_OTLP_CERTIFICATE: authority.cert,
});

const known = { ...grpc, OTEL_EXPORTER_OTLP_CERTIFICATE: authority.cert };
f("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", ada.cert, all("ada"), { ...known, OTEL_EXPORTER_OTLP_CLIENT_KEY: ada.key });
f(
	"OTEL_EXPORTER_OTLP_CLIENT_KEY",
	ada.key,
	noted(/^cannot use OTEL_EXPORTER_OTLP_CLIENT_KEY without OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE/),
	known,
);
/** One signal's own certificate and key. */
const certificateOf = (key: string, signal: string) => {
	const certificate = key.replace("_KEY", "_CERTIFICATE");
	const names = { logs: undefined, metrics: undefined, traces: undefined, [signal]: "ada" };
	f(certificate, ada.cert, shown(names), { ...known, [key]: ada.key });
	const alone = `cannot use ${key} without OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE; nothing is sent with it`;
	f(key, ada.key, ({ notes }) => expect(notes).toEqual([alone]), known);
};
certificateOf("OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY", "metrics");
certificateOf("OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY", "logs");
certificateOf("OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY", "traces");
const keyOf = (certificate: string) =>
	f(certificate, "/nowhere.pem", ({ notes }) => expect(notes[0]).toMatch(`cannot read what ${certificate} names: ENOENT`), known);
keyOf("OTEL_EXPORTER_OTLP_METRICS_CLIENT_CERTIFICATE");
keyOf("OTEL_EXPORTER_OTLP_LOGS_CLIENT_CERTIFICATE");
keyOf("OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE");

/** The proxy's requests since the last time, and that all arrived. */
const asked =
	(...expected: string[]): Check =>
	({ received }) => {
		expect(received).toHaveLength(3);
		expect([...new Set(proxy.asked.splice(0))].sort()).toEqual(expected);
	};
const forwarded = ["logs", "metrics", "traces"].map((signal) => `POST ${plain.http}/v1/${signal}`);
onPlain("HTTP_PROXY", proxy.url, asked(...forwarded));
onPlain("HTTP_PROXY", "the proxy", (emitted) => {
	asked()(emitted);
	expect(emitted.notes).toEqual([
		"cannot use HTTP_PROXY: it has to be an address with http:// or https://; no proxy is used for it",
	]);
});
onPlain("NO_PROXY", "127.0.0.1", asked(), { HTTP_PROXY: proxy.url });
onPlain("HTTPS_PROXY", proxy.url, asked());
f("HTTPS_PROXY", proxy.url, asked(`CONNECT ${collector.http.replace("https://", "")}`), trusted);

test.skipIf(!hasOpenssl)("NODE_EXTRA_CA_CERTS adds to those that are trusted anyway", async () => {
	// Trusted by the process as it started, as authorities of the system are.
	const script = `
		import { configurationOf } from ${JSON.stringify(new URL("../src/configuration/configuration.ts", import.meta.url).href)};
		const { logs } = configurationOf(${JSON.stringify({ OTEL_LOGS_EXPORTER: "otlp", NODE_EXTRA_CA_CERTS: stranger.cert })}, console.error);
		const { request } = await import("node:https");
		request("${collector.http}/v1/logs", { method: "POST", ca: logs.otlp.tls.ca }, ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1)).end();`;
	const env = { ...process.env, NODE_EXTRA_CA_CERTS: authority.cert };
	await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], { env, timeout: 10_000 });
});
