import { useMemo } from "react";
import { Chart } from "../charts/chart.tsx";
import { Legend } from "../charts/legend.tsx";
import { other, seriesColor } from "../charts/palette.ts";
import { useChartTheme } from "../charts/use-chart-theme.ts";
import { shortValue } from "../format/value.ts";
import { bucketsBetween, nextBucket } from "../url/grain.ts";
import { useViewState } from "../view/view-state.tsx";
import { driftText } from "./drift.ts";
import classes from "./reconciliation.module.css";
import { Section } from "./section.tsx";
import { sidesChart, sidesSeries } from "./sides-chart.ts";
import type { Reconciled } from "./use-reconciliation.ts";

const height = 300;

/** Both sides day by day, and how far apart they are. */
export function SidesPanel({ reconciled: { answer, stale } }: { reconciled: Reconciled }) {
	const { range, zone, change } = useViewState();
	const { scheme, theme } = useChartTheme();
	const { from, to } = range;
	const days = useMemo(() => bucketsBetween(from, to, "day", zone), [from, to, zone]);
	const colours = useMemo(
		() => ({
			requests: seriesColor("money", scheme),
			counters: other[scheme],
			drift: theme.text,
		}),
		[scheme, theme],
	);
	const rows = answer?.rows;
	const series = useMemo(() => sidesSeries({ days, rows: rows ?? [] }), [days, rows]);
	const option = useMemo(
		() => sidesChart({ days, rows: rows ?? [], colours, range: { from, to }, zone, theme }),
		[days, rows, colours, from, to, zone, theme],
	);
	const byName = new Map([
		["requests_cost_usd", colours.requests],
		["counters_cost_usd", colours.counters],
	]);
	const spoken = series.map(({ label, total }) => `${label} ${shortValue("USD", total)}`).join(", ");
	const zoom = (index: number) => {
		const start = days[index];
		if (start !== undefined && days.length > 1) change({ period: { from: start, to: nextBucket(start, "day", zone) } });
	};
	return (
		<Section
			title="Both sides, per day"
			explains="Cost as requests and as counters report it, of the sessions that both report. Beneath: the drift, which is the counters' excess over the requests in per cent. Counters come up to an interval after their requests, so that around midnight a day may lack what the next has too much. A hatched bar is not complete; a click on one looks into its day."
			loading={!answer}
			stale={stale}
			height={height}
		>
			<div style={{ height, display: "flex", flexDirection: "column" }}>
				<div className={classes.legend}>
					<Legend series={series} colours={byName} unit="USD" />
					<span>
						<i style={{ background: colours.drift }} aria-hidden />
						drift, beneath <b>{driftText(answer?.total.cost_drift_percent)}</b>
					</span>
				</div>
				<Chart
					option={option}
					label={`Both sides, two bars per day and the drift beneath: ${spoken}, drift ${driftText(answer?.total.cost_drift_percent)}`}
					onPick={zoom}
				/>
			</div>
		</Section>
	);
}
