import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent, type AgentOptions as HttpsAgentOptions } from "node:https";
import type { IOtlpExportDelegate, OTLPExporterBase } from "@opentelemetry/otlp-exporter-base";
import type { IExporterMetricsHelper, ISerializer } from "@opentelemetry/otlp-transformer";
import type { Destination, Signal } from "../configuration/destination.ts";
import { otlp, otlpGrpc, otlpWire } from "../sdk.ts";
import { HttpTransport } from "./http-transport.ts";

/** The SDK's own: more requests than that are never under way at once. */
const concurrencyLimit = 30;
const componentType = "purser_client";

type Wire<Batch> = {
	readonly serializer: ISerializer<Batch, unknown>;
	/** A helper for the SDK's metrics about itself, which are not collected. */
	readonly helper: IExporterMetricsHelper<Batch>;
};

export type OtlpExporterOptions = {
	readonly signal: Signal;
	readonly destination: Destination;
	/** Further headers, as a helper prints them. HTTP only. */
	readonly dynamicHeaders: () => Promise<Readonly<Record<string, string>>>;
	readonly shutdownSignal: AbortSignal;
	readonly abortSignal: AbortSignal;
};

/**
 * An exporter of OTLP made of the SDK's parts, of the configuration alone: the SDK's own exporters would add what else stands in the
 * process's environment, as an endpoint that an administrator's settings took away.
 */
export function otlpExporter<Batch>(options: OtlpExporterOptions): OTLPExporterBase<Batch> {
	const { signal, destination } = options;
	const wire = wireOf(signal, destination.protocol === "http/json") as Wire<Batch>;
	const delegate = destination.protocol === "grpc" ? grpc(signal, destination, wire) : http(options, wire);
	return new (otlp().OTLPExporterBase)(delegate);
}

function wireOf(signal: Signal, isJson: boolean): Wire<never> {
	const all = otlpWire();
	const wires = {
		logs: [all.JsonLogsSerializer, all.ProtobufLogsSerializer, all.LogsExporterMetricsHelper],
		metrics: [all.JsonMetricsSerializer, all.ProtobufMetricsSerializer, all.MetricsExporterMetricsHelper],
		traces: [all.JsonTraceSerializer, all.ProtobufTraceSerializer, all.TraceExporterMetricsHelper],
	} as const;
	const [json, protobuf, helper] = wires[signal];
	return { serializer: isJson ? json : protobuf, helper } as unknown as Wire<never>;
}

const shared = ({ timeoutMs, compression }: Destination) => ({ timeoutMillis: timeoutMs, compression, concurrencyLimit });

function http<Batch>(
	{ destination, dynamicHeaders, shutdownSignal, abortSignal }: OtlpExporterOptions,
	{ serializer, helper }: Wire<Batch>,
): IOtlpExportDelegate<Batch> {
	const { ExporterMetrics, createOtlpNetworkExportDelegate } = otlp();
	const { protocol, url, headers, compression } = destination;
	let agent: HttpAgent | undefined;
	abortSignal.addEventListener("abort", () => agent?.destroy());
	const transport = new HttpTransport({
		url,
		isGzip: compression === "gzip",
		headers: async () => ({
			...headers,
			...(await dynamicHeaders()),
			"User-Agent": "OTel-OTLP-Exporter-JavaScript purser-client",
			"Content-Type": protocol === "http/json" ? "application/json" : "application/x-protobuf",
		}),
		agent: () => {
			agent ??= agentOf(destination);
			return agent;
		},
		shutdownSignal,
		abortSignal,
	});
	const metrics = new ExporterMetrics({
		componentType,
		metricsHelper: helper,
		url,
		meterProvider: undefined,
		responseAttributesFromError: () => ({}),
	});
	return createOtlpNetworkExportDelegate(shared(destination), serializer, metrics, transport);
}

function agentOf({ url, proxies, tls }: Destination): HttpAgent {
	const options = { keepAlive: true, proxyEnv: proxies };
	return url.startsWith("https:") ? new HttpsAgent({ ...options, ...tls } as HttpsAgentOptions) : new HttpAgent(options);
}

const services = {
	metrics: ["MetricsExportService", "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"],
	logs: ["LogsExportService", "/opentelemetry.proto.collector.logs.v1.LogsService/Export"],
	traces: ["TraceExportService", "/opentelemetry.proto.collector.trace.v1.TraceService/Export"],
} as const;

function grpc<Batch>(signal: Signal, destination: Destination, { serializer, helper }: Wire<Batch>): IOtlpExportDelegate<Batch> {
	const { createOtlpGrpcExportDelegate, createEmptyMetadata, createInsecureCredentials, createSslCredentials } = otlpGrpc();
	const { tls, url, headers } = destination;
	const { hostname, port, protocol } = new URL(url);
	const isPlain = protocol === "http:";
	const [name, path] = services[signal];
	return createOtlpGrpcExportDelegate(
		{
			...shared(destination),
			url: `${hostname}:${port || (isPlain ? 80 : 443)}`,
			metadata: () => {
				const metadata = createEmptyMetadata();
				for (const [key, value] of Object.entries(headers)) metadata.set(key, value);
				return metadata;
			},
			credentials: () => (isPlain ? createInsecureCredentials() : createSslCredentials(tls.ca as Buffer, tls.key, tls.cert)),
		},
		serializer,
		componentType,
		helper,
		undefined,
		name,
		path,
	);
}
