import type { EventRow, EventsAnswer } from "@purser/api";
import { type CommandDefinition, type OptionDefinition, type Options, optionOf } from "./command.ts";
import { summaryOf } from "./event-line.ts";
import { showTime } from "./format-value.ts";
import {
	countOf,
	formatOf,
	formatOption,
	periodOf,
	periodOptions,
	serverOf,
	serverOptions,
	tzOption,
	zoneOf,
} from "./query-options.ts";
import type { Query, Server } from "./server.ts";
import { type TableColumn, write } from "./table.ts";
import { clip, terminalWidth, writeOutput, writeStatus } from "./terminal.ts";

/** The API's filters, which `tail` has too. */
export const filterOptions: readonly OptionDefinition[] = Object.freeze([
	{ flags: "--event <name>", brief: "Event name, e.g. api_request" },
	{ flags: "--session <id>", brief: "A session id" },
	{ flags: "--prompt <id>", brief: "A prompt id" },
	{ flags: "--person <name>", brief: "Person, as in the dimension person" },
	{ flags: "--tool <name>", brief: "A tool's name" },
	{ flags: "--trace <id>", brief: "A trace id in hex" },
	{ flags: "--q <words>", brief: "Words that must all occur in the body or the attributes" },
]);

export const filtersOf = (options: Options): Query =>
	Object.fromEntries(
		["event", "session", "prompt", "person", "tool", "trace", "q"].map((name) => [name, optionOf(options, name) || undefined]),
	);

/** The most that the API gives at once. */
const pageRows = 1000;

export const events: CommandDefinition = Object.freeze<CommandDefinition>({
	name: "events",
	brief: "List log records unchanged, newest first",
	options: [
		...filterOptions,
		{ flags: "--limit <rows>", brief: "Maximum events; more than 1000 are fetched page by page", default: "100" },
		...periodOptions,
		tzOption,
		formatOption,
		...serverOptions,
	],
	examples: [
		{ command: "purser events --since 1h", brief: "What happened in the last hour" },
		{ command: "purser events --event tool_result --tool Bash --limit 20", brief: "The last 20 runs of Bash" },
		{ command: 'purser events --q "rate limit" --format json', brief: "Events with both words, with all their attributes" },
	],
	run: async (_args, options, surroundings) => {
		const server = serverOf(options, surroundings);
		const tz = zoneOf(options);
		const limit = countOf(options, "limit")!;
		const answer = await fetchEvents(server, { ...filtersOf(options), ...periodOf(options) }, limit);
		const format = formatOf(options);
		if (format === "table" && answer.rows.length === 0) writeStatus("No such events.");
		const columns = format === "csv" ? exactColumns : columnsFor(tz);
		writeOutput(write(format, { columns, rows: answer.rows, json: answer }, terminalWidth(surroundings.environment)));
		if (answer.meta.next_cursor)
			writeStatus(`These are the newest ${limit}; ask for more with --limit, or for earlier ones with --to`);
	},
});

/** Fetches as many pages as `limit` needs. */
export async function fetchEvents(server: Server, query: Query, limit: number): Promise<EventsAnswer> {
	const rows: EventsAnswer["rows"][number][] = [];
	let cursor: string | null = null;
	do {
		const wanted = Math.min(pageRows, limit - rows.length);
		const page: EventsAnswer = await server.get("/api/v1/events", { ...query, limit: wanted, ...(cursor && { cursor }) });
		rows.push(...page.rows);
		cursor = page.meta.next_cursor;
		if (cursor && process.stderr.isTTY && limit > pageRows) process.stderr.write(`\r${rows.length} events`);
	} while (cursor && rows.length < limit);
	if (process.stderr.isTTY && limit > pageRows) process.stderr.write("\r\x1b[K");
	return { rows, meta: { next_cursor: cursor } };
}

const columnsFor = (tz: string): TableColumn[] => [
	{ name: "time", right: true, show: (value) => showTime(String(value), tz, "second") },
	{ name: "event" },
	{ name: "person", show: (_value, row) => clip(String(row["person"] ?? ""), 32) },
	{ name: "session", show: (_value, row) => String(row["session_id"] ?? "").slice(0, 8) },
	{ name: "what", show: (_value, row) => summaryOf(row as EventRow) },
];

const exactColumns: TableColumn[] = [
	"time",
	"event",
	"session_id",
	"body",
	"attributes",
	"resource",
	"scope",
	"trace_id",
	"span_id",
].map((name) => ({
	name,
}));
