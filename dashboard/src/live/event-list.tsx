import type { EventRow } from "@purser/api";
import { memo } from "react";
import { instant } from "../format/instant.ts";
import { shortId } from "../format/labels.ts";
import { Boundary } from "../ui/error-boundary.tsx";
import { readerZone } from "../url/zone.ts";
import classes from "./live.module.css";
import { keyOf } from "./merge.ts";
import { summary } from "./summary.ts";

interface Props {
	rows: readonly EventRow[];
	stale: boolean;
	selected: string | undefined;
	onOpen: (row: EventRow) => void;
}

const zone = readerZone();

/** A line for each event, and a heading where the day changes. */
export function EventList({ rows, stale, selected, onOpen }: Props) {
	let day = instant(Date.now(), "weekday", zone);
	return (
		<ol className={classes.list} data-stale={stale || undefined} aria-label="Events, newest first">
			{rows.map((row) => {
				const key = keyOf(row);
				const rowDay = instant(row.time, "weekday", zone);
				const changed = rowDay !== day;
				day = rowDay;
				return (
					<li key={key} className={classes.item}>
						{changed && <div className={classes.day}>{rowDay}</div>}
						<Boundary instead={<p className={classes.row}>An event that cannot be shown here</p>}>
							<Line row={row} selected={key === selected} onOpen={onOpen} />
						</Boundary>
					</li>
				);
			})}
		</ol>
	);
}

/** Memoized, so that a thousand lines stay cheap while others are added. */
const Line = memo(
	function Line({ row, selected, onOpen }: { row: EventRow; selected: boolean; onOpen: (row: EventRow) => void }) {
		const { subject, facts, duration, cost, isCritical } = summary(row);
		const person = row.person;
		return (
			<button
				type="button"
				className={classes.row}
				data-selected={selected || undefined}
				data-bad={isCritical || undefined}
				title={`${instant(row.time, "full", zone)}, ${zone}`}
				onClick={() => onOpen(row)}
			>
				<span className={classes.time}>{instant(row.time, "second", zone)}</span>
				<span className={classes.event}>{row.event || "(no name)"}</span>
				<span className={classes.person}>{shortId(person) || "unknown"}</span>
				<span className={classes.what}>
					{subject && <b>{subject}</b>}
					<span className={classes.facts}>{facts.join(" · ")}</span>
				</span>
				<span className={classes.took}>{duration}</span>
				<span className={classes.cost}>{cost}</span>
				<span className={classes.session}>{shortId(row.session_id)}</span>
			</button>
		);
	},
	(before, after) => before.row === after.row && before.selected === after.selected,
);
