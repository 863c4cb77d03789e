import { type Content, contentOf } from "./content.ts";
import { type Destination, destinationOf, type Signal } from "./destination.ts";
import { labelsOf } from "./key-value-list.ts";
import { countOf, type Env, flagOf, type Note, shown, wordOf } from "./values.ts";

/** The destinations of one signal. None: it is not collected at all. */
export type Route = {
	readonly otlp?: Destination;
	readonly console?: true;
	/** Metrics only: where they are scraped. */
	readonly prometheus?: { readonly host: string | undefined; readonly port: number };
	readonly intervalMs: number;
};

export type Configuration = {
	readonly metrics: Route & { readonly temporality: "delta" | "cumulative" };
	readonly logs: Route;
	readonly traces: Route;
	readonly content: Content;
	/** Standard attributes to set on records, by the names of their variables. */
	readonly includes: ReadonlySet<string>;
	readonly resource: {
		readonly serviceName?: string;
		readonly hasHost: boolean;
		/** Values of OTEL_RESOURCE_ATTRIBUTES: for the resource, and those that are set on records, too. */
		readonly all: Readonly<Record<string, string>>;
		readonly strict: Readonly<Record<string, string>>;
	};
	/** Events and spans, by their names, that are not sent. */
	readonly withheld: ReadonlySet<string>;
	readonly flushTimeoutMs: number;
	readonly shutdownTimeoutMs: number;
	readonly headersHelperIntervalMs: number;
	/** True if failures are written to standard error. */
	readonly isVerbose: boolean;
};

/** Returns true if anything is to be collected: otherwise nothing else is read or loaded. */
export const isEnabled = (env: Env, note: Note): boolean => flagOf(env, "CLAUDE_CODE_ENABLE_TELEMETRY", false, note);

/** Reads the configuration from variables. A value that cannot be used is noted, and all others are used. */
export function configurationOf(env: Env, note: Note): Configuration {
	const isTraced =
		flagOf(env, "CLAUDE_CODE_ENHANCED_TELEMETRY_BETA", false, note) || flagOf(env, "ENABLE_ENHANCED_TELEMETRY_BETA", false, note);
	const beta = betaDestination(env, note);
	const { all, strict } = labelsOf(env, "OTEL_RESOURCE_ATTRIBUTES", note);
	const serviceName = env["OTEL_SERVICE_NAME"];
	const content = contentOf(env, note);
	return {
		metrics: { ...routeOf(env, "metrics", "OTEL_METRIC_EXPORT_INTERVAL", 60_000, note), temporality: temporalityOf(env, note) },
		logs: beta?.logs ?? routeOf(env, "logs", "OTEL_LOGS_EXPORT_INTERVAL", 5000, note),
		traces: beta?.traces ?? (isTraced ? routeOf(env, "traces", "OTEL_TRACES_EXPORT_INTERVAL", 5000, note) : { intervalMs: 5000 }),
		content,
		includes: includesOf(env, note),
		resource: {
			...(serviceName && { serviceName }),
			hasHost: flagOf(env, "OTEL_RESOURCE_INCLUDE_HOST", false, note),
			all,
			strict,
		},
		withheld: withheldOf(env, content),
		flushTimeoutMs: countOf(env, "CLAUDE_CODE_OTEL_FLUSH_TIMEOUT_MS", 5000, note),
		shutdownTimeoutMs: countOf(env, "CLAUDE_CODE_OTEL_SHUTDOWN_TIMEOUT_MS", 2000, note),
		headersHelperIntervalMs: countOf(env, "CLAUDE_CODE_OTEL_HEADERS_HELPER_DEBOUNCE_MS", 1_740_000, note),
		isVerbose: flagOf(env, "CLAUDE_CODE_OTEL_DIAG_STDERR", false, note),
	};
}

/** Attributes that consist of content only are not even mentioned. */
function withheldOf(env: Env, { open, rawBodies }: Content): ReadonlySet<string> {
	const isDetailed = open.has("ENABLE_BETA_TRACING_DETAILED");
	return new Set([
		...(env["DISABLE_ERROR_REPORTING"] ? ["internal_error"] : []),
		...(rawBodies ? [] : ["api_request_body", "api_response_body"]),
		...(isDetailed ? [] : ["claude_code.hook"]),
		...(isDetailed && open.has("OTEL_LOG_USER_PROMPTS") ? [] : ["system_prompt"]),
	]);
}

const included: Readonly<Record<string, boolean>> = {
	OTEL_METRICS_INCLUDE_SESSION_ID: true,
	OTEL_METRICS_INCLUDE_VERSION: false,
	OTEL_METRICS_INCLUDE_ACCOUNT_UUID: true,
	OTEL_METRICS_INCLUDE_ENTRYPOINT: false,
	OTEL_METRICS_INCLUDE_RESOURCE_ATTRIBUTES: true,
	OTEL_METRICS_INCLUDE_REPOSITORY: false,
};

const includesOf = (env: Env, note: Note): ReadonlySet<string> =>
	new Set(Object.entries(included).flatMap(([name, preset]) => (flagOf(env, name, preset, note) ? [name] : [])));

/** `lowmemory` means delta for counters, which is all there is. */
function temporalityOf(env: Env, note: Note): "delta" | "cumulative" {
	const name = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE";
	return wordOf(env, name, ["delta", "cumulative", "lowmemory"], note) === "cumulative" ? "cumulative" : "delta";
}

function routeOf(env: Env, signal: Signal, interval: string, presetMs: number, note: Note): Route {
	const selector = `OTEL_${signal.toUpperCase()}_EXPORTER`;
	const known = signal === "metrics" ? ["otlp", "prometheus", "console", "none"] : ["otlp", "console", "none"];
	const named = (env[selector] ?? "").split(",").flatMap((text) => text.trim().toLowerCase() || []);
	for (const name of named)
		if (!known.includes(name)) note(`cannot use "${shown(name)}" of ${selector}: known are ${known.join(", ")}; it is left out`);
	const has = (name: string) => known.includes(name) && named.includes(name) && !named.includes("none");
	const otlp = has("otlp") ? destinationOf(env, signal, note) : undefined;
	return {
		...(otlp && { otlp }),
		...(has("console") && { console: true }),
		...(has("prometheus") && {
			prometheus: {
				host: env["OTEL_EXPORTER_PROMETHEUS_HOST"],
				port: countOf(env, "OTEL_EXPORTER_PROMETHEUS_PORT", 9464, note, 65_535),
			},
		}),
		intervalMs: countOf(env, interval, presetMs, note),
	};
}

/** They belong to the configured receivers, with their credentials. */
const ofReceivers = /^(OTEL_EXPORTER_OTLP_|CLAUDE_CODE_CLIENT_)/;

/** Detailed tracing sends logs and traces to a place of its own, whatever else is configured. */
function betaDestination(env: Env, note: Note): Readonly<Record<"logs" | "traces", Route>> | undefined {
	const endpoint = env["BETA_TRACING_ENDPOINT"];
	if (!endpoint || !flagOf(env, "ENABLE_BETA_TRACING_DETAILED", false, note)) return undefined;
	const own = {
		...Object.fromEntries(Object.entries(env).filter(([name]) => !ofReceivers.test(name))),
		OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
	};
	const route = (signal: "logs" | "traces"): Route => {
		const otlp = destinationOf(own, signal, (text) => note(text.replace("OTEL_EXPORTER_OTLP_ENDPOINT", "BETA_TRACING_ENDPOINT")));
		return {
			...(otlp && { otlp: { ...otlp, isForeign: true } }),
			intervalMs: countOf(env, `OTEL_${signal.toUpperCase()}_EXPORT_INTERVAL`, 5000, note),
		};
	};
	return { logs: route("logs"), traces: route("traces") };
}
