import { type Check, failed, note, ok } from "./check.ts";
import { parseHeaders, type SenderEnvironment } from "./client-environment.ts";

/** The server's listeners, as this machine reaches them. */
export type Target = {
	readonly grpcPort: number;
	readonly httpPort: number;
	/** Names under which the server is known here. */
	readonly hosts: ReadonlySet<string>;
	readonly keysRequired: boolean;
};

const protocols = ["grpc", "http/protobuf", "http/json"];
const signals = ["metrics", "logs"] as const;
type SignalName = (typeof signals)[number];

/** Checks that Claude Code, started in this environment, would send to the server; each failure says why not. */
export function environmentChecks(environment: SenderEnvironment, target: Target | undefined): Check[] {
	const telemetry = [...environment.keys()].filter((name) => /^(CLAUDE_CODE|OTEL)_/.test(name));
	if (telemetry.length === 0) {
		return [
			note(
				"Claude Code's variables",
				"neither this shell nor a settings file sets any",
				"If managed settings come from elsewhere that is right. Else paste the lines from the page's setup, or from `purser serve`",
			),
		];
	}
	return [
		enabled(environment),
		...signals.flatMap((signal) => signalChecks(environment, signal, target)),
		...headerChecks(environment, target),
		...traceChecks(environment),
	];
}

const said = (environment: SenderEnvironment, name: string): string => {
	const { value, from } = environment.get(name)!;
	return `${name}=${/HEADERS/.test(name) ? "…" : value} (${from})`;
};

function enabled(environment: SenderEnvironment): Check {
	const name = "CLAUDE_CODE_ENABLE_TELEMETRY";
	const set = environment.get(name);
	if (set && /^(1|true|yes|on)$/i.test(set.value)) return ok("Telemetry is switched on", said(environment, name));
	return failed(
		"Telemetry is switched on",
		set ? said(environment, name) : `${name} is not set`,
		`Set ${name}=1 and restart Claude Code`,
	);
}

/** The value for a signal: its own variable, else the general one. */
const valueFor = (environment: SenderEnvironment, signal: SignalName, what: "PROTOCOL" | "ENDPOINT"): string | undefined =>
	[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${what}`, `OTEL_EXPORTER_OTLP_${what}`].find((name) => environment.has(name));

function signalChecks(environment: SenderEnvironment, signal: SignalName, target: Target | undefined): Check[] {
	const what = signal === "logs" ? "Events" : "Metrics";
	const exporter = `OTEL_${signal.toUpperCase()}_EXPORTER`;
	const title = `${what} are exported`;
	const loss =
		signal === "logs"
			? "cost, tokens, prompts and tools come from events"
			: "lines, commits, pull requests and active time come from metrics";
	const exporters = (environment.get(exporter)?.value ?? "").split(",").map((each) => each.trim());
	if (!environment.has(exporter)) return [failed(title, `${exporter} is not set: ${loss}`, `Set ${exporter}=otlp`)];
	if (exporters.includes("none") || !exporters.includes("otlp")) {
		return [failed(title, `${said(environment, exporter)}: ${loss}`, `Set ${exporter}=otlp`)];
	}
	return [ok(title, said(environment, exporter)), transport(environment, signal, what, target)];
}

function transport(environment: SenderEnvironment, signal: SignalName, what: string, target: Target | undefined): Check {
	const title = `${what} go to this server`;
	const protocolName = valueFor(environment, signal, "PROTOCOL");
	if (!protocolName) {
		return failed(
			title,
			"OTEL_EXPORTER_OTLP_PROTOCOL is not set, and it has no default",
			"Set OTEL_EXPORTER_OTLP_PROTOCOL=grpc, http/protobuf or http/json",
		);
	}
	const protocol = environment.get(protocolName)!.value.trim();
	if (!protocols.includes(protocol))
		return failed(title, `${said(environment, protocolName)} is no protocol`, `Set ${protocolName} to ${protocols.join(", ")}`);
	const isGrpc = protocol === "grpc";
	const standard = isGrpc ? "http://localhost:4317" : "http://localhost:4318";
	const endpointName = valueFor(environment, signal, "ENDPOINT");
	const text = endpointName ? environment.get(endpointName)!.value.trim() : standard;
	const shown = endpointName ? said(environment, endpointName) : `no OTEL_EXPORTER_OTLP_ENDPOINT, so ${standard}`;
	const name = endpointName ?? "OTEL_EXPORTER_OTLP_ENDPOINT";
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (!url || !/^https?:$/.test(url.protocol))
		return failed(title, `${shown} is no URL`, `Set ${name} to a URL with http:// or https://`);
	const detail = `${protocol} to ${text} (${endpointName ? environment.get(endpointName)!.from : "the exporter's default"})`;
	if (!target) return note(title, `${detail}; not compared, because the server did not answer`);
	const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
	const right = isGrpc ? target.grpcPort : target.httpPort;
	const isHere = target.hosts.has(url.hostname.toLowerCase());
	if (isHere && port === right) return ok(title, detail);
	if (isHere && port === (isGrpc ? target.httpPort : target.grpcPort)) {
		return failed(
			title,
			`${detail}: that is the port of ${isGrpc ? "OTLP/HTTP" : "OTLP/gRPC"}, which speaks another protocol`,
			`Set ${protocolName}=${isGrpc ? "http/protobuf" : "grpc"}, or the port of ${name} to ${right}`,
		);
	}
	if (isHere)
		return failed(title, `${detail}: this server does not listen on port ${port}`, `Set the port of ${name} to ${right}`);
	return note(title, `${detail}: another host than this server's`, "That is right if a collector or a proxy there passes it on");
}

function headerChecks(environment: SenderEnvironment, target: Target | undefined): Check[] {
	const names = [...environment.keys()].filter((name) => /^OTEL_EXPORTER_OTLP_(.*_)?HEADERS$/.test(name));
	const broken = names.find((name) => parseHeaders(environment.get(name)!.value) === undefined);
	const form = 'OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer KEY"';
	if (broken)
		return [
			failed("Headers are well-formed", `${said(environment, broken)} is not name=value with commas between`, `Write ${form}`),
		];
	if (target?.keysRequired && names.length === 0) {
		return [
			failed(
				"A key is sent",
				"the server wants an ingest key, and no headers are set",
				`Set ${form}, unless otelHeadersHelper gives it`,
			),
		];
	}
	return names.length === 0 ? [] : [ok("Headers are well-formed", names.map((name) => said(environment, name)).join(", "))];
}

function traceChecks(environment: SenderEnvironment): Check[] {
	const exporter = environment.get("OTEL_TRACES_EXPORTER")?.value ?? "none";
	if (exporter === "none" || environment.has("CLAUDE_CODE_ENHANCED_TELEMETRY_BETA")) return [];
	return [
		note(
			"Spans are exported",
			`${said(environment, "OTEL_TRACES_EXPORTER")}, but spans are a beta that is not switched on`,
			"Set CLAUDE_CODE_ENHANCED_TELEMETRY_BETA=1 if you want them",
		),
	];
}
