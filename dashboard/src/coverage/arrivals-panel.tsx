import { Link } from "wouter";
import { signals } from "../api/coverage.ts";
import { useStatus } from "../api/status.ts";
import { duration } from "../format/duration.ts";
import { instant } from "../format/instant.ts";
import { exactNumber } from "../format/number.ts";
import { Panel } from "../ui/panel.tsx";
import type { AskedCoverage } from "../view/use-coverage.ts";
import { useViewState } from "../view/view-state.tsx";
import classes from "./coverage.module.css";
import { together } from "./figures.tsx";
import { withoutNotes } from "./without-data-quality-notes.ts";

/** Lists late and impossible times, and rejected records and requests, each with its reason. */
export function ArrivalsPanel({ result }: { result: AskedCoverage }) {
	const { zone } = useViewState();
	const status = useStatus();
	const { answer } = result;
	if (!answer)
		return (
			<Panel
				id="arrivals"
				title="How records arrive"
				explains=""
				result={withoutNotes(result)}
				empty={undefined}
				table={undefined}
				height={120}
				columns={5}
			>
				{null}
			</Panel>
		);
	const { summary, meta, clients } = answer;
	const start = summary.since_start;
	const latest = Math.max(...signals.map((signal) => summary.most_late_seconds[signal]));
	const ahead = clients.filter(({ future }) => future > 0).length;
	const refusal = status.data?.refusals[0];
	const facts = [
		{
			label: "late",
			count: together(summary.late),
			why: `Received more than ${duration(meta.late_after_seconds * 1000)} after they happened${latest > meta.late_after_seconds ? `, at most ${duration(latest * 1000)}` : ""}: a machine that was offline, or data that was brought in later. They count when they happened.`,
		},
		{
			label: "from the future",
			count: together(summary.future),
			why: `Dated more than ${duration(meta.future_after_seconds * 1000)} after they were received${ahead > 0 ? `, by ${ahead} ${ahead === 1 ? "client" : "clients"} whose clock is ahead` : ""}. More than a day ahead, they are dated by their receipt.`,
		},
		{ label: "without a time", count: together(summary.undated), why: "Dated before 2020: kept, and dated by their receipt." },
		{
			label: "sent again",
			count: start.duplicate_requests,
			why: "Requests that had been counted before: a sender that did not see the answer. Counted once.",
		},
		{
			label: "rejected",
			count: start.rejected_records,
			why: "Records that cannot be kept: damaged, or nothing that OTLP knows.",
		},
		{
			label: "cut",
			count: start.cut_values,
			why: "Names longer than 1 KB and texts longer than 256 KB: the beginning is kept.",
		},
		{
			label: "refused",
			count: start.refused_requests,
			why: refusal
				? `Requests not let in. The last: ${refusal.status}, ${refusal.reason}.`
				: "Requests not let in: a wrong key, a body too large, an unknown format.",
		},
	];
	return (
		<Panel
			id="arrivals"
			title="How records arrive"
			explains={`Late, ahead and undated records are of the period. What was sent again, cut, rejected or refused is not kept, only counted, since Purser started (${instant(start.started_at, "dayMinute", zone)}).`}
			result={withoutNotes(result)}
			empty={undefined}
			table={{
				columns: [
					{ label: "what", numeric: false },
					{ label: "count", numeric: true },
				],
				rows: facts.map(({ label, count }) => ({
					key: label,
					cells: [
						{ text: label, sort: label },
						{ text: exactNumber(count), sort: count },
					],
				})),
			}}
			height={120}
			columns={5}
		>
			<dl className={classes.facts}>
				{facts.map(({ label, count, why }) => (
					<div key={label}>
						<dt>{exactNumber(count)}</dt>
						<dd>
							{label}
							<span className={classes.why}>{why}</span>
						</dd>
					</div>
				))}
			</dl>
			{start.refused_requests > 0 && (
				<p className={classes.key}>
					<Link href="/setup">Each refusal as it happens</Link>
				</p>
			)}
		</Panel>
	);
}
