import type { Client, CoverageAnswer, Gap } from "@purser/api";
import { useState } from "react";
import { gates, signals } from "../api/coverage.ts";
import { ago } from "../format/duration.ts";
import { instant } from "../format/instant.ts";
import { exactNumber } from "../format/number.ts";
import type { TableContent } from "../ui/data-table.tsx";
import { ExpandButton } from "../ui/expand-button.tsx";
import { Panel } from "../ui/panel.tsx";
import type { AskedCoverage } from "../view/use-coverage.ts";
import { useViewState } from "../view/view-state.tsx";
import { Strip } from "./activity-strip.tsx";
import { installationOf, nameOf, severalOf } from "./client-name.tsx";
import classes from "./coverage.module.css";
import { intervalWords } from "./summary-text.ts";
import { withoutNotes } from "./without-data-quality-notes.ts";

const most = 25;

/** When each client reported: a strip each; as a table all that is known of them. */
export function ActivityPanel({ result }: { result: AskedCoverage }) {
	const { zone, now } = useViewState();
	const [expanded, setExpanded] = useState(false);
	const { answer } = result;
	const clients = answer?.clients ?? [];
	const starts = (answer?.meta.activity.starts ?? []).map((start) => Date.parse(start));
	const grain = answer?.meta.activity.grain ?? "day";
	const several = severalOf(clients);
	const unusual = answer?.gaps.filter(({ usual }) => !usual) ?? [];
	return (
		<Panel
			id="activity"
			title={`Clients, by ${grain}`}
			explains="A client is one installation of a person. The darker, the more hours with records. Those that went silent come first, then all by name. Click a name for its last events; as a table: versions, systems, signals, content and since when."
			result={withoutNotes(result)}
			empty={undefined}
			table={answer && clientTable(answer, zone)}
			height={120}
			columns={12}
		>
			<ul aria-label="Clients">
				<li className={classes.strip} data-scale aria-hidden>
					<span />
					<span className={classes.scale}>
						{marks(starts).map((start) => (
							<span key={start}>{instant(start, grain === "hour" ? "dayMinute" : "day", zone)}</span>
						))}
					</span>
					<span className={classes.last}>last seen</span>
				</li>
				{(expanded ? clients : clients.slice(0, most)).map((client) => (
					<Strip
						key={`${client.person} ${client.installation}`}
						client={client}
						starts={starts}
						grain={grain}
						gaps={unusual}
						now={now}
						several={several.has(client.person)}
					/>
				))}
			</ul>
			<ExpandButton expanded={expanded} onChange={setExpanded} hidden={clients.length - most} />
			<Key gaps={unusual} silent={clients.some(({ status }) => status === "silent")} />
		</Panel>
	);
}

const marks = (starts: readonly number[]): number[] => {
	const last = starts.length - 1;
	const wanted = last > 3 ? [0, Math.round(last / 2), last] : [0, last];
	return [...new Set(wanted)].flatMap((index) => starts[index] ?? []);
};

const Key = ({ gaps, silent }: { gaps: readonly Gap[]; silent: boolean }) => (
	<p className={classes.key}>
		<span>
			<i style={{ background: "var(--accent)" }} aria-hidden /> reported
		</span>
		{silent && (
			<span>
				<i style={{ background: "var(--critical-soft)", outline: "1px solid var(--critical)" }} aria-hidden /> silent
			</span>
		)}
		{gaps.length > 0 && (
			<span>
				<i style={{ background: "var(--warning-soft)", outline: "1px solid var(--warning)" }} aria-hidden /> no client reported
			</span>
		)}
	</p>
);

function clientTable({ clients, meta }: CoverageAnswer, zone: string): TableContent {
	const from = Date.parse(meta.history_from) + 86_400_000;
	const since = (client: Client) =>
		Date.parse(client.first_seen) < from ? `before ${instant(from, "day", zone)}` : instant(client.first_seen, "dayMinute", zone);
	const text = (text: string) => ({ text, sort: text });
	const labels = [
		"client",
		"installation",
		"status",
		"usually",
		"since",
		"last seen",
		"version",
		"started by",
		"OS",
		"service",
		"terminal",
		"signals",
		"content",
		"records",
		"late",
		"ahead",
	];
	return {
		columns: labels.map((label) => ({ label, numeric: ["records", "late", "ahead"].includes(label) })),
		rows: clients.map((client) => ({
			key: `${client.person} ${client.installation}`,
			cells: [
				text(nameOf(client)),
				text(installationOf(client)),
				text(client.status),
				{
					text:
						client.usual_interval_seconds === null
							? "too few days"
							: intervalWords(client.usual_interval_seconds, client.rests_at_weekends),
					sort: client.usual_interval_seconds ?? 0,
				},
				{ text: since(client), sort: Date.parse(client.first_seen) },
				{
					text: `${instant(client.last_seen, "dayMinute", zone)} (${ago(Date.parse(meta.as_of) - Date.parse(client.last_seen))})`,
					sort: Date.parse(client.last_seen),
				},
				text(client.version),
				text(client.entrypoints.join(", ")),
				text(client.os.join(", ")),
				text(client.services.join(", ")),
				text(client.terminals.join(", ")),
				text(signals.filter((signal) => (client.signals[signal]?.records ?? 0) > 0).join(", ")),
				text(
					gates
						.filter((gate) => client.gates.includes(gate))
						.map((gate) => gate.replaceAll("_", " "))
						.join(", ") || "none",
				),
				...[client.records, client.late, client.future].map((count) => ({ text: exactNumber(count), sort: count })),
			],
		})),
	};
}
