import type { BarSeriesOption } from "echarts/charts";
import { instant, spanOf } from "../format/instant.ts";
import { axisValue, type Unit } from "../format/value.ts";
import { type Grain, nextBucket } from "../url/grain.ts";
import type { Range } from "../url/period.ts";
import { wallClock } from "../url/zone.ts";
import type { ChartOption } from "./echarts.ts";
import { gapShade, gapsWithin, type Span } from "./gap-shade.ts";
import type { Series } from "./series.ts";
import { tooltip } from "./tooltip.ts";
import { tooltipBox } from "./tooltip-box.ts";

export interface Ink {
	text: string;
	quiet: string;
	line: string;
	paper: string;
	raised: string;
	/** Behind what is not the whole story. */
	shade: string;
	font: string;
}

interface Bars {
	buckets: readonly number[];
	series: readonly Series[];
	colours: ReadonlyMap<string, string>;
	unit: Unit;
	/** On top of one another when together they mean something, else side by side. */
	stacked: boolean;
	grain: Grain;
	range: Range;
	zone: string;
	theme: Ink;
	/** Times in which no client reported: shaded, and named in the tooltip. */
	gaps?: readonly Span[];
}

/** Returns true if a bucket reaches over the period's edge, so that its bar is not complete. */
export const isIncomplete = (start: number, grain: Grain, range: Range, zone: string): boolean =>
	start < range.from || nextBucket(start, grain, zone) > range.to;

/** Amounts over time, stacked, from zero. What is incomplete is hatched. */
export function timeBars({ buckets, series, colours, unit, stacked, grain, range, zone, theme, gaps = [] }: Bars): ChartOption {
	const hatch = { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 3], rotation: -Math.PI / 4, color: theme.paper };
	// A label in the middle of a thin bar reaches over the edge.
	const right = buckets.length > 20 ? 12 : 0;
	const end = nextBucket(buckets.at(-1) ?? 0, grain, zone);
	const gapWords = (index: number) =>
		gapsWithin(buckets[index] ?? 0, buckets[index + 1] ?? end, gaps).map(
			({ from, to }) => `no client reported ${spanOf(from, to, zone)}`,
		);
	const incomplete = buckets.map((start) => isIncomplete(start, grain, range, zone));
	return {
		animation: false,
		textStyle: { fontFamily: theme.font },
		// Decals need it; the words are our own.
		aria: { enabled: true, label: { enabled: false }, decal: { show: false } },
		grid: {
			left: 0,
			right,
			top: 8,
			bottom: 0,
			outerBounds: { left: 0, right: 0, top: 8, bottom: 2 },
			outerBoundsContain: "axisLabel",
		},
		xAxis: {
			type: "category",
			data: buckets.map((start) => axisLabel(start, grain, zone)),
			axisTick: { show: false },
			axisLine: { lineStyle: { color: theme.line } },
			axisLabel: { color: theme.quiet, fontSize: 11, hideOverlap: true, margin: 6, ...labelled(buckets, grain, zone) },
		},
		yAxis: {
			type: "value",
			min: 0,
			splitNumber: 3,
			// People and sessions come whole.
			...(unit === "" || unit === "tokens" ? { minInterval: 1 } : {}),
			axisLabel: { color: theme.quiet, fontSize: 11, formatter: (value: number) => axisValue(unit, value) },
			splitLine: { lineStyle: { color: theme.line, width: 1 } },
		},
		tooltip: {
			...tooltipBox(theme),
			formatter: (params) => {
				const index = (Array.isArray(params) ? params[0] : params)?.dataIndex ?? 0;
				const title = `${bucketLabel(buckets[index] ?? 0, grain, zone)}${incomplete[index] ? " · incomplete" : ""}`;
				return tooltip({ title, series, colours, index, unit, together: stacked, notes: gapWords(index) });
			},
		},
		series: [
			...series.map(
				({ name, label, values }): BarSeriesOption => ({
					type: "bar",
					id: name,
					name: label,
					...(stacked ? { stack: "all" } : { barGap: "8%" }),
					barMaxWidth: 44,
					barCategoryGap: buckets.length > 45 ? "12%" : "26%",
					itemStyle: { color: colours.get(name) ?? theme.quiet },
					emphasis: { disabled: true },
					data: values.map((value, index) =>
						incomplete[index] ? { value: value ?? 0, itemStyle: { decal: hatch } } : (value ?? 0),
					),
				}),
			),
			gapShade({ buckets, end, gaps, colour: theme.shade }),
		],
	};
}

/** Hours of more than a day: its parts by the clock, and the day where it begins. */
function labelled(buckets: readonly number[], grain: Grain, zone: string) {
	if (grain !== "hour" || buckets.length <= 26) return {};
	const every = buckets.length > 80 ? 24 : 12;
	return { interval: (index: number) => wallClock(buckets[index] ?? 0, zone).hour % every === 0 };
}

export function axisLabel(start: number, grain: Grain, zone: string): string {
	const isMidnight = grain === "hour" && wallClock(start, zone).hour === 0;
	if ((grain === "minute" || grain === "hour") && !isMidnight) return instant(start, "minute", zone);
	return grain === "month" ? instant(start, "month", zone) : instant(start, "day", zone);
}

export function bucketLabel(start: number, grain: Grain, zone: string): string {
	if (grain === "minute" || grain === "hour") return instant(start, "dayMinute", zone);
	if (grain === "week") return `week of ${instant(start, "day", zone)}`;
	return instant(start, grain === "month" ? "month" : "weekday", zone);
}
