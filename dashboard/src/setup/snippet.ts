import type { Listener } from "@purser/api";

export const protocols = { grpc: "gRPC", "http/protobuf": "HTTP/protobuf", "http/json": "HTTP/JSON" } as const;
export type Protocol = keyof typeof protocols;

export const places = {
	shell: "Shell",
	powershell: "PowerShell",
	managed: "Managed settings",
	container: "Container",
} as const;
export type Place = keyof typeof places;

export interface Wanted {
	protocol: Protocol;
	endpoint: string;
	keyRequired: boolean;
	/** Short intervals, to see things arrive while trying. */
	debugging: boolean;
}

/** Listening everywhere, or on this machine only: in both cases the reader's own way to this page is the way to try. */
const unspecific = new Set(["0.0.0.0", "[::]", "::", "", "*", "127.0.0.1", "[::1]", "::1", "localhost"]);

/** Returns the endpoint of a listener, under the name by which the reader reached this page. */
export function endpointFor(protocol: Protocol, listeners: readonly Listener[], pageHost: string): string {
	const wanted = protocol === "grpc" ? "grpc" : "http";
	const listener = listeners.find(({ name }) => name === wanted);
	const { host, port } = splitAddress(listener?.address ?? `127.0.0.1:${wanted === "grpc" ? 4317 : 4318}`);
	const name = unspecific.has(host) ? bracketed(pageHost || "localhost") : host;
	return `${listener?.tls ? "https" : "http"}://${name}:${port}`;
}

function splitAddress(address: string): { host: string; port: string } {
	const colon = address.lastIndexOf(":");
	return { host: address.slice(0, colon), port: address.slice(colon + 1) };
}

const bracketed = (host: string): string => (host.includes(":") && !host.startsWith("[") ? `[${host}]` : host);

/** A listener that only this machine reaches, while the reader came from elsewhere. */
export function onlyLocal(protocol: Protocol, listeners: readonly Listener[], pageHost: string): boolean {
	const listener = listeners.find(({ name }) => name === (protocol === "grpc" ? "grpc" : "http"));
	const local = (host: string) => /^(127\.|localhost$|\[?::1\]?$)/.test(host);
	return listener !== undefined && local(splitAddress(listener.address).host) && !local(pageHost);
}

/** The variables, in the order in which one reads them: on, what, how, where. */
function variablesFor({ protocol, endpoint, keyRequired, debugging }: Wanted): [string, string][] {
	const variables: [string, string][] = [
		["CLAUDE_CODE_ENABLE_TELEMETRY", "1"],
		["OTEL_METRICS_EXPORTER", "otlp"],
		["OTEL_LOGS_EXPORTER", "otlp"],
		["OTEL_EXPORTER_OTLP_PROTOCOL", protocol],
		["OTEL_EXPORTER_OTLP_ENDPOINT", endpoint],
	];
	if (keyRequired) variables.push(["OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Bearer <ingest key>"]);
	if (debugging) variables.push(["OTEL_METRIC_EXPORT_INTERVAL", "10000"], ["OTEL_LOGS_EXPORT_INTERVAL", "2000"]);
	return variables;
}

const plain = (value: string): boolean => /^[\w./:@-]+$/.test(value);

const writers: Record<Place, (variables: [string, string][]) => string> = {
	shell: (variables) =>
		[...variables.map(([name, value]) => `export ${name}=${plain(value) ? value : `"${value}"`}`), "claude"].join("\n"),
	powershell: (variables) => [...variables.map(([name, value]) => `$env:${name} = "${value}"`), "claude"].join("\n"),
	managed: (variables) => JSON.stringify({ env: Object.fromEntries(variables) }, null, 2),
	container: (variables) => variables.map(([name, value]) => `ENV ${name}=${plain(value) ? value : `"${value}"`}`).join("\n"),
};

export const snippetFor = (place: Place, wanted: Wanted): string => writers[place](variablesFor(wanted));

/** Formats the variables for Compose and for most CI files, which want a map. */
export const composeFor = (wanted: Wanted): string =>
	["environment:", ...variablesFor(wanted).map(([name, value]) => `  ${name}: "${value}"`)].join("\n");

/** Paths of managed settings. The Windows path changed: ProgramData is no longer read since 2.1.75. */
export const managedPaths: readonly [string, string][] = [
	["macOS", "/Library/Application Support/ClaudeCode/managed-settings.json"],
	["Linux, WSL", "/etc/claude-code/managed-settings.json"],
	["Windows", "C:\\Program Files\\ClaudeCode\\managed-settings.json"],
];
