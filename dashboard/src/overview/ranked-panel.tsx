import type { UsageRow } from "@purser/api";
import { useState } from "react";
import { numberIn, textIn } from "../api/usage.ts";
import { seriesColor } from "../charts/palette.ts";
import { useChartTheme } from "../charts/use-chart-theme.ts";
import { dimensionLabel, valueLabel } from "../format/labels.ts";
import { exactValue } from "../format/value.ts";
import { EmptyState } from "../layout/empty-note.tsx";
import type { TableContent } from "../ui/data-table.tsx";
import { ExpandButton } from "../ui/expand-button.tsx";
import { Panel } from "../ui/panel.tsx";
import { useUsage } from "../view/use-usage.ts";
import { Explain } from "./explain.tsx";
import { isPresent } from "./movers.ts";
import { askOf, type RankedPanel as Spec } from "./panels.ts";
import classes from "./ranked.module.css";
import { RankedRow } from "./ranked-row.tsx";

const most = 8;

/** Values of a dimension, the largest first: a bar for the first amount, the others next to it. */
export function RankedPanel({ panel }: { panel: Spec }) {
	const { scheme } = useChartTheme();
	const [expanded, setExpanded] = useState(false);
	const [main = ""] = panel.measures;
	const result = useUsage(askOf(panel));
	const rows = result.answer?.rows.filter((row) => (numberIn(row, main) ?? 0) > 0) ?? [];
	const unsupported = panel.measures
		.map((measure) => result.unsupported.get(measure))
		.find((dimension) => dimension !== undefined);
	if (panel.onlyWhenPresent && (unsupported !== undefined || !isPresent(panel.by, rows))) return null;

	const top = numberIn(rows[0], main) ?? 0;
	const shown = expanded ? rows : rows.slice(0, most);
	return (
		<Panel
			id={panel.id}
			title={panel.title}
			explains={
				<Explain
					measures={panel.measures}
					by={panel.by}
					hint={
						panel.leads === "narrow"
							? `Click one to look at that ${dimensionLabel(panel.by)} only.`
							: "Click one to see its events."
					}
				/>
			}
			result={result}
			empty={
				unsupported !== undefined || (result.answer && rows.length === 0) ? (
					<EmptyState what={panel.what} needs={panel.needs} unsupported={unsupported} />
				) : undefined
			}
			table={rankedTable(panel, rows)}
			height={unsupported !== undefined ? 0 : panel.onlyWhenPresent ? 168 : 264}
			columns={panel.columns}
		>
			<div className={classes.ranked} style={{ "--amounts": panel.columnsShown.length }}>
				<div className={classes.names} aria-hidden>
					<span />
					{panel.columnsShown.map(({ label }) => (
						<span key={label}>{label}</span>
					))}
				</div>
				<ul>
					{shown.map((row) => (
						<RankedRow
							key={textIn(row, panel.by)}
							panel={panel}
							row={row}
							share={top === 0 ? 0 : (numberIn(row, main) ?? 0) / top}
							colour={seriesColor(panel.hue, scheme)}
						/>
					))}
				</ul>
				<ExpandButton expanded={expanded} onChange={setExpanded} hidden={rows.length - most} />
			</div>
		</Panel>
	);
}

function rankedTable(panel: Spec, rows: readonly UsageRow[]): TableContent {
	return {
		columns: [
			{ label: dimensionLabel(panel.by), numeric: false },
			...panel.columnsShown.map(({ label }) => ({ label, numeric: true })),
		],
		rows: rows.map((row) => ({
			key: textIn(row, panel.by),
			cells: [
				{ text: valueLabel(panel.by, textIn(row, panel.by)), sort: textIn(row, panel.by) },
				...panel.columnsShown.map(({ unit, value }) => {
					const amount = value((measure) => numberIn(row, measure));
					return { text: exactValue(unit, amount), sort: amount ?? -1 };
				}),
			],
		})),
	};
}
