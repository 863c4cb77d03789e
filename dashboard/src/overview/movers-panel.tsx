import { Link } from "wouter";
import { useMeasures } from "../api/catalog.ts";
import { signed } from "../format/change.ts";
import { dimensionLabel, valueLabel } from "../format/labels.ts";
import { exactValue } from "../format/value.ts";
import { EmptyState } from "../layout/empty-note.tsx";
import note from "../layout/note.module.css";
import { Panel } from "../ui/panel.tsx";
import { withFilter } from "../url/filter.ts";
import { previousLabel } from "../url/period.ts";
import { type QueryResult, useUsage } from "../view/use-usage.ts";
import { useViewState } from "../view/view-state.tsx";
import { Explain } from "./explain.tsx";
import classes from "./movers.module.css";
import { deltaOf, isPresent, type Moved } from "./movers.ts";
import { type OverviewPanel, rankedAsk } from "./panels.ts";

type Spec = Extract<OverviewPanel, { kind: "moved" }>;

/** The maximum number of groups next to the chart: the first of these that have values. */
const mostGroups = 3;
const mostRows = 3;

/** Shows what a measure gained and lost against the period before, by the dimensions that explain it. */
export function MoversPanel({ panel }: { panel: Spec }) {
	const { previous, range, zone, change } = useViewState();
	const { measure, by } = panel;
	const { label } = useMeasures()(measure);
	const first = useMovedBy(measure, by[0]);
	const parts = [
		first,
		useMovedBy(measure, by[1]),
		useMovedBy(measure, by[2]),
		useMovedBy(measure, by[3]),
		useMovedBy(measure, by[4]),
	];
	const groups = parts.filter((part) => part === first || part.isPresent).slice(0, mostGroups);
	const result = first.now;
	const empty = !previous ? (
		<div className={note.note}>
			<span>Not compared with anything.</span>
			<button type="button" className={classes.again} onClick={() => change({ compare: true })}>
				Compare with the period before
			</button>
		</div>
	) : result.unsupported.size > 0 ? (
		<EmptyState what={panel.what} unsupported={[...result.unsupported.values()][0]} />
	) : result.answer && first.before.answer?.rows.length === 0 ? (
		<div className={note.note}>
			<span>Nothing to compare with: {label} was zero before.</span>
			<span className={note.quiet}>{previousLabel(range, zone)}</span>
		</div>
	) : undefined;
	return (
		<Panel
			id={panel.id}
			title={`${panel.title}: ${label}`}
			explains={
				<Explain
					measures={[panel.measure]}
					hint="The difference between the two periods, the largest first. Click one to look at it only."
				/>
			}
			result={result}
			empty={empty}
			table={undefined}
			height={result.unsupported.size > 0 ? 0 : 310}
			columns={panel.columns}
		>
			<div className={classes.against}>against {previousLabel(range, zone)}</div>
			{groups.map((part) => (
				<MovedBy key={part.dimension} part={part} measure={panel.measure} />
			))}
		</Panel>
	);
}

interface Part {
	dimension: string;
	now: QueryResult;
	before: QueryResult;
	isPresent: boolean;
}

/** Uses answers that other parts of the page ask for too, so that nothing is asked twice. */
function useMovedBy(measure: string, dimension: string): Part {
	const ranked = rankedAsk(dimension);
	const now = useUsage(ranked ?? { measures: [measure], by: [dimension], overTime: true, limit: 20_000 });
	const present = isPresent(dimension, now.answer?.rows ?? []);
	// Asked with everything else: waiting for the first answer would take longer than an answer without rows.
	const before = useUsage({ measures: [measure], by: [dimension], limit: 1000, period: "before" });
	return { dimension, now, before, isPresent: present };
}

function MovedBy({ part, measure }: { part: Part; measure: string }) {
	const { dimension, now, before } = part;
	if (!now.answer || !before.answer) return null;
	const all = deltaOf(dimension, measure, now.answer.rows, before.answer.rows);
	const largest = Math.max(...all.map(({ difference }) => Math.abs(difference)), 0);
	// A hundredth of the largest explains nothing.
	const moved = all.filter(({ difference }) => Math.abs(difference) >= largest / 100).slice(0, mostRows);
	return (
		<div className={classes.group}>
			<h3 className={classes.heading}>{dimensionLabel(dimension)}</h3>
			{moved.length === 0 ? <p className={classes.none}>nothing moved</p> : null}
			<ul>
				{moved.map((one) => (
					<MovedRow key={one.value} moved={one} measure={measure} largest={largest} />
				))}
			</ul>
		</div>
	);
}

function MovedRow({ moved, measure, largest }: { moved: Moved; measure: string; largest: number }) {
	const { href, view } = useViewState();
	const { unit } = useMeasures()(measure);
	const share = largest === 0 ? 0 : (Math.abs(moved.difference) / largest) * 50;
	return (
		<li>
			<Link
				className={classes.row}
				href={href({ filters: withFilter(view.filters, { dimension: moved.dimension, value: moved.value, excluded: false }) })}
				title={`${moved.value}\nnow: ${exactValue(unit, moved.now)}\nbefore: ${exactValue(unit, moved.before)}`}
			>
				<span className={classes.name}>{valueLabel(moved.dimension, moved.value)}</span>
				<span className={classes.track} aria-hidden>
					<i
						style={{ width: `${share}%`, [moved.difference > 0 ? "left" : "right"]: "50%" }}
						data-more={moved.difference > 0 || undefined}
					/>
				</span>
				<span className={classes.amount}>{signed(unit, moved.difference)}</span>
			</Link>
		</li>
	);
}
