/**
 * The variables that switch, route and limit the telemetry, and those nearby that do not. They stand in the environment or in
 * the `env` object of a settings file; what an administrator's managed settings say wins over both.
 * Sources: https://code.claude.com/docs/en/monitoring-usage#configuration-variables and
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */
import { defineVariable, type VariableDefinition } from "../define.ts";

// Longer than 250 lines: one table of data.

type Variable = Omit<VariableDefinition, "group">;

const group = (name: VariableDefinition["group"], variables: readonly Variable[]): VariableDefinition[] =>
	variables.map((variable) => defineVariable({ ...variable, group: name }));

/** The general variable and one for each signal, which wins over it. */
const perSignal = (stem: string, general: Omit<Variable, "name">, perSignal: string): Variable[] => [
	{ ...general, name: `OTEL_EXPORTER_OTLP_${stem}` },
	...(["METRICS", "LOGS", "TRACES"] as const).map((signal) => ({
		...general,
		name: `OTEL_EXPORTER_OTLP_${signal}_${stem}`,
		brief: `For ${signal.toLowerCase()} only: ${perSignal}`,
	})),
];

const switches = group("switch", [
	{
		name: "CLAUDE_CODE_ENABLE_TELEMETRY",
		values: ["1"],
		default: "off",
		brief: "The master switch. Without exporters it does nothing; without it exporters do nothing.",
	},
	{
		name: "CLAUDE_CODE_ENHANCED_TELEMETRY_BETA",
		values: ["1"],
		default: "off",
		brief: "Allows spans, which are a beta. OTEL_TRACES_EXPORTER must be set as well.",
	},
	{ name: "ENABLE_ENHANCED_TELEMETRY_BETA", values: ["1"], default: "off", brief: "The older name of the same switch." },
	{
		name: "ENABLE_BETA_TRACING_DETAILED",
		values: ["1"],
		default: "off",
		brief:
			"Adds hook spans and content to traces, and moves logs and traces to BETA_TRACING_ENDPOINT, away from the configured receivers. In the interactive program only for organizations on Anthropic's list. Ignored in project settings since 2.1.251.",
	},
	{
		name: "BETA_TRACING_ENDPOINT",
		brief: "Where detailed tracing sends logs and traces instead. Ignored in project settings since 2.1.251.",
	},
	{
		name: "CLAUDE_CODE_ENABLE_FEEDBACK_SURVEY_FOR_OTEL",
		values: ["1"],
		default: "off",
		since: "2.1.136",
		brief: "Shows the survey again where it is off, for the `feedback_survey` event alone.",
	},
]);

const exporters = group("exporter", [
	{
		name: "OTEL_METRICS_EXPORTER",
		values: ["otlp", "prometheus", "console", "none"],
		default: "no metrics",
		brief: "Where metrics go, as a comma list.",
	},
	{
		name: "OTEL_LOGS_EXPORTER",
		values: ["otlp", "console", "none"],
		default: "no events",
		brief: "Where events go, as a comma list.",
	},
	{
		name: "OTEL_TRACES_EXPORTER",
		values: ["otlp", "console", "none"],
		default: "no spans",
		brief: "Where spans go, as a comma list. Needs CLAUDE_CODE_ENHANCED_TELEMETRY_BETA.",
	},
	{
		name: "OTEL_METRIC_EXPORT_INTERVAL",
		default: "60000",
		brief: "Milliseconds between two exports of metrics. The name has METRIC in the singular.",
	},
	{ name: "OTEL_LOGS_EXPORT_INTERVAL", default: "5000", brief: "Milliseconds between two exports of events." },
	{ name: "OTEL_TRACES_EXPORT_INTERVAL", default: "5000", brief: "Milliseconds between two exports of spans." },
	{
		name: "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
		values: ["delta", "cumulative", "lowmemory"],
		default: "delta",
		brief: "Whether a data point says what is new or the total so far. Unlike OpenTelemetry's SDKs, Claude Code prefers `delta`.",
	},
	{
		name: "OTEL_EXPORTER_PROMETHEUS_HOST",
		default: "all interfaces",
		brief: "The address on which the `prometheus` exporter listens.",
	},
	{
		name: "OTEL_EXPORTER_PROMETHEUS_PORT",
		default: "9464",
		brief:
			"The port on which the `prometheus` exporter listens, path `/metrics`. Of several processes on one machine only the first gets it.",
	},
]);

const transport = group("transport", [
	...perSignal(
		"PROTOCOL",
		{
			values: ["grpc", "http/protobuf", "http/json"],
			brief: "How OTLP is spoken. The documentation knows no default: always set it.",
		},
		"how OTLP is spoken.",
	),
	...perSignal(
		"ENDPOINT",
		{
			brief:
				"The receiver. Over HTTP `/v1/metrics`, `/v1/logs` and `/v1/traces` are appended to it; without it, port 4317 (gRPC) or 4318 (HTTP) of the own machine.",
		},
		"the receiver's full address, with its path; nothing is appended.",
	),
	...perSignal(
		"HEADERS",
		{ brief: "Headers of every export as `key=value,key=value`, percent-encoded: `Authorization=Bearer …`." },
		"headers, merged over the general ones.",
	),
	...perSignal("COMPRESSION", { values: ["gzip", "none"], default: "none", brief: "Compresses exports." }, "compresses exports."),
	...perSignal(
		"TIMEOUT",
		{ default: "10000", brief: "Milliseconds an export may take. Standard; Claude Code's page does not mention it." },
		"milliseconds an export may take.",
	),
	...perSignal(
		"INSECURE",
		{ brief: "Speaks gRPC without TLS where the endpoint names no scheme. Standard; Claude Code's page does not mention it." },
		"speaks gRPC without TLS where the endpoint names no scheme.",
	),
	{ name: "HTTP_PROXY", since: "2.0.17", brief: "The proxy for receivers at `http:` addresses. OTLP over HTTP only." },
	{ name: "HTTPS_PROXY", since: "2.0.17", brief: "The proxy for receivers at `https:` addresses. OTLP over HTTP only." },
	{ name: "NO_PROXY", since: "2.0.17", brief: "Hosts to be reached without a proxy." },
]);

const mtls = group("mtls", [
	{ name: "CLAUDE_CODE_CLIENT_CERT", since: "1.0.126", brief: "The client certificate for OTLP over HTTP: a PEM file." },
	{ name: "CLAUDE_CODE_CLIENT_KEY", since: "1.0.126", brief: "The key of that certificate: a PEM file." },
	{ name: "CLAUDE_CODE_CLIENT_KEY_PASSPHRASE", since: "1.0.126", brief: "The passphrase of that key." },
	{ name: "NODE_EXTRA_CA_CERTS", brief: "Further certificate authorities for OTLP over HTTP: a PEM file." },
	...perSignal(
		"CERTIFICATE",
		{ brief: "The certificate authority for OTLP over gRPC: a PEM file." },
		"the certificate authority.",
	),
	...perSignal(
		"CLIENT_CERTIFICATE",
		{ brief: "The client certificate for OTLP over gRPC: a PEM file." },
		"the client certificate.",
	),
	...perSignal("CLIENT_KEY", { brief: "The client key for OTLP over gRPC: a PEM file." }, "the client key."),
]);

const content = group("content", [
	{
		name: "OTEL_LOG_USER_PROMPTS",
		values: ["1"],
		default: "off",
		brief: "Sends what people typed. Without it prompts are `<REDACTED>` and only their length is known.",
	},
	{
		name: "OTEL_LOG_ASSISTANT_RESPONSES",
		values: ["1", "0"],
		default: "as OTEL_LOG_USER_PROMPTS",
		since: "2.1.193",
		brief: "Sends the text of the model's answers. Set it to `0` to keep them back while prompts are sent.",
	},
	{
		name: "OTEL_LOG_TOOL_DETAILS",
		values: ["1"],
		default: "off",
		brief:
			"Sends what tools were called with (whole shell commands, file paths, branch names), full error messages, and the real names of people's own commands, skills, agents, plugins and MCP servers.",
	},
	{
		name: "OTEL_LOG_TOOL_CONTENT",
		values: ["1"],
		default: "off",
		brief: "Sends what tools read and wrote, in span events. Traces only.",
	},
	{
		name: "OTEL_LOG_RAW_API_BODIES",
		values: ["1", "file:<directory>"],
		default: "off",
		since: "2.1.111",
		brief:
			"Sends whole requests and answers, cut at the content limit, or writes them to files and sends their names. Opens all other gates as well. Ignored in project settings since 2.1.251.",
	},
	{
		name: "OTEL_LOG_MANAGED_SETTINGS",
		values: ["1"],
		default: "off",
		since: "2.1.274",
		brief: "Sends the managed settings in force and their hash, with secrets left out. Project settings cannot switch it on.",
	},
	{
		name: "CLAUDE_CODE_OTEL_CONTENT_MAX_LENGTH",
		default: "61440",
		since: "2.1.214",
		brief: "Where content is cut, in UTF-16 units. The least of this and the three limits below counts.",
	},
	{ name: "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", brief: "OpenTelemetry's limit for the length of any attribute." },
	{ name: "OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", brief: "OpenTelemetry's limit for attributes of log records." },
	{ name: "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", brief: "OpenTelemetry's limit for attributes of spans." },
]);

const cardinality = group("cardinality", [
	{
		name: "OTEL_METRICS_INCLUDE_SESSION_ID",
		values: ["true", "false"],
		default: "true",
		brief:
			"`session.id` on metrics; `false` removes it from events and spans, too, and with it every count of sessions but the client's own.",
	},
	{
		name: "OTEL_METRICS_INCLUDE_VERSION",
		values: ["true", "false"],
		default: "false",
		brief: "`app.version` on metrics and events.",
	},
	{
		name: "OTEL_METRICS_INCLUDE_ACCOUNT_UUID",
		values: ["true", "false"],
		default: "true",
		brief: "`user.account_uuid` and `user.account_id`.",
	},
	{
		name: "OTEL_METRICS_INCLUDE_ENTRYPOINT",
		values: ["true", "false"],
		default: "false",
		since: "2.1.152",
		brief: "`app.entrypoint`.",
	},
	{
		name: "OTEL_METRICS_INCLUDE_RESOURCE_ATTRIBUTES",
		values: ["true", "false"],
		default: "true",
		since: "2.1.161",
		brief: "The labels of OTEL_RESOURCE_ATTRIBUTES on every data point, not on the resource alone.",
	},
	{
		name: "OTEL_METRICS_INCLUDE_REPOSITORY",
		values: ["true", "false"],
		default: "false",
		since: "2.1.269",
		brief: "The repository (`vcs.*`) on metrics and events.",
	},
]);

const resource = group("resource", [
	{
		name: "OTEL_RESOURCE_ATTRIBUTES",
		brief:
			"Labels as `key=value,key=value`, without spaces; anything but plain ASCII percent-encoded. Quotes become part of the value. Up to 2.1.100 one malformed pair drops them all.",
	},
	{
		name: "OTEL_SERVICE_NAME",
		default: "claude-code",
		brief: "Overrides `service.name`. Receivers that filter by the name lose such senders.",
	},
	{
		name: "OTEL_RESOURCE_INCLUDE_HOST",
		values: ["true", "false"],
		default: "false",
		brief: "`host.name` and `host.id` on the resource. Not documented, seen on the wire.",
	},
	{
		name: "CLAUDE_CODE_ACCOUNT_UUID",
		since: "2.1.51",
		brief: "The account, given by a program that hosts Claude Code. Ignored in settings files.",
	},
	{
		name: "CLAUDE_CODE_USER_EMAIL",
		since: "2.1.51",
		brief: "The person's e-mail address, given by a program that hosts Claude Code. Ignored in settings files.",
	},
	{
		name: "CLAUDE_CODE_ORGANIZATION_UUID",
		since: "2.1.51",
		brief: "The organization, given by a program that hosts Claude Code. Ignored in settings files.",
	},
]);

const helper = group("helper", [
	{
		name: "CLAUDE_CODE_OTEL_HEADERS_HELPER_DEBOUNCE_MS",
		default: "1740000",
		brief:
			"Milliseconds after which the program named by the setting `otelHeadersHelper` runs again for fresh headers. HTTP only: over gRPC it does not run.",
	},
	{
		name: "CLAUDE_CODE_OTEL_FLUSH_TIMEOUT_MS",
		default: "5000",
		brief: "Milliseconds that sending the pending spans may take.",
	},
	{
		name: "CLAUDE_CODE_OTEL_SHUTDOWN_TIMEOUT_MS",
		default: "2000",
		brief: "Milliseconds that the last export may take when the process ends. Raise it when the ends of sessions are missing.",
	},
	{
		name: "CLAUDE_CODE_OTEL_DIAG_STDERR",
		values: ["1"],
		default: "off",
		since: "2.1.179",
		brief: "Prints what goes wrong with exports. Otherwise only the debug log says so, after `[3P telemetry]`.",
	},
]);

const traceContext = group("trace-context", [
	{
		name: "TRACEPARENT",
		since: "2.1.110",
		brief:
			"The trace to continue; read with `-p` and by the Agent SDK only. Since 2.1.212 it is on events as well. Given on to shell commands and hooks while tracing is on.",
	},
	{ name: "TRACESTATE", since: "2.1.110", brief: "What belongs to TRACEPARENT." },
	{
		name: "CLAUDE_CODE_PROPAGATE_TRACEPARENT",
		values: ["1"],
		default: "off",
		since: "2.1.152",
		brief: "Sends `traceparent` with model requests that go through an own proxy, too. Never to other providers.",
	},
]);

const neighbours = group("neighbour", [
	{
		name: "DISABLE_TELEMETRY",
		values: ["any"],
		brief: "Stops what Anthropic gathers about the program's operation. The export to your receivers continues.",
	},
	{ name: "DO_NOT_TRACK", values: ["1"], brief: "The same as DISABLE_TELEMETRY." },
	{
		name: "DISABLE_ERROR_REPORTING",
		values: ["1"],
		brief: "Stops error reports to Anthropic, and with them the `internal_error` event.",
	},
	{
		name: "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
		values: ["1"],
		brief: "Stops all traffic to Anthropic that the program can do without. The export to your receivers continues.",
	},
	{
		name: "CLAUDE_CODE_MAX_RETRIES",
		default: "10",
		brief: "How often a failing model request is repeated, at most 15: `attempt` of the last error is one more.",
	},
	{ name: "CLAUDE_CODE_RETRY_WATCHDOG", brief: "Lets failing model requests be repeated beyond that limit." },
	{ name: "CLAUDE_CODE_REMOTE_SESSION_ID", brief: "Set in cloud sessions: becomes `ccr.session.id`." },
	{
		name: "ANTHROPIC_BASE_URL",
		brief: "Sends model requests to a gateway or proxy: `anthropic.custom_base_url` becomes true, and prices may be guesses.",
	},
]);

export const variables: readonly VariableDefinition[] = Object.freeze([
	...switches,
	...exporters,
	...transport,
	...mtls,
	...content,
	...cardinality,
	...resource,
	...helper,
	...traceContext,
	...neighbours,
]);
