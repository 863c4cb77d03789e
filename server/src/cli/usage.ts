import type { Catalog, UsageAnswer, UsageExplanation } from "@purser/api";
import { type CommandDefinition, type Options, optionOf, optionsOf } from "./command.ts";
import { type Precision, showDimension, showQuantity, showTime } from "./format-value.ts";
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
import type { Server } from "./server.ts";
import { type Row, type TableColumn, write } from "./table.ts";
import { terminalWidth, writeOutput, writeStatus } from "./terminal.ts";

/** Default measures: the first of these that have the dimensions. */
const usual = [
	"cost_usd",
	"tokens",
	"sessions",
	"active_users",
	"prompts",
	"api_requests",
	"tool_calls",
	"tool_failures",
	"tool_success_ratio",
	"tool_accepts",
	"tool_rejects",
	"edit_accepts",
	"edit_rejects",
	"lines_added",
	"lines_removed",
	"commits",
	"pull_requests",
	"api_errors",
	"events",
];
/** Measures that fit next to each other in a terminal of 80 columns: the more keys, the fewer measures. */
const defaultCount = (keys: number): number => Math.max(3, 6 - keys);
/** These dimensions are ranked by cost only on request. */
const unranked: ReadonlySet<string> = new Set(["person"]);

export const usage: CommandDefinition = Object.freeze<CommandDefinition>({
	name: "usage",
	args: "[measures...]",
	brief: "Query measures by dimensions over time: cost, tokens, sessions, tools, lines, commits and more",
	detail:
		"Without measures the usual ones are asked that have the dimensions. GET /api/v1/catalog lists all measures and dimensions.\nWithout --order the largest first measure comes first; people come by name.",
	options: [
		{ flags: "--by <dimensions>", brief: "Dimensions, comma-separated: model, person, tool, label.team.id" },
		{
			flags: "--grain <grain>",
			brief: "Time grain",
			choices: ["none", "minute", "hour", "day", "week", "month"],
			default: "none",
		},
		{
			flags: "--where <filter>",
			brief: "dimension:value or dimension!:value. Repeatable: values of one dimension are ORed, dimensions ANDed",
			many: true,
		},
		{ flags: "--order <names>", brief: "A measure, a dimension or time, with a minus for the largest first" },
		{ flags: "--limit <rows>", brief: "Maximum rows", default: "1000" },
		{ flags: "--explain", brief: "Print the SQL and the tables it reads instead of rows" },
		...periodOptions,
		tzOption,
		formatOption,
		...serverOptions,
	],
	examples: [
		{ command: "purser usage", brief: "The totals of the last 30 days" },
		{ command: "purser usage --by model --since 7d", brief: "What each model was used for and cost" },
		{
			command: "purser usage cost_usd tokens --by label.team.id --grain day --tz Europe/Berlin",
			brief: "Cost and tokens of each team by day",
		},
		{
			command: "purser usage tool_calls tool_failures --by tool --where tool!:Read --order -tool_failures",
			brief: "Which tools fail",
		},
		{
			command: "purser usage cost_usd --by person,model --grain month --format csv",
			brief: "For a spreadsheet, with exact values",
		},
	],
	run: async (args, options, surroundings) => {
		const server = serverOf(options, surroundings);
		const by = list(optionOf(options, "by"));
		const grain = optionOf(options, "grain") ?? "none";
		const tz = zoneOf(options);
		const limit = countOf(options, "limit", 100_000)!;
		const given = args.flatMap((arg) => list(arg));
		const catalog =
			given.length === 0 || (by.length === 0 && grain === "none") ? await server.get<Catalog>("/api/v1/catalog") : undefined;
		const where = optionsOf(options, "where");
		const measures = given.length > 0 ? given : usualMeasures(catalog!, by, where, grain);
		const ranked = grain === "none" && by.length > 0 && !by.some((name) => unranked.has(name));
		const order = optionOf(options, "order") ?? (ranked ? `-${measures[0]}` : undefined);
		const question = { measure: measures.join(","), by: by.join(","), grain, tz, where, order, limit };
		if (options["explain"] === true) {
			writeOutput(explained(await ask<UsageExplanation>(server, options, { ...question, explain: "sql" })));
			return;
		}
		const answer = await ask<UsageAnswer>(server, options, question);
		const format = formatOf(options);
		const width = terminalWidth(surroundings.environment);
		const isTotal = by.length === 0 && grain === "none" && (format === "table" || format === "markdown");
		const asked = { by, grain, tz, measures };
		const columns = isTotal ? totalColumns : columnsOf({ ...asked, units: answer.meta.units });
		const rows = isTotal ? totals(answer, measures, catalog!) : answer.rows;
		if (format === "table") writeStatus(`${period(answer, tz)}${answer.rows.length === 0 ? ": nothing" : ""}`);
		writeOutput(write(format, { columns, rows, json: answer }, width));
		for (const note of answer.meta.notes) writeStatus(`note: ${note}`);
		if (answer.rows.length === limit) writeStatus(`These are the first ${limit} rows; ask for more with --limit`);
	},
});

const list = (text = ""): string[] =>
	text
		.split(",")
		.filter((name) => name.trim() !== "")
		.map((name) => name.trim());

/** The tables that are read as comments, then the statement with its bound values. */
const explained = ({ datasets, sql, parameters }: UsageExplanation): string =>
	[
		...datasets.map(({ dataset, tables }) => `-- ${dataset}: ${tables.join(", ")}`),
		...Object.entries(parameters).map(([name, value]) => `-- {${name}} = ${JSON.stringify(value)}`),
		sql,
		"",
	].join("\n");

const ask = <Answer>(
	server: Server,
	options: Options,
	{ by, ...query }: Readonly<Record<string, string | number | readonly string[] | undefined>>,
) => server.get<Answer>("/api/v1/usage", { ...query, ...(by !== "" && { by }), ...periodOf(options) });

function usualMeasures({ measures }: Catalog, by: readonly string[], where: readonly string[], grain: string): string[] {
	const filtered = where.flatMap((entry) => /^([^:!]+)!?:/.exec(entry)?.[1] ?? []);
	const dimensions = [...by, ...filtered].map((name) => (name.startsWith("label.") ? "label.KEY" : name));
	const have = usual.filter((name) => {
		const measure = measures.find((each) => each.name === name);
		return measure !== undefined && dimensions.every((dimension) => measure.dimensions.includes(dimension));
	});
	// A dimension that no measure has: the server says which there are.
	if (have.length === 0) return ["events"];
	const keys = by.length + (grain === "none" ? 0 : 1);
	return keys === 0 ? have : have.slice(0, defaultCount(keys));
}

const precisions: Readonly<Record<string, Precision>> = { minute: "minute", hour: "minute" };

function columnsOf({
	by,
	grain,
	tz,
	measures,
	units,
}: {
	by: readonly string[];
	grain: string;
	tz: string;
	measures: readonly string[];
	units: Readonly<Record<string, string>>;
}): TableColumn[] {
	const time = { name: "time", right: true, show: (value: unknown) => showTime(String(value), tz, precisions[grain] ?? "day") };
	return [
		...(grain === "none" ? [] : [time]),
		...by.map((name) => ({ name, show: showDimension })),
		...measures.map((name) => ({ name, right: true, show: (value: unknown) => showQuantity(units[name], value) })),
	];
}

/** One row of many measures is read from top to bottom. */
const totalColumns: readonly TableColumn[] = [{ name: "measure" }, { name: "value", right: true }, { name: "meaning" }];

const totals = ({ rows, meta }: UsageAnswer, measures: readonly string[], catalog: Catalog): Row[] =>
	measures.map((measure) => ({
		measure,
		value: showQuantity(meta.units[measure], rows[0]?.[measure]),
		meaning: catalog.measures.find(({ name }) => name === measure)?.brief ?? "",
	}));

const period = ({ meta }: UsageAnswer, tz: string): string =>
	`${showTime(meta.from, tz, "minute")} to ${showTime(meta.to, tz, "minute")} ${tz}`;
