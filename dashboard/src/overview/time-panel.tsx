import { useMemo, useState } from "react";
import { useLocation } from "wouter";
import { useMeasures } from "../api/catalog.ts";
import { usageCsv } from "../api/usage.ts";
import { coloursOf, other, seriesColor } from "../charts/palette.ts";
import { measureSeries, otherName, type Series, splitSeries } from "../charts/series.ts";
import { useChartTheme } from "../charts/use-chart-theme.ts";
import { dimensionLabel, valueLabel } from "../format/labels.ts";
import { shortValue, type Unit } from "../format/value.ts";
import { EmptyState } from "../layout/empty-note.tsx";
import { Panel } from "../ui/panel.tsx";
import { bucketsBetween } from "../url/grain.ts";
import { type QueryResult, useUsage } from "../view/use-usage.ts";
import { useViewState } from "../view/view-state.tsx";
import { drillDownFor } from "./drill-down.ts";
import { Explain } from "./explain.tsx";
import { figureMeasures, figuresOverTime } from "./figures.ts";
import type { MeasuresPanel, SplitPanel } from "./panels.ts";
import { TimeBarsView } from "./time-bars-view.tsx";
import { timeTable } from "./time-table.ts";

const noSeries: Series[] = [];

/** A shared answer as that to a question about some of its measures. */
function only(result: QueryResult, measures: readonly string[], zone: string): QueryResult {
	const question = { ...result.question, measures: measures.filter((measure) => !result.unsupported.has(measure)) };
	return { ...result, question, csv: usageCsv(question, zone) };
}

/** A panel with time on its x axis. */
export function TimePanel({ panel }: { panel: SplitPanel | MeasuresPanel }) {
	const reading = useViewState();
	const { range, grain, zone } = reading;
	const { scheme } = useChartTheme();
	const [, navigate] = useLocation();
	const [expanded, setUnfolded] = useState(false);
	const split = panel.kind === "split";
	const measures = split ? [panel.measure] : panel.measures.map(({ name }) => name);
	const named = useMeasures();
	const unit: Unit = split ? named(panel.measure).unit : panel.unit;
	const isShared = measures.every((measure) => figureMeasures.includes(measure)) && !split;
	const own = { measures, by: split ? [panel.by] : undefined, overTime: true, limit: 20_000 };
	const answered = useUsage(isShared ? figuresOverTime : own);
	const result = isShared ? only(answered, measures, zone) : answered;
	const { from, to } = range;
	const buckets = useMemo(() => bucketsBetween(from, to, grain, zone), [from, to, grain, zone]);
	const rows = result.answer?.rows;
	const series = useMemo(() => {
		if (!rows) return noSeries;
		if (panel.kind === "measures") return panel.measures.map(({ name, label }) => measureSeries(rows, buckets, name, label, 0));
		const { measure, by } = panel;
		return splitSeries(rows, {
			buckets,
			measure,
			dimension: by,
			label: (value) => valueLabel(by, value),
			most: expanded ? 40 : panel.columns > 4 ? 6 : 3,
		});
	}, [rows, panel, buckets, expanded]);
	const colours = useMemo(() => {
		if (panel.kind === "measures") return new Map(panel.measures.map(({ name, hue }) => [name, seriesColor(hue, scheme)]));
		return coloursOf(
			series.map(({ name }) => name).filter((name) => name !== otherName),
			scheme,
		).set(otherName, other[scheme]);
	}, [panel, series, scheme]);
	const unsupported = measures.map((measure) => result.unsupported.get(measure)).find((dimension) => dimension !== undefined);
	const isEmpty = unsupported !== undefined || (result.answer !== undefined && series.every(({ total }) => total === 0));
	const height = split && panel.tall ? (panel.columns > 6 ? 310 : 264) : 168;
	const stacked = !(panel.kind === "measures" && panel.sideBySide === true);
	const distinct = panel.kind === "measures" && panel.distinct === true;
	const spoken = distinct ? "" : series.map(({ label, total }) => `${label} ${shortValue(unit, total)}`).join(", ");

	return (
		<Panel
			id={panel.id}
			title={`${panel.title}, per ${grain}`}
			explains={
				<Explain
					measures={measures}
					by={split ? panel.by : undefined}
					hint="Click a bar to look into it, a name to see it alone. A hatched bar is not complete; where it is shaded no client reported."
				/>
			}
			result={result}
			empty={isEmpty ? <EmptyState what={panel.what} needs={panel.needs} unsupported={unsupported} /> : undefined}
			table={timeTable({ buckets, series, unit, grain, zone, adds: stacked && !distinct })}
			height={unsupported === undefined ? height : 0}
			columns={panel.columns}
		>
			<TimeBarsView
				label={`${panel.title}, a bar per ${grain}${spoken ? `: ${spoken}` : ""}`}
				unit={unit}
				stacked={stacked}
				buckets={buckets}
				series={series}
				colours={colours}
				height={height}
				legend={!distinct}
				{...(split
					? {
							verb: panel.leads === "narrow" ? `Only this ${dimensionLabel(panel.by)}` : "Its events",
							onPick: ({ name }: Series) =>
								name === otherName ? setUnfolded(true) : navigate(drillDownFor(panel.leads, panel.by, name, reading)),
						}
					: {})}
			/>
		</Panel>
	);
}
