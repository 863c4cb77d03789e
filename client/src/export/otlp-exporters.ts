import type { IOtlpExportDelegate, OTLPExporterBase } from "@opentelemetry/otlp-exporter-base";
import type { IExporterMetricsHelper, ISerializer } from "@opentelemetry/otlp-transformer";
import type { Destination, Signal } from "../configuration/destination.ts";
import { otlp, otlpGrpc, otlpHttp, otlpWire } from "../sdk.ts";

/** The SDK's own: more requests than that are never under way at once. */
const concurrencyLimit = 30;

type Wire<Batch> = {
	readonly serializer: ISerializer<Batch, unknown>;
	/** For metrics of the SDK about itself, which nobody collects. */
	readonly helper: IExporterMetricsHelper<Batch>;
};

/**
 * An exporter of OTLP made of the SDK's parts, of the configuration alone: the SDK's own exporters would add what else stands in the
 * process's environment, as an endpoint that an administrator's settings took away.
 */
export function otlpExporter<Batch>(
	signal: Signal,
	destination: Destination,
	headers: () => Promise<Record<string, string>>,
): OTLPExporterBase<Batch> {
	const wire = wireOf(signal, destination.protocol === "http/json") as Wire<Batch>;
	const delegate = destination.protocol === "grpc" ? grpc(signal, destination, wire) : http(destination, headers, wire);
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
	destination: Destination,
	headers: () => Promise<Record<string, string>>,
	{ serializer, helper }: Wire<Batch>,
): IOtlpExportDelegate<Batch> {
	const { createOtlpHttpExportDelegate, httpAgentFactoryFromOptions } = otlpHttp();
	const { tls, proxies, protocol, url } = destination;
	const type = protocol === "http/json" ? "application/json" : "application/x-protobuf";
	const agentOptions = { keepAlive: true, proxyEnv: proxies, ...tls } as Parameters<typeof httpAgentFactoryFromOptions>[0];
	return createOtlpHttpExportDelegate(
		{
			...shared(destination),
			url,
			headers: async () => ({ ...(await headers()), "Content-Type": type }),
			agentFactory: httpAgentFactoryFromOptions(agentOptions),
		},
		serializer,
		"purser_client",
		helper,
		undefined,
	);
}

const services = {
	metrics: ["MetricsExportService", "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"],
	logs: ["LogsExportService", "/opentelemetry.proto.collector.logs.v1.LogsService/Export"],
	traces: ["TraceExportService", "/opentelemetry.proto.collector.trace.v1.TraceService/Export"],
} as const;

function grpc<Batch>(signal: Signal, destination: Destination, { serializer, helper }: Wire<Batch>): IOtlpExportDelegate<Batch> {
	const { createOtlpGrpcExportDelegate, createEmptyMetadata, createInsecureCredentials, createSslCredentials } = otlpGrpc();
	const { tls, url, headers } = destination;
	const { host, protocol } = new URL(url);
	const [name, path] = services[signal];
	return createOtlpGrpcExportDelegate(
		{
			...shared(destination),
			url: host,
			metadata: () => {
				const metadata = createEmptyMetadata();
				for (const [key, value] of Object.entries(headers)) metadata.set(key, value);
				return metadata;
			},
			credentials: () => (protocol === "http:" ? createInsecureCredentials() : createSslCredentials(tls.ca, tls.key, tls.cert)),
		},
		serializer,
		"purser_client",
		helper,
		undefined,
		name,
		path,
	);
}
