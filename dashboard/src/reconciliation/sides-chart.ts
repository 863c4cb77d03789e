import type { ReconciliationRow } from "@purser/api";
import type { ChartOption } from "../charts/echarts.ts";
import type { Series } from "../charts/series.ts";
import { axisLabel, bucketLabel, type Ink, isIncomplete } from "../charts/time-bars.ts";
import { tooltipBox } from "../charts/tooltip-box.ts";
import { exactNumber, thinSpace } from "../format/number.ts";
import { axisValue } from "../format/value.ts";
import type { Range } from "../url/period.ts";
import { sidesTooltip } from "./sides-tooltip.ts";

interface Sides {
	/** Beginnings of days. */
	days: readonly number[];
	rows: readonly ReconciliationRow[];
	colours: { requests: string; counters: string; drift: string };
	range: Range;
	zone: string;
	theme: Ink;
}

/** Names of the legend: each source's sum over the period. */
export function sidesSeries({ days, rows }: Pick<Sides, "days" | "rows">): Series[] {
	const byTime = byDay(rows);
	const side = (name: "requests_cost_usd" | "counters_cost_usd", label: string): Series => {
		const values = days.map((day) => byTime.get(day)?.[name] ?? 0);
		return { name, label, values, total: values.reduce((sum, value) => sum + value, 0) };
	};
	return [side("requests_cost_usd", "requests"), side("counters_cost_usd", "counters")];
}

const byDay = (rows: readonly ReconciliationRow[]) => new Map(rows.map((row) => [Date.parse(row.time ?? ""), row]));

/** Both sides day by day, side by side from zero; beneath, on an axis of its own, how far the counters drift from the requests. */
export function sidesChart({ days, rows, colours, range, zone, theme }: Sides): ChartOption {
	const byTime = byDay(rows);
	const drifts = days.map((day) => byTime.get(day)?.cost_drift_percent ?? null);
	const incomplete = days.map((day) => isIncomplete(day, "day", range, zone));
	const hatch = { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 3], rotation: -Math.PI / 4, color: theme.paper };
	const marked = (values: readonly (number | null)[]) =>
		values.map((value, index) => (incomplete[index] && value !== null ? { value, itemStyle: { decal: hatch } } : value));
	// At least a tenth of a per cent, so that what is next to nothing looks like it.
	const reach = Math.max(0.1, ...drifts.map((drift) => Math.abs(drift ?? 0)));
	const quiet = { color: theme.quiet, fontSize: 11 };
	const [requests, counters] = sidesSeries({ days, rows });
	const bar = { type: "bar", barMaxWidth: 44, barCategoryGap: "26%", emphasis: { disabled: true } } as const;
	const data = days.map((day) => axisLabel(day, "day", zone));
	const line = { lineStyle: { color: theme.line, width: 1 } };
	return {
		animation: false,
		textStyle: { fontFamily: theme.font },
		aria: { enabled: true, label: { enabled: false }, decal: { show: false } },
		axisPointer: { link: [{ xAxisIndex: "all" }] },
		grid: [
			{ left: 56, right: 4, top: 8, height: "58%", outerBoundsMode: "none" },
			{ left: 56, right: 4, bottom: 22, height: "20%", outerBoundsMode: "none" },
		],
		xAxis: [
			{ type: "category", gridIndex: 0, data, axisTick: { show: false }, axisLine: line, axisLabel: { show: false } },
			{
				type: "category",
				gridIndex: 1,
				data,
				axisTick: { show: false },
				axisLine: { ...line, onZero: true },
				// Under the chart, also where bars hang from zero.
				offset: 0,
				axisLabel: { ...quiet, hideOverlap: true, margin: 6 },
				position: "bottom",
			},
		],
		yAxis: [
			{
				type: "value",
				gridIndex: 0,
				min: 0,
				splitNumber: 3,
				axisLabel: { ...quiet, formatter: (value: number) => axisValue("USD", value) },
				splitLine: line,
			},
			{
				type: "value",
				gridIndex: 1,
				min: -reach,
				max: reach,
				interval: reach,
				axisLabel: { ...quiet, formatter: (value: number) => driftAxis(value) },
				splitLine: line,
			},
		],
		tooltip: {
			...tooltipBox(theme),
			formatter: (params) => {
				const index = (Array.isArray(params) ? params[0] : params)?.dataIndex ?? 0;
				const day = days[index] ?? 0;
				const title = `${bucketLabel(day, "day", zone)}${incomplete[index] ? " · incomplete" : ""}`;
				return sidesTooltip(title, byTime.get(day), colours);
			},
		},
		series: [
			{ ...bar, id: "requests", itemStyle: { color: colours.requests }, barGap: "8%", data: marked(requests?.values ?? []) },
			{ ...bar, id: "counters", itemStyle: { color: colours.counters }, data: marked(counters?.values ?? []) },
			{ ...bar, id: "drift", xAxisIndex: 1, yAxisIndex: 1, itemStyle: { color: colours.drift }, data: marked(drifts) },
		],
	};
}

const driftAxis = (percent: number): string => {
	const size = Math.abs(percent);
	const sign = percent > 0 ? "+" : percent < 0 ? "−" : "";
	return `${sign}${exactNumber(size, undefined, size < 1 ? 2 : size < 10 ? 1 : 0)}${thinSpace}%`;
};
