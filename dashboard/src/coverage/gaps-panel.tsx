import { Link } from "wouter";
import { duration } from "../format/duration.ts";
import { instant } from "../format/instant.ts";
import { Panel } from "../ui/panel.tsx";
import { Table } from "../ui/table.tsx";
import { liveAddress } from "../url/live-address.ts";
import type { AskedCoverage } from "../view/use-coverage.ts";
import { useViewState } from "../view/view-state.tsx";
import classes from "./coverage.module.css";
import { withoutNotes } from "./without-data-quality-notes.ts";

/** The time before and after a gap that its link shows as well. */
const margin = 15 * 60_000;

/** Lists the times in which no client reported, though some usually do. */
export function GapsPanel({ result }: { result: AskedCoverage }) {
	const { zone } = useViewState();
	const gaps = (result.answer?.gaps ?? []).filter(({ usual }) => !usual).toReversed();
	const quiet = (result.answer?.gaps.length ?? 0) - gaps.length;
	return (
		<Panel
			id="gaps"
			title="Times without reports"
			explains="A quarter of an hour or more without any record, where on nine of ten like days something came, and enough to be missed. Nights and weekends of a team that rests are no gaps. Charts over time shade them."
			result={withoutNotes(result)}
			empty={
				result.answer && gaps.length === 0 ? (
					<p className={classes.quiet}>Never, but for {quiet === 1 ? "one usual pause" : `${quiet} usual pauses`}.</p>
				) : undefined
			}
			table={undefined}
			height={40}
			columns={12}
		>
			<Table columns={["From", "To", "Length", "Why"]}>
				{gaps.map((gap) => (
					<tr key={gap.from}>
						<th scope="row">
							<Link
								href={liveAddress({
									from: new Date(Date.parse(gap.from) - margin).toISOString(),
									to: gap.ongoing ? "" : new Date(Date.parse(gap.to) + margin).toISOString(),
								})}
							>
								{instant(gap.from, "dayMinute", zone)}
							</Link>
						</th>
						<td className={classes.moment} data-label="to">
							{gap.ongoing ? "now" : instant(gap.to, "dayMinute", zone)}
						</td>
						<td className={classes.moment}>{duration(gap.seconds * 1000)}</td>
						<td data-wide>
							{gap.ends_with_server_start
								? "Purser itself started at its end: it may not have run."
								: "Nothing shows why: look at the way from clients to Purser."}{" "}
							<span className={classes.quiet}>
								On {gap.days_with_records} of {gap.compared_days} like days something came then.
							</span>
						</td>
					</tr>
				))}
			</Table>
		</Panel>
	);
}
