import type { UsageRow } from "@purser/api";
import { Link } from "wouter";
import { numberIn, textIn } from "../api/usage.ts";
import { valueLabel } from "../format/labels.ts";
import { exactValue, shortValue } from "../format/value.ts";
import { useViewState } from "../view/view-state.tsx";
import { drillDownFor } from "./drill-down.ts";
import type { RankedPanel } from "./panels.ts";
import classes from "./ranked.module.css";

interface Props {
	panel: RankedPanel;
	row: UsageRow;
	/** The share of the largest: the bar's length. */
	share: number;
	colour: string;
}

export function RankedRow({ panel, row, share, colour }: Props) {
	const reading = useViewState();
	const value = textIn(row, panel.by);
	const label = valueLabel(panel.by, value);
	const address = drillDownFor(panel.leads, panel.by, value, reading);
	const amounts = panel.columnsShown.map((column) => ({ ...column, amount: column.value((measure) => numberIn(row, measure)) }));
	return (
		<li>
			<Link
				href={address}
				className={classes.row}
				title={`${label}\n${amounts.map(({ label, unit, amount }) => `${label}: ${exactValue(unit, amount)}`).join("\n")}`}
			>
				<span className={classes.name}>
					<span>{label}</span>
					<i style={{ width: `${Math.max(0.5, share * 100)}%`, background: colour }} />
				</span>
				{amounts.map(({ label, unit, amount, badFrom }) => (
					<span
						key={label}
						className={classes.amount}
						data-bad={(badFrom !== undefined && amount !== null && amount >= badFrom) || undefined}
					>
						{shortValue(unit, amount)}
						<span className="out-of-sight"> {label}</span>
					</span>
				))}
			</Link>
		</li>
	);
}
