import type { Client, Gate, SignalName } from "@purser/api";
import { gates, signals } from "../api/coverage.ts";
import { seriesColor } from "../charts/palette.ts";
import { useChartTheme } from "../charts/use-chart-theme.ts";
import { instant } from "../format/instant.ts";
import { pluralize } from "../format/labels.ts";
import { exactNumber } from "../format/number.ts";
import type { TableContent } from "../ui/data-table.tsx";
import { Panel } from "../ui/panel.tsx";
import { withFilter } from "../url/filter.ts";
import { liveAddress, livePeriod } from "../url/live-address.ts";
import type { AskedCoverage } from "../view/use-coverage.ts";
import { useViewState } from "../view/view-state.tsx";
import classes from "./coverage.module.css";
import { type Share, ShareBars } from "./share-bars.tsx";
import { withoutNotes } from "./without-data-quality-notes.ts";

interface Props {
	result: AskedCoverage;
}

const tableOf = (what: string, shares: readonly Share[]): TableContent => ({
	columns: [
		{ label: what, numeric: false },
		{ label: "clients", numeric: true },
	],
	rows: shares.map(({ label, count }) => ({
		key: label,
		cells: [
			{ text: label, sort: label },
			{ text: exactNumber(count), sort: count },
		],
	})),
});

/** Shows the current version of each client. */
export function VersionsPanel({ result }: Props) {
	const { href, view, zone } = useViewState();
	const { scheme } = useChartTheme();
	const versions = result.answer?.versions ?? [];
	const shares = versions.slice(0, 10).map(
		({ version, clients, records, first_seen, last_seen }): Share => ({
			label: version || "not sent",
			count: clients,
			title: `${pluralize(records, "record", "records")} from ${instant(first_seen, "dayMinute", zone)} to ${instant(last_seen, "dayMinute", zone)}. Click for only this version.`,
			href: href({ filters: withFilter(view.filters, { dimension: "version", value: version, excluded: false }) }),
		}),
	);
	return (
		<Panel
			id="versions"
			title="Clients by version"
			explains="Each client at the version of its latest record. Versions of the period that everybody has left are shown with none."
			result={withoutNotes(result)}
			empty={result.answer && shares.length === 0 ? <p className={classes.quiet}>No records in this period.</p> : undefined}
			table={tableOf("version", shares)}
			height={168}
			columns={4}
		>
			<div className={classes.bars}>
				<ShareBars shares={shares} of={result.answer?.summary.clients ?? 0} colour={seriesColor("people", scheme)} />
			</div>
		</Panel>
	);
}

const signalVariables: Record<SignalName, string> = {
	events: "OTEL_LOGS_EXPORTER=otlp",
	metrics: "OTEL_METRICS_EXPORTER=otlp",
	spans: "OTEL_TRACES_EXPORTER=otlp and CLAUDE_CODE_ENHANCED_TELEMETRY_BETA=1",
};

const gateWords: Record<Gate, { label: string; variable: string; event?: string }> = {
	prompts: { label: "prompt text", variable: "OTEL_LOG_USER_PROMPTS", event: "user_prompt" },
	responses: { label: "answers", variable: "OTEL_LOG_ASSISTANT_RESPONSES", event: "assistant_response" },
	tool_details: { label: "tool details", variable: "OTEL_LOG_TOOL_DETAILS", event: "tool_result" },
	tool_content: { label: "tool content", variable: "OTEL_LOG_TOOL_CONTENT" },
	raw_api_bodies: { label: "raw API bodies", variable: "OTEL_LOG_RAW_API_BODIES", event: "api_request_body" },
};

/** With which signals clients report, and which content they send. */
export function SignalsPanel({ result }: Props) {
	const reading = useViewState();
	const { scheme } = useChartTheme();
	const summary = result.answer?.summary;
	const all = summary?.clients ?? 0;
	const sent = signals.map((signal): Share => {
		const title = `Sent by clients with ${signalVariables[signal]}.`;
		const share = { label: signal, count: summary?.signals[signal] ?? 0, title };
		return signal === "events" ? { ...share, href: liveAddress(livePeriod(reading)) } : share;
	});
	const content = gates.map((gate): Share => {
		const { label, variable, event } = gateWords[gate];
		const count = summary?.gates[gate] ?? 0;
		const share = { label, count, title: `Sent by clients with ${variable}.` };
		return event && count > 0 ? { ...share, href: liveAddress({ event, ...livePeriod(reading) }) } : share;
	});
	return (
		<Panel
			id="signals"
			title="Signals and content"
			explains="How many clients sent each signal in the period, and how many sent content that they send only when asked to: according to their records, not their settings."
			result={withoutNotes(result)}
			empty={undefined}
			table={tableOf("signal or content", [...sent, ...content])}
			height={168}
			columns={4}
		>
			<div className={classes.bars}>
				<ShareBars shares={sent} of={all} colour={seriesColor("tokens", scheme)} />
				<ShareBars heading="Content that is sent" shares={content} of={all} colour={seriesColor("tools", scheme)} />
			</div>
		</Panel>
	);
}

/** Shows the programs and machines of clients. */
export function ProgramsPanel({ result }: Props) {
	const { href, view } = useViewState();
	const { scheme } = useChartTheme();
	const clients = result.answer?.clients ?? [];
	const sharesOf = (dimension: string, of: (client: Client) => readonly string[]): Share[] => {
		const counts = new Map<string, number>();
		for (const client of clients) {
			const values = of(client);
			for (const value of values.length > 0 ? values : [""]) counts.set(value, (counts.get(value) ?? 0) + 1);
		}
		return [...counts]
			.sort((a, b) => b[1] - a[1])
			.slice(0, 4)
			.map(([value, count]) => ({
				label: value || "not sent",
				count,
				title: "Click for only these.",
				href: href({ filters: withFilter(view.filters, { dimension, value, excluded: false }) }),
			}));
	};
	const groups = [
		["Started by", sharesOf("entrypoint", ({ entrypoints }) => entrypoints)],
		["Operating system", sharesOf("os", ({ os }) => os)],
		["Service", sharesOf("service", ({ services }) => services)],
	] as const;
	return (
		<Panel
			id="programs"
			title="Where it runs"
			explains="Clients by entrypoint, operating system and service name, as far as they say. One that was seen with two counts for both."
			result={withoutNotes(result)}
			empty={undefined}
			table={tableOf(
				"where",
				groups.flatMap(([heading, shares]) => shares.map((share) => ({ ...share, label: `${heading}: ${share.label}` }))),
			)}
			height={168}
			columns={4}
		>
			<div className={classes.bars}>
				{groups.map(([heading, shares]) => (
					<ShareBars
						key={heading}
						heading={heading}
						shares={shares}
						of={clients.length}
						colour={seriesColor("sessions", scheme)}
					/>
				))}
			</div>
		</Panel>
	);
}
