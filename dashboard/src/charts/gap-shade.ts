import type { CustomSeriesOption } from "echarts/charts";

/** A time in which no client reported, in milliseconds since 1970. */
export interface Span {
	from: number;
	to: number;
}

interface Shading {
	/** Starts of the chart's buckets, and the end of the last one. */
	buckets: readonly number[];
	end: number;
	gaps: readonly Span[];
	colour: string;
}

/** Returns the place of an instant on an axis of buckets: 2.5 is the middle of the third. */
export function placeOf(instant: number, buckets: readonly number[], end: number): number {
	const index = buckets.findLastIndex((start) => start <= instant);
	if (index < 0) return 0;
	const start = buckets[index] ?? 0;
	const next = buckets[index + 1] ?? end;
	return Math.min(buckets.length, index + (instant - start) / (next - start));
}

export const gapsWithin = (start: number, end: number, gaps: readonly Span[]): Span[] =>
	gaps.filter(({ from, to }) => from < end && to > start);

/** Shades behind the bars of a chart over time, as wide as the gaps are long, over the whole height. */
export function gapShade({ buckets, end, gaps, colour }: Shading): CustomSeriesOption {
	return {
		type: "custom",
		id: "\u0000gaps",
		silent: true,
		tooltip: { show: false },
		z: 1,
		data: gapsWithin(buckets[0] ?? 0, end, gaps).map(({ from, to }) => [placeOf(from, buckets, end), placeOf(to, buckets, end)]),
		// Drawn by place: the axis itself knows whole buckets only.
		encode: { x: -1, y: -1 },
		renderItem: (params, api) => {
			const { x, y, width, height } = params.coordSys as unknown as { x: number; y: number; width: number; height: number };
			const at = (place: number) => x + (place / buckets.length) * width;
			const [left, right] = [at(Number(api.value(0))), at(Number(api.value(1)))];
			return { type: "rect", shape: { x: left, y, width: Math.max(2, right - left), height }, style: { fill: colour } };
		},
	};
}
