import { Link } from "wouter";
import { signed } from "../format/change.ts";
import { exactValue, unitOf } from "../format/value.ts";
import { dimensionLabel, measureLabel, valueLabel } from "../format/words.ts";
import { EmptyNote } from "../frame/empty-note.tsx";
import note from "../frame/note.module.css";
import { Panel } from "../frame/panel.tsx";
import { useReading } from "../reading/reading.tsx";
import { useUsage } from "../reading/use-usage.ts";
import { withFilter } from "../url/filter.ts";
import { previousLabel } from "../url/period.ts";
import { Explain } from "./explain.tsx";
import classes from "./moved.module.css";
import { isPresent, type Moved, movedBy } from "./moved.ts";
import type { OverviewPanel } from "./panels.ts";

type Spec = Extract<OverviewPanel, { kind: "moved" }>;

/** What a measure gained and lost against the period before, by whatever explains it. */
export function MovedPanel({ panel }: { panel: Spec }) {
	const { previous, range, zone, change } = useReading();
	const [first = ""] = panel.by;
	const asked = useUsage({ measures: [panel.measure], by: [first], limit: 1000 });
	const parts = panel.by.map((dimension) => (
		<MovedBy
			key={dimension}
			dimension={dimension}
			measure={panel.measure}
			most={dimension === first ? 5 : 3}
			always={dimension === first}
		/>
	));
	const empty = !previous ? (
		<div className={note.note}>
			<span>Not compared with anything.</span>
			<button type="button" className={classes.again} onClick={() => change({ compare: true })}>
				Compare with the period before
			</button>
		</div>
	) : asked.untold.size > 0 ? (
		<EmptyNote what={panel.what} untold={[...asked.untold.values()][0]} />
	) : undefined;
	return (
		<Panel
			id={panel.id}
			title={`${panel.title}: ${measureLabel(panel.measure)}`}
			explains={
				<Explain
					measures={[panel.measure]}
					hint="The difference between the two periods, the largest first. Click one to look at it only."
				/>
			}
			asked={asked}
			empty={empty}
			table={undefined}
			height={asked.untold.size > 0 ? 0 : 264}
			columns={panel.columns}
		>
			<div className={classes.against}>against {previousLabel(range, zone)}</div>
			{parts}
		</Panel>
	);
}

function MovedBy({ dimension, measure, most, always }: { dimension: string; measure: string; most: number; always: boolean }) {
	const asked = { measures: [measure], by: [dimension], limit: 1000 };
	const now = useUsage(asked);
	const before = useUsage({ ...asked, period: "before" });
	if (!now.answer || !before.answer) return null;
	const present = isPresent(dimension, now.answer.rows) || isPresent(dimension, before.answer.rows);
	if (!present && !always) return null;
	const moved = movedBy(dimension, measure, now.answer.rows, before.answer.rows).slice(0, most);
	const largest = Math.max(...moved.map(({ difference }) => Math.abs(difference)), 0);
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
	const { href, view } = useReading();
	const unit = unitOf(measure);
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
