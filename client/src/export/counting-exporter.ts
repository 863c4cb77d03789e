import type { ExportResult } from "@opentelemetry/core";
import type { DeliveryStats } from "./delivery-stats.ts";

/** The interface that all exporters of the SDK share. */
type Exporter<Batch> = {
	export(batch: Batch, done: (result: ExportResult) => void): void;
	forceFlush?(): Promise<void>;
	shutdown(): Promise<void>;
};

/** An exporter whose batches are counted. It never throws: what it cannot export is lost, and counted. */
export function countingExporter<Batch, Own extends Exporter<Batch>>(
	exporter: Own,
	stats: DeliveryStats,
	sizeOf: (batch: Batch) => number,
	before: (batch: Batch) => Batch = (batch) => batch,
): Exporter<Batch> & { forceFlush(): Promise<void> } {
	return {
		export(batch, done) {
			const size = sizeOf(batch);
			stats.exporting(size);
			if (size === 0) return done({ code: 0 });
			try {
				exporter.export(before(batch), (result) => {
					stats.completed(size, result.code === 0 ? undefined : (result.error ?? "it failed"));
					done(result);
				});
			} catch (error) {
				stats.completed(size, error);
				done({ code: 1 });
			}
		},
		forceFlush: async () => exporter.forceFlush?.(),
		shutdown: () => exporter.shutdown(),
	};
}
