import type { LoggerProvider, MeterProvider, TracerProvider } from "@opentelemetry/api";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { PushMetricExporter, ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { Configuration, Route } from "../configuration/configuration.ts";
import type { Destination, Signal } from "../configuration/destination.ts";
import { logsSdk, metricsSdk, resourcesSdk, tracesSdk } from "../sdk.ts";
import { countingExporter } from "./counting-exporter.ts";
import { DeliveryStats } from "./delivery-stats.ts";
import type { HeadersHelper } from "./headers-helper.ts";
import { otlpExporter } from "./otlp-exporters.ts";
import { prometheusReader } from "./prometheus-reader.ts";
import type { PointClock } from "./timestamp-override.ts";

/** The pipelines of each signal; undefined where it is not sent. */
export type Pipelines = {
	readonly metrics: { readonly provider: MeterProvider; readonly stats: DeliveryStats } | undefined;
	readonly logs: { readonly provider: LoggerProvider; readonly stats: DeliveryStats } | undefined;
	readonly traces: { readonly provider: TracerProvider; readonly stats: DeliveryStats } | undefined;
	/** Sends what is waiting. Neither of them rejects, and the second waits for the first. */
	readonly flush: () => Promise<void>;
	readonly shutdown: () => Promise<void>;
	/** Lets go of everything: what is under way is lost, and nothing holds the process any more. */
	readonly abandon: () => void;
};

export type PipelineOptions = {
	readonly configuration: Configuration;
	readonly resource: Readonly<Record<string, string>>;
	readonly helper: HeadersHelper | undefined;
	/** Records of one signal that may wait for their export. */
	readonly maxQueueSize: number;
	readonly pointClock: PointClock | undefined;
	readonly note: (message: string) => void;
	readonly say: (message: string) => void;
};

/** Options that the parts of all pipelines need. */
type Opening = PipelineOptions & {
	readonly shutdownSignal: AbortController;
	readonly abortSignal: AbortController;
	readonly exporters: { forceFlush(): Promise<void> }[];
};

export function openPipelines(options: PipelineOptions): Pipelines {
	const { configuration, maxQueueSize, say, helper } = options;
	const opening: Opening = {
		...options,
		shutdownSignal: new AbortController(),
		abortSignal: new AbortController(),
		exporters: [],
	};
	const statsOf = (signal: Signal) => new DeliveryStats(signal, maxQueueSize, say);
	const signalStats = { metrics: statsOf("metrics"), logs: statsOf("logs"), traces: statsOf("traces") };
	const metrics = hasRoute(configuration.metrics) ? meterProvider(opening, signalStats.metrics) : undefined;
	const logs = hasRoute(configuration.logs) ? loggerProvider(opening, signalStats.logs) : undefined;
	const traces = hasRoute(configuration.traces) ? tracerProvider(opening, signalStats.traces) : undefined;
	const all = [metrics, logs, traces].filter((provider) => provider !== undefined);

	let last = Promise.resolve();
	/** One after the other: the SDK's processors lose what comes between two that overlap. */
	const each = (act: (provider: (typeof all)[number]) => Promise<void>): Promise<void> => {
		last = last.then(async () => {
			await Promise.allSettled(all.map(act));
			// They do not wait for spans that were under way before.
			await Promise.allSettled(opening.exporters.map((exporter) => exporter.forceFlush()));
		});
		return last;
	};
	return {
		metrics: metrics && { provider: metrics, stats: signalStats.metrics },
		logs: logs && { provider: logs, stats: signalStats.logs },
		traces: traces && { provider: traces, stats: signalStats.traces },
		flush: () => each((provider) => provider.forceFlush()),
		shutdown: () => {
			opening.shutdownSignal.abort();
			return each((provider) => provider.shutdown());
		},
		abandon: () => {
			for (const stats of Object.values(signalStats)) stats.close();
			helper?.close();
			opening.abortSignal.abort(new Error("it was given up"));
		},
	};
}

const hasRoute = ({ otlp, console, prometheus }: Route): boolean => Boolean(otlp || console || prometheus);

const resourceOf = ({ resource }: Opening) => resourcesSdk().resourceFromAttributes({ ...resource });

function otlpOf<Batch>(signal: Signal, destination: Destination, { helper, shutdownSignal, abortSignal, exporters }: Opening) {
	const dynamicHeaders = async () => (destination.isForeign ? {} : ((await helper?.headers()) ?? {}));
	const exporter = otlpExporter<Batch>({
		signal,
		destination,
		dynamicHeaders,
		shutdownSignal: shutdownSignal.signal,
		abortSignal: abortSignal.signal,
	});
	exporters.push(exporter);
	return exporter;
}

function loggerProvider(opening: Opening, stats: DeliveryStats) {
	const { BatchLogRecordProcessor, ConsoleLogRecordExporter, LoggerProvider } = logsSdk();
	const { otlp, console, intervalMs } = opening.configuration.logs;
	const exporters = [
		...(otlp ? [otlpOf<ReadableLogRecord[]>("logs", otlp, opening)] : []),
		...(console ? [new ConsoleLogRecordExporter()] : []),
	];
	const processors = exporters.map(
		(exporter, i) =>
			new BatchLogRecordProcessor({
				// Counted once: at the first of them.
				exporter: i === 0 ? countingExporter(exporter, stats, (records: ReadableLogRecord[]) => records.length) : exporter,
				scheduledDelayMillis: intervalMs,
				maxQueueSize: opening.maxQueueSize,
			} as ConstructorParameters<typeof BatchLogRecordProcessor>[0]),
	);
	return new LoggerProvider({ resource: resourceOf(opening), processors, logRecordLimits: { attributeCountLimit: 512 } });
}

function tracerProvider(opening: Opening, stats: DeliveryStats) {
	const { AlwaysOnSampler, BatchSpanProcessor, ConsoleSpanExporter, TracerProvider } = tracesSdk();
	const { otlp, console, intervalMs } = opening.configuration.traces;
	const exporters = [
		...(otlp ? [otlpOf<ReadableSpan[]>("traces", otlp, opening)] : []),
		...(console ? [new ConsoleSpanExporter()] : []),
	];
	const spanProcessors = exporters.map(
		(exporter, i) =>
			new BatchSpanProcessor({
				exporter: i === 0 ? countingExporter(exporter, stats, (spans: ReadableSpan[]) => spans.length) : exporter,
				scheduledDelayMillis: intervalMs,
				maxQueueSize: opening.maxQueueSize,
			} as ConstructorParameters<typeof BatchSpanProcessor>[0]),
	);
	return new TracerProvider({ resource: resourceOf(opening), sampler: new AlwaysOnSampler(), spanProcessors });
}

const pointsOf = ({ scopeMetrics }: ResourceMetrics): number =>
	scopeMetrics.reduce((sum, { metrics }) => sum + metrics.reduce((all, { dataPoints }) => all + dataPoints.length, 0), 0);

function meterProvider(opening: Opening, stats: DeliveryStats) {
	const { AggregationTemporality, ConsoleMetricExporter, MeterProvider, PeriodicExportingMetricReader } = metricsSdk();
	const { otlp, console, prometheus, intervalMs, temporality } = opening.configuration.metrics;
	const selected = temporality === "delta" ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE;
	const exporters = [
		...(otlp ? [otlpOf<ResourceMetrics>("metrics", otlp, opening)] : []),
		...(console ? [new ConsoleMetricExporter()] : []),
	] as PushMetricExporter[];
	const readers = exporters.map((exporter, i) => {
		const own = i === 0 ? stats : new DeliveryStats("metrics", opening.maxQueueSize, () => undefined);
		return new PeriodicExportingMetricReader({
			exporter: {
				...countingExporter(exporter, own, pointsOf, opening.pointClock?.apply),
				selectAggregationTemporality: () => selected,
			},
			exportIntervalMillis: intervalMs,
			exportTimeoutMillis: Math.min(intervalMs, 30_000),
		} as ConstructorParameters<typeof PeriodicExportingMetricReader>[0]);
	});
	const pulled = prometheus ? [prometheusReader(prometheus, opening.abortSignal.signal, opening.note)] : [];
	return new MeterProvider({ resource: resourceOf(opening), readers: [...readers, ...pulled] });
}
