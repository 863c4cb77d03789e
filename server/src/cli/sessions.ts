import type { SessionAnswer, SessionsAnswer } from "@purser/api";
import { UsageError } from "../errors.ts";
import { type CommandContext, type CommandDefinition, type Options, optionOf, optionsOf } from "./command.ts";
import { showDimension, showDuration, showQuantity, showTime } from "./format-value.ts";
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
import { ApiError, type Query, type Server } from "./server.ts";
import { exactTimelineColumns, timelineColumns, timelineRows, timelineText } from "./session-timeline.ts";
import { type Row, type TableColumn, write } from "./table.ts";
import { terminalWidth, writeOutput, writeStatus } from "./terminal.ts";

export const sessions: CommandDefinition = Object.freeze<CommandDefinition>({
	name: "sessions",
	args: "[id]",
	brief: "List sessions with totals and cost; with an id, show one session's prompts, requests and tools in order",
	detail:
		"An id may be cut to its first eight characters, as the table shows it, if one recent session alone begins so.\nTotals in the list are those of the period; one session is shown whole.",
	options: [
		{
			flags: "--where <filter>",
			brief: "dimension:value: sessions of which any record has it; dimension!:value: of which none has",
			many: true,
		},
		{ flags: "--order <name>", brief: "A total, first_time, last_time or duration_seconds; with a minus for the largest first" },
		{ flags: "--limit <count>", brief: "Maximum sessions (100), or events of one session (1000)" },
		{ flags: "--prompt <key>", brief: "Only one prompt of the session: its id, or #3 where there are no ids" },
		...periodOptions,
		tzOption,
		formatOption,
		...serverOptions,
	],
	examples: [
		{ command: "purser sessions --since 7d", brief: "The costliest sessions of a week" },
		{ command: "purser sessions --where tool:Bash --order -tool_failures", brief: "In which sessions tools fail" },
		{ command: "purser sessions --order -last_time --limit 10 --format json", brief: "The latest, with all totals" },
	],
	run: async ([id, ...more], options, surroundings) => {
		if (more.length > 0) throw new UsageError("sessions takes one id at most");
		const server = serverOf(options, surroundings);
		await (id === undefined ? list(server, options, surroundings) : showSession(server, id, options, surroundings));
	},
});

async function list(server: Server, options: Options, { environment }: CommandContext): Promise<void> {
	if (optionOf(options, "prompt") !== undefined) throw new UsageError("--prompt needs a session's id");
	const tz = zoneOf(options);
	const limit = countOf(options, "limit") ?? 100;
	const query = { where: optionsOf(options, "where"), order: optionOf(options, "order"), ...periodOf(options) };
	const answer = await fetchSessions(server, query, limit);
	const format = formatOf(options);
	if (format === "table" && answer.rows.length === 0) writeStatus("No such sessions.");
	const columns = format === "csv" ? answer.meta.columns.map((name) => ({ name })) : columnsFor(tz, answer.meta.units);
	const rows = format === "csv" ? answer.rows.map((row) => ({ ...row, models: modelsOf(row) })) : answer.rows;
	writeOutput(write(format, { columns, rows, json: answer }, terminalWidth(environment)));
	if (answer.meta.next_cursor)
		writeStatus(`These are the first ${answer.rows.length} of ${answer.meta.sessions}; ask for more with --limit`);
}

/** Fetches as many pages as `limit` needs. */
async function fetchSessions(server: Server, query: Query, limit: number): Promise<SessionsAnswer> {
	const rows: SessionsAnswer["rows"][number][] = [];
	let meta: SessionsAnswer["meta"] | undefined;
	do {
		const wanted = Math.min(1000, limit - rows.length);
		const cursor = meta?.next_cursor;
		const page: SessionsAnswer = await server.get("/api/v1/sessions", { ...query, limit: wanted, ...(cursor && { cursor }) });
		rows.push(...page.rows);
		meta = page.meta;
	} while (meta.next_cursor && rows.length < limit);
	return { rows, meta };
}

const modelsOf = (row: Row): string => ((row["models"] as readonly string[] | undefined) ?? []).join(" ");

const columnsFor = (tz: string, units: Readonly<Record<string, string>>): TableColumn[] => [
	{ name: "began", right: true, show: (_value, row) => showTime(String(row["first_time"]), tz, "minute") },
	{ name: "session", right: true, show: (_value, row) => String(row["session_id"]).slice(0, 8) },
	{ name: "person", show: showDimension },
	{ name: "models", show: (_value, row) => modelsOf(row).replaceAll("claude-", "") || "–" },
	{ name: "took", right: true, show: (_value, row) => showDuration(Number(row["duration_seconds"]) * 1000) },
	...(["prompts", "api_requests", "tool_calls", "cost_usd"] as const).map((name) => ({
		name: { prompts: "prompts", api_requests: "requests", tool_calls: "tools", cost_usd: "cost" }[name],
		right: true,
		show: (_value: unknown, row: Row) => showQuantity(units[name], row[name]),
	})),
];

async function showSession(server: Server, given: string, options: Options, { environment }: CommandContext): Promise<void> {
	for (const name of ["where", "order", "from", "to", "since"]) {
		if (options[name] !== undefined && optionsOf(options, name).length > 0)
			throw new UsageError(`--${name} is for the list of sessions`);
	}
	const tz = zoneOf(options);
	const limit = countOf(options, "limit") ?? 1000;
	const prompt = optionOf(options, "prompt");
	const answer = await fetchSession(server, given, { ...(prompt !== undefined && { prompt }) }, limit);
	const format = formatOf(options);
	const width = terminalWidth(environment);
	if (format === "table") writeOutput(timelineText(answer, tz, width));
	else {
		const columns = format === "csv" ? exactTimelineColumns : timelineColumns(tz);
		writeOutput(write(format, { columns, rows: timelineRows(answer), json: answer }, width));
	}
	for (const note of answer.meta.notes) writeStatus(`note: ${note}`);
}

const mostEvents = 5000;

async function fetchSession(server: Server, given: string, query: Query, limit: number): Promise<SessionAnswer> {
	const first = Math.min(limit, mostEvents);
	const { id, answer } = await find(server, given, { ...query, limit: first });
	let whole = answer;
	for (let left = limit - first; left > 0 && whole.meta.next_cursor; left -= mostEvents) {
		const page = await get(server, id, { ...query, limit: Math.min(left, mostEvents), cursor: whole.meta.next_cursor });
		const further = new Map(page.prompts.map((prompt) => [prompt.key, prompt.items]));
		whole = {
			...page,
			prompts: whole.prompts.map((prompt) => ({ ...prompt, items: [...prompt.items, ...(further.get(prompt.key) ?? [])] })),
		};
	}
	return whole;
}

const get = (server: Server, id: string, query: Query): Promise<SessionAnswer> =>
	server.get(`/api/v1/sessions/${encodeURIComponent(id)}`, query);

/** Finds a session by its whole id, or by a prefix that only one of the latest sessions has. */
async function find(
	server: Server,
	given: string,
	query: Query,
): Promise<{ readonly id: string; readonly answer: SessionAnswer }> {
	try {
		return { id: given, answer: await get(server, given, query) };
	} catch (error) {
		if (!(error instanceof ApiError && error.status === 404) || given.length < 4) throw error;
		const { rows } = await server.get<SessionsAnswer>("/api/v1/sessions", { from: "-90d", order: "-last_time", limit: 1000 });
		const ids = rows.map((row) => String(row["session_id"])).filter((id) => id.startsWith(given));
		if (ids.length === 0) throw error;
		if (ids.length > 1) throw new UsageError(`"${given}" begins ${ids.length} sessions: ${ids.slice(0, 5).join(", ")}`);
		return { id: ids[0]!, answer: await get(server, ids[0]!, query) };
	}
}
