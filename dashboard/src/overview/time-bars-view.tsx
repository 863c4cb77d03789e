import { useMemo } from "react";
import { Chart } from "../charts/chart.tsx";
import { Legend } from "../charts/legend.tsx";
import type { Series } from "../charts/series.ts";
import { timeBars } from "../charts/time-bars.ts";
import { useChartTheme } from "../charts/use-chart-theme.ts";
import type { Unit } from "../format/value.ts";
import { nextBucket } from "../url/grain.ts";
import { useUnusualGaps } from "../view/use-coverage.ts";
import { useViewState } from "../view/view-state.tsx";
import classes from "./time-bars-view.module.css";

interface Props {
	label: string;
	unit: Unit;
	stacked: boolean;
	buckets: readonly number[];
	series: readonly Series[];
	colours: ReadonlyMap<string, string>;
	height: number;
	legend: boolean;
	verb?: string;
	onPick?: (series: Series) => void;
}

/** Bars over time with their names above. A click on a bar zooms into its bucket, a click on a name narrows the view. */
export function TimeBarsView({ label, unit, stacked, buckets, series, colours, height, legend, verb, onPick }: Props) {
	const { grain, range, zone, change } = useViewState();
	const { theme } = useChartTheme();
	const unusual = useUnusualGaps();
	const gaps = useMemo(() => unusual.map(({ from, to }) => ({ from: Date.parse(from), to: Date.parse(to) })), [unusual]);
	const option = useMemo(
		() => timeBars({ buckets, series, colours, unit, stacked, grain, range, zone, theme, gaps }),
		[buckets, series, colours, unit, stacked, grain, range, zone, theme, gaps],
	);
	const zoom = (index: number) => {
		const start = buckets[index];
		if (start === undefined || grain === "minute") return;
		change({ period: { from: start, to: nextBucket(start, grain, zone) }, grain: undefined });
	};
	return (
		<div className={classes.view} style={{ height }}>
			{legend && <Legend series={series} colours={colours} unit={unit} {...(verb && onPick ? { verb, onPick } : {})} />}
			<Chart option={option} label={label} onPick={zoom} />
		</div>
	);
}
