import type { NamedQueries, NamedQueryAnswer, NamedQueryDescription } from "@purser/api";
import { UsageError } from "../errors.ts";
import { type CommandDefinition, type Options, optionsOf } from "./command.ts";
import { showDimension, showQuantity, showTime } from "./format-value.ts";
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
import { type TableColumn, write } from "./table.ts";
import { terminalWidth, writeOutput, writeStatus } from "./terminal.ts";

/** Parameters that have an option of their own. */
const usual: ReadonlySet<string> = new Set(["from", "to", "tz", "where", "limit", "format"]);

export const query: CommandDefinition = Object.freeze<CommandDefinition>({
	name: "query",
	args: "[name]",
	brief: "Run a named query; without a name, list them",
	detail: "docs/queries.md says what each question's columns are, and what to know before reading them.",
	options: [
		{
			flags: "--where <filter>",
			brief: "dimension:value or dimension!:value. Repeatable: values of one dimension are ORed, dimensions ANDed",
			many: true,
		},
		{ flags: "--set <name=value>", brief: "Set a query parameter, e.g. days=30", many: true },
		{ flags: "--limit <rows>", brief: "Maximum rows", default: "1000" },
		...periodOptions,
		tzOption,
		formatOption,
		...serverOptions,
	],
	examples: [
		{ command: "purser query", brief: "List named queries" },
		{ command: "purser query active_people --since 90d --tz Europe/Berlin", brief: "How many people a day, a week and a month" },
		{ command: "purser query dormant_people --set days=30", brief: "Who has not been active for 30 days" },
		{
			command: "purser query tool_failures --where person:ana@example.com --format markdown",
			brief: "What fails for one person",
		},
	],
	run: async ([name], options, surroundings) => {
		const server = serverOf(options, surroundings);
		const format = formatOf(options);
		const width = terminalWidth(surroundings.environment);
		if (name === undefined) {
			const list = await server.get<NamedQueries>("/api/v1/queries");
			const rows = list.queries.map((each) => ({ name: each.name, sets: setsOf(each), question: each.sentence }));
			writeOutput(write(format, { columns: listColumns, rows, json: list }, width));
			return;
		}
		const tz = zoneOf(options);
		const limit = countOf(options, "limit", 100_000)!;
		const asked = { ...own(options), ...periodOf(options), tz, limit, where: optionsOf(options, "where") };
		const answer = await server.get<NamedQueryAnswer>(`/api/v1/queries/${encodeURIComponent(name)}`, asked);
		const { meta, rows } = answer;
		if (format === "table") {
			const period = `${showTime(meta.from, tz, "minute")} to ${showTime(meta.to, tz, "minute")} ${tz}`;
			writeStatus(`${meta.sentence}\n${period}${rows.length === 0 ? ": nothing" : ""}`);
		}
		writeOutput(write(format, { columns: meta.columns.map((column) => shown(column, tz)), rows, json: answer }, width));
		for (const note of meta.notes) writeStatus(`note: ${note}`);
		if (rows.length === limit) writeStatus("Ask for more with --limit");
	},
});

const listColumns: readonly TableColumn[] = [{ name: "name" }, { name: "sets" }, { name: "question" }];

const setsOf = ({ parameters }: NamedQueryDescription): string =>
	parameters
		.filter((parameter) => !usual.has(parameter.name))
		.map((parameter) => `${parameter.name}=${parameter.default}`)
		.join(" ");

/** `--set days=30` as the API takes it. */
const own = (options: Options): Record<string, string> =>
	Object.fromEntries(
		optionsOf(options, "set").map((entry) => {
			const [, name, value] = /^([^=]+)=(.*)$/.exec(entry) ?? [];
			if (name === undefined || usual.has(name)) throw new UsageError(`--set must be name=value, as days=30, not "${entry}"`);
			return [name, value!];
		}),
	);

function shown({ name, type, unit = "" }: NamedQueryAnswer["meta"]["columns"][number], tz: string): TableColumn {
	if (type === "time") return { name, right: true, show: (value) => (value ? showTime(String(value), tz, "minute") : "–") };
	if (type === "date") return { name, right: true };
	if (type === "text") return { name, show: showDimension };
	return { name, right: true, show: (value) => showQuantity(unit, value) };
}
