import type { LoggerProvider, MeterProvider, TracerProvider } from "@opentelemetry/api";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { PushMetricExporter, ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { Configuration, Route } from "../configuration/configuration.ts";
import type { Destination, Signal } from "../configuration/destination.ts";
import { messageOf } from "../messages.ts";
import { logsSdk, metricsSdk, prometheusSdk, resourcesSdk, tracesSdk } from "../sdk.ts";
import { counted } from "./counted.ts";
import type { HeadersHelper } from "./headers-helper.ts";
import { Ledger } from "./ledger.ts";
import { otlpExporter } from "./otlp-exporters.ts";
import type { PointClock } from "./point-clock.ts";

/** What is sent of one signal; undefined where nothing is. */
export type Pipelines = {
	readonly metrics: { readonly provider: MeterProvider; readonly ledger: Ledger } | undefined;
	readonly logs: { readonly provider: LoggerProvider; readonly ledger: Ledger } | undefined;
	readonly traces: { readonly provider: TracerProvider; readonly ledger: Ledger } | undefined;
	/** Sends what is waiting. Never rejects. */
	readonly flush: () => Promise<void>;
	readonly shutdown: () => Promise<void>;
};

export type PipelineOptions = {
	readonly configuration: Configuration;
	readonly resource: Readonly<Record<string, string>>;
	readonly helper: HeadersHelper | undefined;
	/** Records of one signal that may wait for their export. */
	readonly maxWaiting: number;
	readonly pointClock: PointClock | undefined;
	readonly say: (message: string) => void;
};

export function openPipelines(options: PipelineOptions): Pipelines {
	const { configuration, say } = options;
	const ledgers = { metrics: new Ledger("metrics", say), logs: new Ledger("logs", say), traces: new Ledger("traces", say) };
	const metrics = hasRoute(configuration.metrics) ? meterProvider(options, ledgers.metrics) : undefined;
	const logs = hasRoute(configuration.logs) ? loggerProvider(options, ledgers.logs) : undefined;
	const traces = hasRoute(configuration.traces) ? tracerProvider(options, ledgers.traces) : undefined;
	const all = [metrics, logs, traces].filter((provider) => provider !== undefined);
	const each = async (act: (provider: (typeof all)[number]) => Promise<void>): Promise<void> => {
		await Promise.allSettled(all.map(act));
	};
	return {
		metrics: metrics && { provider: metrics, ledger: ledgers.metrics },
		logs: logs && { provider: logs, ledger: ledgers.logs },
		traces: traces && { provider: traces, ledger: ledgers.traces },
		flush: () => each((provider) => provider.forceFlush()),
		shutdown: () => each((provider) => provider.shutdown()),
	};
}

const hasRoute = ({ otlp, console, prometheus }: Route): boolean => Boolean(otlp || console || prometheus);

const resourceOf = ({ resource }: PipelineOptions) => resourcesSdk().resourceFromAttributes({ ...resource });

/** Headers as they are when a request is sent. gRPC does not know a helper. */
function headersOf({ helper }: PipelineOptions, { headers }: Destination): () => Promise<Record<string, string>> {
	return async () => ({ ...headers, ...(await helper?.headers()) });
}

const exporterOf = <Batch>(signal: Signal, destination: Destination, options: PipelineOptions) =>
	otlpExporter<Batch>(signal, destination, headersOf(options, destination));

function loggerProvider(options: PipelineOptions, ledger: Ledger) {
	const { BatchLogRecordProcessor, ConsoleLogRecordExporter, LoggerProvider } = logsSdk();
	const { otlp, console, intervalMs } = options.configuration.logs;
	const exporters = [
		...(otlp ? [exporterOf<ReadableLogRecord[]>("logs", otlp, options)] : []),
		...(console ? [new ConsoleLogRecordExporter()] : []),
	];
	const processors = exporters.map(
		(exporter, i) =>
			new BatchLogRecordProcessor({
				// Counted once: at the first of them.
				exporter: i === 0 ? counted(exporter, ledger, (records: ReadableLogRecord[]) => records.length) : exporter,
				scheduledDelayMillis: intervalMs,
				maxQueueSize: options.maxWaiting,
			} as ConstructorParameters<typeof BatchLogRecordProcessor>[0]),
	);
	return new LoggerProvider({ resource: resourceOf(options), processors, logRecordLimits: { attributeCountLimit: 512 } });
}

function tracerProvider(options: PipelineOptions, ledger: Ledger) {
	const { AlwaysOnSampler, BatchSpanProcessor, ConsoleSpanExporter, TracerProvider } = tracesSdk();
	const { otlp, console, intervalMs } = options.configuration.traces;
	const exporters = [
		...(otlp ? [exporterOf<ReadableSpan[]>("traces", otlp, options)] : []),
		...(console ? [new ConsoleSpanExporter()] : []),
	];
	const spanProcessors = exporters.map(
		(exporter, i) =>
			new BatchSpanProcessor({
				exporter: i === 0 ? counted(exporter, ledger, (spans: ReadableSpan[]) => spans.length) : exporter,
				scheduledDelayMillis: intervalMs,
				maxQueueSize: options.maxWaiting,
			} as ConstructorParameters<typeof BatchSpanProcessor>[0]),
	);
	return new TracerProvider({ resource: resourceOf(options), sampler: new AlwaysOnSampler(), spanProcessors });
}

const pointsOf = ({ scopeMetrics }: ResourceMetrics): number =>
	scopeMetrics.reduce((sum, { metrics }) => sum + metrics.reduce((all, { dataPoints }) => all + dataPoints.length, 0), 0);

function meterProvider(options: PipelineOptions, ledger: Ledger) {
	const { AggregationTemporality, ConsoleMetricExporter, MeterProvider, PeriodicExportingMetricReader } = metricsSdk();
	const { otlp, console, prometheus, intervalMs, temporality } = options.configuration.metrics;
	const { pointClock } = options;
	const selected = temporality === "delta" ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE;
	const readerOf = (exporter: object, isCounted: boolean) => {
		const inner = exporter as PushMetricExporter;
		const own = isCounted ? ledger : new Ledger("metrics", () => undefined);
		const exporting = {
			...counted(inner, own, pointsOf, pointClock?.apply),
			selectAggregationTemporality: () => selected,
		};
		return new PeriodicExportingMetricReader({
			exporter: exporting as unknown as PushMetricExporter,
			exportIntervalMillis: intervalMs,
			exportTimeoutMillis: Math.min(intervalMs, 30_000),
		});
	};
	const readers = [
		...(otlp ? [readerOf(exporterOf<ResourceMetrics>("metrics", otlp, options), true)] : []),
		...(console ? [readerOf(new ConsoleMetricExporter(), !otlp)] : []),
		...(prometheus ? [scraped(prometheus, options.say)] : []),
	];
	return new MeterProvider({ resource: resourceOf(options), readers });
}

/** A port that is taken, as by another process of the same agent, is said and changes nothing else. */
function scraped({ host, port }: { readonly host: string | undefined; readonly port: number }, say: (message: string) => void) {
	const { PrometheusExporter } = prometheusSdk();
	const exporter = new PrometheusExporter({ ...(host && { host }), port, preventServerStart: true });
	exporter.startServer().catch((error: unknown) => say(`cannot be scraped on port ${port}: ${messageOf(error)}`));
	(exporter as unknown as { _server?: { unref(): void } })._server?.unref();
	return exporter;
}
