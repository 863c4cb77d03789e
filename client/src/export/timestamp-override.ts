import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";

type HrTime = [seconds: number, nanoseconds: number];
const hrTime = (ms: number): HrTime => [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)];

/**
 * Sets the times of data points from another clock than the machine's, which the SDK does not support: histories are emitted
 * with it. A point begins with the first addition since the last collection, and ends when it is collected.
 */
export class PointClock {
	readonly #nowMs: () => number;
	#sinceMs: number | undefined;

	constructor(nowMs: () => number) {
		this.#nowMs = nowMs;
	}

	/** Something is added. */
	touch(): void {
		this.#sinceMs ??= this.#nowMs();
	}

	readonly apply = (batch: ResourceMetrics): ResourceMetrics => {
		const endTime = hrTime(this.#nowMs());
		const startTime = hrTime(this.#sinceMs ?? this.#nowMs());
		this.#sinceMs = undefined;
		const scopeMetrics = batch.scopeMetrics.map((scope) => ({
			...scope,
			metrics: scope.metrics.map((metric) => ({
				...metric,
				dataPoints: metric.dataPoints.map((point) => ({ ...point, startTime, endTime })),
			})),
		}));
		return { ...batch, scopeMetrics } as ResourceMetrics;
	};
}
