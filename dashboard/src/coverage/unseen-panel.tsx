import type { ExpectedPerson } from "@purser/api";
import { useState } from "react";
import { Link } from "wouter";
import { instant } from "../format/instant.ts";
import { valueLabel } from "../format/labels.ts";
import { exactNumber } from "../format/number.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { ExpandButton } from "../ui/expand-button.tsx";
import { Panel } from "../ui/panel.tsx";
import { Table } from "../ui/table.tsx";
import { withFilter } from "../url/filter.ts";
import { liveAddress } from "../url/live-address.ts";
import type { AskedCoverage } from "../view/use-coverage.ts";
import { useViewState } from "../view/view-state.tsx";
import classes from "./coverage.module.css";
import { expectedWords, unseenWords } from "./summary-text.ts";
import { withoutNotes } from "./without-data-quality-notes.ts";

const most = 24;
const dayMs = 86_400_000;

/** Lists people of the directory who never reported, by team. Empty where no people are expected. */
export function UnseenPanel({ result }: { result: AskedCoverage }) {
	const { zone, now } = useViewState();
	const [expanded, setExpanded] = useState(false);
	const { answer } = result;
	const { expected, expected_never_seen: unseen } = answer?.summary ?? {};
	if (!answer || expected == null || unseen == null) return null;
	const { never_seen: people, meta } = answer;
	const unlisted = unseen - people.length;
	const since = `since ${instant(meta.history_from, "day", zone)}`;
	const until = now - Date.parse(meta.as_of) > dayMs ? `, as of ${instant(meta.as_of, "day", zone)}` : "";
	return (
		<Panel
			id="unseen"
			title="In the directory, not seen"
			explains={`People whom the directory has on that day, who have begun by then, and of whom nothing came ${since}: no event, metric or span, under any of their identifiers. A name leads to what came from that person in the last year.`}
			result={withoutNotes(result)}
			empty={
				unseen === 0 ? (
					<p className={classes.quiet}>
						{expectedWords(expected)} {since}
						{until}.
					</p>
				) : undefined
			}
			table={undefined}
			height={40}
			columns={12}
		>
			<div className={classes.lead}>
				<p>
					{unseenWords(unseen, expected)} {since}
					{until}.{" "}
					<span className={classes.quiet}>
						Not set up, or not used. The lines to send them are on <Link href="/setup">Connect</Link>.
					</span>
				</p>
				{unlisted === 0 && (
					<CopyButton text={people.map(({ person }) => person).join(", ")} label="Copy list" what="who has sent nothing" />
				)}
			</div>
			<Table columns={["Team", "People"]}>
				{[...Map.groupBy(expanded ? people : people.slice(0, most), ({ team }) => team)].map(([team, own]) => (
					<TeamRow key={team} team={team} people={own} />
				))}
			</Table>
			<ExpandButton expanded={expanded} onChange={setExpanded} hidden={people.length > most ? unseen - most : 0} />
			{expanded && unlisted > 0 && (
				<p className={classes.key}>{exactNumber(unlisted)} others: filter by team, or ask the API with a higher limit.</p>
			)}
		</Panel>
	);
}

function TeamRow({ team, people }: { team: string; people: readonly ExpectedPerson[] }) {
	const { href, view } = useViewState();
	const only = () => href({ filters: withFilter(view.filters, { dimension: "team", value: team, excluded: false }) });
	return (
		<tr>
			<th scope="row" className={classes.team}>
				{team === "" ? (
					<span className={classes.quiet}>without a team</span>
				) : view.filters.some(({ dimension }) => dimension === "team") ? (
					team
				) : (
					<Link href={only()} title="Click for only this team.">
						{team}
					</Link>
				)}
			</th>
			<td data-wide>
				<ul className={classes.people}>
					{people.map(({ person, name }) => (
						<li key={person}>
							<Link
								href={liveAddress({ person, from: "-365d" })}
								title={`${name === "" ? "" : `${name}, `}${person}: what came in the last year`}
							>
								{name || valueLabel("person", person)}
							</Link>
						</li>
					))}
				</ul>
			</td>
		</tr>
	);
}
