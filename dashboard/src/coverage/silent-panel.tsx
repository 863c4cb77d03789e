import type { Silence } from "@purser/api";
import { ago } from "../format/duration.ts";
import { instant } from "../format/instant.ts";
import { Panel } from "../ui/panel.tsx";
import { Table } from "../ui/table.tsx";
import type { AskedCoverage } from "../view/use-coverage.ts";
import { useViewState } from "../view/view-state.tsx";
import { ClientName } from "./client-name.tsx";
import classes from "./coverage.module.css";
import { intervalWords } from "./summary-text.ts";
import { withoutNotes } from "./without-data-quality-notes.ts";

/** Lists clients that reported regularly and stopped, with next steps. */
export function SilentPanel({ result }: { result: AskedCoverage }) {
	const silent = result.answer?.silent ?? [];
	return (
		<Panel
			id="silent"
			title="Went silent"
			explains="Reported regularly, and then not for twice as long as usual. Each client has its own usual pause: the longest pause of a day that four of five of its days keep; nights make it a day, and weekends do not count for clients that pause then. A client seen on fewer than three days is never called silent."
			result={withoutNotes(result)}
			empty={
				result.answer && silent.length === 0 ? (
					<p className={classes.quiet}>Everybody whose rhythm is known reports in it.</p>
				) : undefined
			}
			table={undefined}
			height={64}
			columns={12}
		>
			<Table columns={["Client", "Last seen", "Usually", "Silent since", "Version"]}>
				{[...Map.groupBy(silent, ({ cause }) => cause)].map(([cause, own]) => (
					<CauseRows key={cause} silences={own} />
				))}
			</Table>
		</Panel>
	);
}

/** Those with the same cause, below what shows and what to check. */
function CauseRows({ silences }: { silences: readonly Silence[] }) {
	const [first] = silences;
	if (!first) return null;
	return (
		<>
			<tr className={classes.cause}>
				<td colSpan={5}>
					{first.explanation} <span className={classes.quiet}>{first.advice}</span>
					<span className={classes.variables}>
						{first.variables.map((name) => (
							<code key={name}>{name}</code>
						))}
					</span>
				</td>
			</tr>
			{silences.map((one) => (
				<SilentRow key={`${one.person} ${one.installation} ${one.signal}`} silence={one} />
			))}
		</>
	);
}

function SilentRow({ silence }: { silence: Silence }) {
	const { zone, now } = useViewState();
	return (
		<tr>
			<th scope="row">
				<ClientName client={silence} before={silence.last_seen} />
				{silence.signal !== "all" && <span className={classes.small}>only its {silence.signal}</span>}
			</th>
			<td className={classes.moment} data-label="last seen">
				{instant(silence.last_seen, "dayMinute", zone)}
				<span className={classes.small}>{ago(now - Date.parse(silence.last_seen))}</span>
			</td>
			<td className={classes.moment} data-label="usually">
				{intervalWords(silence.usual_interval_seconds, silence.rests_at_weekends)}
			</td>
			<td className={classes.moment} data-label="silent since">
				{instant(silence.silent_at, "dayMinute", zone)}
			</td>
			<td data-label="version">{silence.version || "not sent"}</td>
		</tr>
	);
}
