import { textIn } from "../api/usage.ts";
import { isIncomplete } from "../charts/time-bars.ts";
import { ProblemNote } from "../layout/problem-note.tsx";
import { bucketsBetween } from "../url/grain.ts";
import { type QueryResult, useUsage } from "../view/use-usage.ts";
import { useViewState } from "../view/view-state.tsx";
import { FigureCell } from "./figure-cell.tsx";
import classes from "./figure-strip.module.css";
import { figureMeasures, figures, figuresOverTime, hasHappened } from "./figures.ts";

interface Props {
	totals: QueryResult;
	before: QueryResult;
}

/** The figures of the period, each with its shape over time and its change. */
export function FigureStrip({ totals, before }: Props) {
	const { range, grain, zone, previous } = useViewState();
	const overTime = useUsage(figuresOverTime);
	const buckets = bucketsBetween(range.from, range.to, grain, zone);
	const byTime = new Map(overTime.answer?.rows.map((row) => [Date.parse(textIn(row, "time")), row]));
	const last = buckets.at(-1);
	if (totals.problem) {
		return (
			<div className={classes.trouble}>
				<ProblemNote problem={totals.problem} />
			</div>
		);
	}
	return (
		<ul className={classes.strip} aria-label="Key figures" data-stale={totals.stale || undefined}>
			{figures.map((figure) => (
				<FigureCell
					key={figure.id}
					figure={figure}
					loading={totals.answer === undefined}
					// A period without any record has no row: that is zero, not unknown.
					row={totals.answer && (totals.answer.rows[0] ?? {})}
					before={previous && hasHappened(before.answer?.rows[0]) ? before.answer?.rows[0] : undefined}
					values={buckets.map((start) => {
						const row = byTime.get(start);
						return row ? figure.value(row) : 0;
					})}
					openEnd={last !== undefined && isIncomplete(last, grain, range, zone)}
					unsupported={totals.unsupported.get(figure.measures[0] ?? "")}
				/>
			))}
		</ul>
	);
}

export const useTotals = (): Props => ({
	totals: useUsage({ measures: figureMeasures }),
	before: useUsage({ measures: figureMeasures, period: "before" }),
});
