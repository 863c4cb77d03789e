import type { Status } from "@purser/api";
import type { CommandDefinition } from "./command.ts";
import { showBytes, showDuration, showNumber, showTime } from "./format-value.ts";
import { formatOf, formatOption, serverOf, serverOptions } from "./query-options.ts";
import { type Row, write } from "./table.ts";
import { styled, terminalWidth, writeOutput } from "./terminal.ts";

export const status: CommandDefinition = Object.freeze<CommandDefinition>({
	name: "status",
	brief: "Show server health: listeners, store, journal, ingest counts",
	options: [...serverOptions, formatOption],
	examples: [
		{ command: "purser status", brief: "As a table" },
		{ command: "purser status --format json", brief: "The raw API response" },
	],
	run: async (_args, options, surroundings) => {
		const server = serverOf(options, surroundings);
		const answer = await server.get<Status>("/api/v1/status");
		const width = terminalWidth(surroundings.environment);
		const format = formatOf(options);
		const signals = Object.entries(answer.signals).map(([signal, counts]): Row => ({ signal, ...counts }));
		const columns = [
			{ name: "signal" },
			...["requests", "received", "accepted", "rejected", "duplicate", "stored"].map((name) => ({
				name,
				right: true,
				show: (value: unknown) => showNumber(Number(value)),
			})),
			{ name: "last_received_at", show: (value: unknown) => (value ? shownTime(String(value)) : "never") },
		];
		if (format === "table") writeOutput(summary(answer, server.origin));
		writeOutput(write(format, { columns, rows: signals, json: answer }, width));
	},
});

const shownTime = (iso: string): string => `${showTime(iso, "UTC", "second")}Z`;

const rollupsOf = ({ rollups }: Status): string =>
	rollups === null
		? "none: a ClickHouse server is asked for records"
		: rollups.waiting_hours === 0
			? "up to date"
			: `${showNumber(rollups.waiting_hours)} hours to be rolled up; answered from their records meanwhile`;

function summary(status: Status, origin: string): string {
	const { store, journal, stored, listeners } = status;
	const count = (name: keyof typeof stored) => showNumber(stored[name] ?? 0);
	const isKnown = stored.events !== null;
	const lines: [string, string][] = [
		["Purser", `${status.version} at ${origin}, up ${showDuration(status.uptime_seconds * 1000)}`],
		[
			"store",
			`${store.state} (${store.kind}${store.version && `, ClickHouse ${store.version}`})${store.reason ? `: ${store.reason}` : ""}`,
		],
		[
			"journal",
			`${journal.state}, ${showNumber(journal.backlog_records)} records (${showBytes(journal.backlog_bytes)}) to be loaded${journal.quarantined_records > 0 ? `; ${showNumber(journal.quarantined_records)} records could not be: see \`purser journal list\`` : ""}`,
		],
		...listeners.map(({ name, address, tls }): [string, string] => [name, `${address}${tls ? " (TLS)" : ""}`]),
		["keys", status.keys_required ? "senders need one" : "none needed to send"],
		[
			"stored",
			isKnown
				? `${count("events")} events, ${count("points")} data points, ${count("spans")} spans`
				: "not known yet: the store has not answered",
		],
		["rollups", rollupsOf(status)],
		["last event", status.last_event_at ? shownTime(status.last_event_at) : "none yet"],
		["refused", `${showNumber(status.refused)} requests${status.refused > 0 ? "; `purser doctor` explains the last ones" : ""}`],
	];
	return `${lines.map(([name, text]) => `${styled("bold", name.padEnd(10))}  ${text}`).join("\n")}\n\n`;
}
