import type { LoggerProvider, MeterProvider, TracerProvider } from "@opentelemetry/api";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { PushMetricExporter, ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { Configuration, Route } from "../configuration/configuration.ts";
import type { Destination, Signal } from "../configuration/destination.ts";
import { logsSdk, metricsSdk, resourcesSdk, tracesSdk } from "../sdk.ts";
import { counted } from "./counting-exporter.ts";
import { Ledger } from "./delivery-stats.ts";
import type { HeadersHelper } from "./headers-helper.ts";
import { otlpExporter } from "./otlp-exporters.ts";
import { scraped } from "./prometheus-reader.ts";
import type { PointClock } from "./timestamp-override.ts";

/** What is sent of one signal; undefined where nothing is. */
export type Pipelines = {
	readonly metrics: { readonly provider: MeterProvider; readonly ledger: Ledger } | undefined;
	readonly logs: { readonly provider: LoggerProvider; readonly ledger: Ledger } | undefined;
	readonly traces: { readonly provider: TracerProvider; readonly ledger: Ledger } | undefined;
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
	readonly maxWaiting: number;
	readonly pointClock: PointClock | undefined;
	readonly note: (message: string) => void;
	readonly say: (message: string) => void;
};

/** What the parts of all pipelines need. */
type Opening = PipelineOptions & {
	readonly closing: AbortController;
	readonly over: AbortController;
	readonly exporters: { forceFlush(): Promise<void> }[];
};

export function openPipelines(options: PipelineOptions): Pipelines {
	const { configuration, maxWaiting, say, helper } = options;
	const opening: Opening = { ...options, closing: new AbortController(), over: new AbortController(), exporters: [] };
	const ledgerOf = (signal: Signal) => new Ledger(signal, maxWaiting, say);
	const ledgers = { metrics: ledgerOf("metrics"), logs: ledgerOf("logs"), traces: ledgerOf("traces") };
	const metrics = hasRoute(configuration.metrics) ? meterProvider(opening, ledgers.metrics) : undefined;
	const logs = hasRoute(configuration.logs) ? loggerProvider(opening, ledgers.logs) : undefined;
	const traces = hasRoute(configuration.traces) ? tracerProvider(opening, ledgers.traces) : undefined;
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
		metrics: metrics && { provider: metrics, ledger: ledgers.metrics },
		logs: logs && { provider: logs, ledger: ledgers.logs },
		traces: traces && { provider: traces, ledger: ledgers.traces },
		flush: () => each((provider) => provider.forceFlush()),
		shutdown: () => {
			opening.closing.abort();
			return each((provider) => provider.shutdown());
		},
		abandon: () => {
			for (const ledger of Object.values(ledgers)) ledger.close();
			helper?.close();
			opening.over.abort(new Error("it was given up"));
		},
	};
}

const hasRoute = ({ otlp, console, prometheus }: Route): boolean => Boolean(otlp || console || prometheus);

const resourceOf = ({ resource }: Opening) => resourcesSdk().resourceFromAttributes({ ...resource });

function otlpOf<Batch>(signal: Signal, destination: Destination, { helper, closing, over, exporters }: Opening) {
	const moreHeaders = async () => (destination.isForeign ? {} : ((await helper?.headers()) ?? {}));
	const exporter = otlpExporter<Batch>({ signal, destination, moreHeaders, closing: closing.signal, over: over.signal });
	exporters.push(exporter);
	return exporter;
}

function loggerProvider(opening: Opening, ledger: Ledger) {
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
				exporter: i === 0 ? counted(exporter, ledger, (records: ReadableLogRecord[]) => records.length) : exporter,
				scheduledDelayMillis: intervalMs,
				maxQueueSize: opening.maxWaiting,
			} as ConstructorParameters<typeof BatchLogRecordProcessor>[0]),
	);
	return new LoggerProvider({ resource: resourceOf(opening), processors, logRecordLimits: { attributeCountLimit: 512 } });
}

function tracerProvider(opening: Opening, ledger: Ledger) {
	const { AlwaysOnSampler, BatchSpanProcessor, ConsoleSpanExporter, TracerProvider } = tracesSdk();
	const { otlp, console, intervalMs } = opening.configuration.traces;
	const exporters = [
		...(otlp ? [otlpOf<ReadableSpan[]>("traces", otlp, opening)] : []),
		...(console ? [new ConsoleSpanExporter()] : []),
	];
	const spanProcessors = exporters.map(
		(exporter, i) =>
			new BatchSpanProcessor({
				exporter: i === 0 ? counted(exporter, ledger, (spans: ReadableSpan[]) => spans.length) : exporter,
				scheduledDelayMillis: intervalMs,
				maxQueueSize: opening.maxWaiting,
			} as ConstructorParameters<typeof BatchSpanProcessor>[0]),
	);
	return new TracerProvider({ resource: resourceOf(opening), sampler: new AlwaysOnSampler(), spanProcessors });
}

const pointsOf = ({ scopeMetrics }: ResourceMetrics): number =>
	scopeMetrics.reduce((sum, { metrics }) => sum + metrics.reduce((all, { dataPoints }) => all + dataPoints.length, 0), 0);

function meterProvider(opening: Opening, ledger: Ledger) {
	const { AggregationTemporality, ConsoleMetricExporter, MeterProvider, PeriodicExportingMetricReader } = metricsSdk();
	const { otlp, console, prometheus, intervalMs, temporality } = opening.configuration.metrics;
	const selected = temporality === "delta" ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE;
	const exporters = [
		...(otlp ? [otlpOf<ResourceMetrics>("metrics", otlp, opening)] : []),
		...(console ? [new ConsoleMetricExporter()] : []),
	] as PushMetricExporter[];
	const readers = exporters.map((exporter, i) => {
		const own = i === 0 ? ledger : new Ledger("metrics", opening.maxWaiting, () => undefined);
		return new PeriodicExportingMetricReader({
			exporter: { ...counted(exporter, own, pointsOf, opening.pointClock?.apply), selectAggregationTemporality: () => selected },
			exportIntervalMillis: intervalMs,
			exportTimeoutMillis: Math.min(intervalMs, 30_000),
		} as ConstructorParameters<typeof PeriodicExportingMetricReader>[0]);
	});
	const pulled = prometheus ? [scraped(prometheus, opening.over.signal, opening.note)] : [];
	return new MeterProvider({ resource: resourceOf(opening), readers: [...readers, ...pulled] });
}
