import type { Loss } from "@purser/api";
import { useState } from "react";
import { Link } from "wouter";
import { instant } from "../format/instant.ts";
import { pluralize, shortId, valueLabel } from "../format/labels.ts";
import { exactNumber, percent } from "../format/number.ts";
import { ExpandButton } from "../ui/expand-button.tsx";
import { Panel } from "../ui/panel.tsx";
import { Table } from "../ui/table.tsx";
import { liveAddress } from "../url/live-address.ts";
import type { AskedCoverage } from "../view/use-coverage.ts";
import { useViewState } from "../view/view-state.tsx";
import classes from "./coverage.module.css";

const most = 10;

/** Sessions that lack some of their events, the largest loss first. */
export function LossPanel({ result }: { result: AskedCoverage }) {
	const [expanded, setExpanded] = useState(false);
	const loss = result.answer?.loss ?? [];
	const numbered = result.answer?.summary.numbered_events ?? 0;
	return (
		<Panel
			id="loss"
			title="Missing events, by session"
			explains="Clients number their events. Numbers that are not there were lost: a batch that could not be delivered, a process that was killed. A session that was resumed begins again from zero, which is no loss; what a process used in another session meanwhile is none either. An estimate: what was lost at the very end of a process leaves no hole."
			result={result}
			empty={
				result.answer && loss.length === 0 ? (
					<p className={classes.quiet}>
						{numbered === 0
							? "No client numbers its events in this period."
							: `None of ${pluralize(numbered, "numbered event", "numbered events")} is missing.`}
					</p>
				) : undefined
			}
			table={undefined}
			height={120}
			columns={7}
		>
			<Table
				columns={[
					"Session",
					"Person",
					"Version",
					{ label: "Missing", isNumber: true },
					{ label: "Share", isNumber: true },
					"When",
				]}
			>
				{(expanded ? loss : loss.slice(0, most)).map((session) => (
					<LossRow key={session.session} loss={session} />
				))}
			</Table>
			<ExpandButton expanded={expanded} onChange={setExpanded} hidden={loss.length - most} />
		</Panel>
	);
}

function LossRow({ loss }: { loss: Loss }) {
	const { zone } = useViewState();
	const largest = loss.holes.reduce((most, hole) => (hole.missing > most.missing ? hole : most), loss.holes[0]!);
	const around = (hole: typeof largest) =>
		liveAddress({
			session: loss.session,
			from: new Date(Date.parse(hole.from) - 60_000).toISOString(),
			to: new Date(Date.parse(hole.to) + 60_000).toISOString(),
		});
	return (
		<tr>
			<th scope="row">
				<Link href={liveAddress({ session: loss.session })} title={loss.session}>
					{shortId(loss.session)}
				</Link>
			</th>
			<td className={classes.who}>{valueLabel("person", loss.person)}</td>
			<td data-label="version">{loss.version}</td>
			<td data-number data-label="missing">
				{exactNumber(loss.missing)} of {exactNumber(loss.missing + loss.received)}
			</td>
			<td data-number>{percent(loss.missing_ratio)}</td>
			<td>
				{largest && (
					<Link href={around(largest)} title={`Between the numbers ${largest.after} and ${largest.before}`}>
						{instant(largest.from, "dayMinute", zone)}
					</Link>
				)}
				{loss.holes.length > 1 && (
					<span className={classes.small}>and {pluralize(loss.holes.length - 1, "other hole", "other holes")}</span>
				)}
			</td>
		</tr>
	);
}
