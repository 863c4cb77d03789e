import { SegmentedControl } from "@mantine/core";
import type { ReconciliationRow } from "@purser/api";
import { Link, useLocation } from "wouter";
import { mostReconciled, type ReconciledBy, reconciledBy } from "../api/reconciliation.ts";
import { bucketLabel } from "../charts/time-bars.ts";
import { valueLabel } from "../format/labels.ts";
import { exactValue, shortValue } from "../format/value.ts";
import { ProblemNote } from "../layout/problem-note.tsx";
import { withFilter } from "../url/filter.ts";
import { nextBucket } from "../url/grain.ts";
import { addressOf, writeView } from "../url/view.ts";
import { useViewState, type ViewState } from "../view/view-state.tsx";
import { differenceOf, differenceText, driftOf, driftText } from "./drift.ts";
import { Section } from "./section.tsx";
import classes from "./sums.module.css";
import { useReconciliation } from "./use-reconciliation.ts";

/** The sums of both sides by what a row is. */
export function SumsPanel({ by }: { by: ReconciledBy }) {
	const reading = useViewState();
	const [, navigate] = useLocation();
	const { answer, problem, stale } = useReconciliation(by);
	// While another split is asked for, the rows are still of the one before.
	const rows = answer?.rows.filter((row) => keyOf(by, row) !== undefined);
	const switchTo = (wanted: string) => {
		const search = writeView(reading.view);
		if (wanted !== "day") search.set("by", wanted);
		navigate(addressOf("/reconciliation", search));
	};
	return (
		<Section
			title={`Both sides, by ${by}`}
			explains="Requests and counters of the sessions that both report, and the sums of a single source. The drift is the counters' excess over the requests. Each row leads to itself alone."
			loading={!rows || (rows.length === 0 && stale)}
			stale={stale}
			height={200}
			tools={
				<SegmentedControl
					size="xs"
					aria-label="What a row is"
					value={by}
					onChange={switchTo}
					data={reconciledBy.map((value) => ({ value, label: value }))}
				/>
			}
		>
			{problem ? (
				<ProblemNote problem={problem} />
			) : (
				<>
					<table className={classes.sums}>
						<caption className="out-of-sight">Both sides, by {by}</caption>
						<thead>
							<tr>
								<th scope="col">{by}</th>
								{columns.map(({ label, wide }) => (
									<th key={label} scope="col" data-wide={wide || undefined}>
										{label}
									</th>
								))}
							</tr>
						</thead>
						<tbody>
							{rows?.map((row) => (
								<tr key={keyOf(by, row)}>
									<th scope="row">
										<Link href={alone(by, row, reading)} title={keyOf(by, row)}>
											{labelOf(by, row, reading.zone)}
										</Link>
									</th>
									{columns.map(({ label, wide, text, exact, isNone }) => (
										<td key={label} data-wide={wide || undefined} data-none={isNone?.(row) || undefined} title={exact?.(row)}>
											{text(row)}
										</td>
									))}
								</tr>
							))}
						</tbody>
					</table>
					{rows && rows.length >= mostReconciled && (
						<p className={classes.more}>The first {mostReconciled} rows: a filter shows others.</p>
					)}
				</>
			)}
		</Section>
	);
}

interface Column {
	label: string;
	/** Left out where the page is narrow. */
	wide?: boolean;
	text: (row: ReconciliationRow) => string;
	exact?: (row: ReconciliationRow) => string;
	/** Dims a value of zero. */
	isNone?: (row: ReconciliationRow) => boolean;
}

const amount = (label: string, of: (row: ReconciliationRow) => number, wide = false): Column => ({
	label,
	wide,
	text: (row) => shortValue("USD", of(row)),
	exact: (row) => exactValue("USD", of(row)),
	isNone: (row) => of(row) === 0,
});

const columns: readonly Column[] = [
	{ label: "sessions", wide: true, text: (row) => shortValue("", row.sessions) },
	amount("requests", (row) => row.requests_cost_usd),
	amount("counters", (row) => row.counters_cost_usd),
	{
		label: "difference",
		wide: true,
		text: (row) => differenceText("USD", differenceOf(row, "cost")),
		exact: (row) => exactValue("USD", differenceOf(row, "cost")),
	},
	{ label: "drift", text: (row) => driftText(driftOf(row, "cost")) },
	{ label: "drift in tokens", wide: true, text: (row) => driftText(driftOf(row, "tokens")) },
	{ ...amount("requests only", (row) => row.only_requests_cost_usd), wide: true },
	{ ...amount("counters only", (row) => row.only_counters_cost_usd), wide: true },
	{
		label: "repeated",
		wide: true,
		text: (row) => shortValue("", row.repeated_requests),
		isNone: (row) => row.repeated_requests === 0,
	},
];

/** The key of the row; undefined when the rows are grouped by something else. */
const keyOf = (by: ReconciledBy, row: ReconciliationRow): string | undefined => (by === "day" ? row.time : row[by]);

function labelOf(by: ReconciledBy, row: ReconciliationRow, zone: string): string {
	const key = keyOf(by, row) ?? "";
	return by === "day" ? bucketLabel(Date.parse(key), "day", zone) : valueLabel(by, key);
}

/** The page for this row alone: a day is looked into, anything else is filtered on. */
function alone(by: ReconciledBy, row: ReconciliationRow, { view, zone, href }: ViewState): string {
	const key = keyOf(by, row) ?? "";
	if (by !== "day") return href({ filters: withFilter(view.filters, { dimension: by, value: key, excluded: false }) });
	const start = Date.parse(key);
	return href({ period: { from: start, to: nextBucket(start, "day", zone) } });
}
