/**
 * Stores the same records in the tables of the OpenTelemetry Collector's ClickHouse exporter, in the same engine, and compares
 * disk space and the time of the overview's questions. Purser's times include what its answers have in addition (each request
 * once, counters that no request covers, resolved identities).
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { Session } from "chdb";
import { eventsTable } from "../server/src/schema/tables.ts";
import { compileUsage, type UsageQuestion } from "../server/src/semantic/compile-usage.ts";
import { planHintsOf, planHintsSql } from "../server/src/semantic/counter-precedence.ts";
import { quoted, render, type Sql, type Value } from "../server/src/sql.ts";
import { createCollectorTables, fillCollectorTables } from "./collector-tables.ts";
import { startWithHistory } from "./history.ts";
import { print, quantile, rounded } from "./table.ts";

const [events = 100_000_000, runs = 3] = process.argv.slice(2).map(Number);
/** All there is, and what is asked about. */
const [days, asked] = [90, 28];
const [, , , , given] = process.argv;
/**
 * The data directory of a stopped server that has such a history; else one is made. It keeps the Collector's tables next to its
 * own.
 */
const directory = given ?? (await madeHistory());

async function madeHistory(): Promise<string> {
	const server = await startWithHistory(events, days);
	await server.stop(true);
	return server.data;
}

const session = new Session(join(directory, "engine"));
const settings =
	"SETTINGS prefer_column_name_to_alias = 1, compile_expressions = 0, asterisk_include_alias_columns = 1, asterisk_include_materialized_columns = 1";
const ask = <Row>(sql: string): Row[] =>
	session
		.query(sql, "JSONEachRow")
		.split("\n")
		.filter(Boolean)
		.map((line) => JSON.parse(line) as Row);

for (const table of ["otel_logs", "otel_metrics_sum"]) session.query(`DROP TABLE IF EXISTS ${table} SYNC`);
for (const sql of createCollectorTables) session.query(sql);
// Its tables are divided by days, so that what is older than the days asked about costs its questions nothing.
for (const sql of fillCollectorTables(eventsTable, asked)) session.query(sql);
type Size = { table: string; rows: number; bytes: number };
const sizes = new Map(
	ask<Size>(
		"SELECT table, toFloat64(sum(rows)) AS rows, toFloat64(sum(bytes_on_disk)) AS bytes FROM system.parts WHERE database = currentDatabase() AND active GROUP BY table",
	).map((size) => [size.table, size]),
);
const bytes = [
	["events", "otel_logs"],
	["points", "otel_metrics_sum"],
].map(([ours, theirs]) => {
	const [own, other] = [sizes.get(ours!)!, sizes.get(theirs!)!];
	return {
		table: `${ours} · ${theirs}`,
		rows: own.rows,
		"Collector's rows": other.rows,
		"Purser, bytes a row": rounded(own.bytes / own.rows),
		"Collector, bytes a row": rounded(other.bytes / other.rows),
		ratio: rounded(own.bytes / own.rows / (other.bytes / other.rows), 2),
	};
});
const rolled = [...sizes].reduce((all, [name, { bytes: own }]) => (name.startsWith("rollup_") ? all + own : all), 0);
console.log(`Purser's rollups: ${rounded(rolled / sizes.get("events")!.rows)} bytes an event`);
/** Bytes for each event of a history, with the points that come with it. */
const perEvent = (logs: string, metrics: string): number => {
	const each = (table: string) => sizes.get(table)!.bytes / sizes.get(table)!.rows;
	return each(logs) + (each(metrics) * sizes.get("points")!.rows) / sizes.get("events")!.rows;
};
const [ours, theirs] = [
	perEvent("events", "points") + rolled / sizes.get("events")!.rows,
	perEvent("otel_logs", "otel_metrics_sum"),
];
console.log(`all of it, bytes an event: ${rounded(ours)} to ${rounded(theirs)} (${rounded(ours / theirs, 2)})`);
print("collector: bytes", bytes);

/** The engine of this benchmark is asked by its command line, which takes no parameters: what is bound stands in the text. */
const bound = (question: Sql, from: string, to: string): string => {
	const { query, parameters } = render(question, undefined);
	const known = new Map([
		["from", `toDateTime64(${from}, 3)`],
		["to", `toDateTime64(${to}, 3)`],
		["tz", "'UTC'"],
	]);
	const written = (value: Value): string =>
		typeof value === "string" ? quoted(value) : Array.isArray(value) ? `[${value.map(quoted).join(", ")}]` : String(value);
	return `${query.replace(/\{(\w+):[^}]+\}/g, (_, name) => known.get(name) ?? written(parameters[name]!))} ${settings}`;
};
const begin = `(now() - toIntervalDay(${asked}))`;
/** The plan hints that the server asks for once for the period of a page, by whole hours. */
const factsQuestion = bound(planHintsSql({ stale: [] }), `toStartOfHour(${begin})`, "(toStartOfHour(now()) + toIntervalHour(1))");
const facts = planHintsOf(ask(factsQuestion));

const usage = (measures: string, more: Partial<UsageQuestion> = {}): string => {
	const { sql } = compileUsage(
		{
			measures: measures.split(","),
			by: [],
			grain: "none",
			tz: "UTC",
			where: [],
			order: [],
			limit: 10_000,
			...more,
		},
		{ stale: [], hints: facts },
	);
	return bound(sql, begin, "now()");
};
const inPeriod = (column: string) => `${column} >= ${begin} AND ${column} < now()`;
const logs = (select: string, event: string, rest = "") =>
	`SELECT ${select} FROM otel_logs WHERE ${inPeriod("TimestampTime")}${event ? ` AND Body = 'claude_code.${event}'` : ""} ${rest}`;
const points = (select: string, metric: string, rest = "") =>
	`SELECT ${select} FROM otel_metrics_sum WHERE ${inPeriod("TimeUnix")} AND MetricName = '${metric}' ${rest}`;
const number = (key: string) => `sum(toFloat64OrZero(LogAttributes['${key}']))`;
const person = "if(LogAttributes['user.email'] != '', LogAttributes['user.email'], LogAttributes['user.id'])";
const day = "toStartOfDay(TimestampTime) AS day";
const byDay = { grain: "day" } as const;

/** The overview's questions, asked as well as each schema lets one. */
const questions: Readonly<Record<string, readonly [ours: string, theirs: string]>> = {
	"cost by model": [
		usage("cost_usd", { by: ["model"] }),
		logs(`LogAttributes['model'] AS model, ${number("cost_usd")}`, "api_request", "GROUP BY model"),
	],
	"cost by model and day": [
		usage("cost_usd", { by: ["model"], ...byDay }),
		logs(`${day}, LogAttributes['model'] AS model, ${number("cost_usd")}`, "api_request", "GROUP BY day, model"),
	],
	"tokens by day": [
		usage("input_tokens,output_tokens,cache_read_tokens,cache_creation_tokens", byDay),
		logs(
			`${day}, ${["input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens"].map(number).join(", ")}`,
			"api_request",
			"GROUP BY day",
		),
	],
	"active people by day": [usage("active_users", byDay), logs(`${day}, uniqExact(${person})`, "", "GROUP BY day")],
	"sessions by day": [usage("sessions", byDay), logs(`${day}, uniqExact(LogAttributes['session.id'])`, "", "GROUP BY day")],
	tools: [
		usage("tool_calls,tool_failures,tool_duration_p95_ms", { by: ["tool"] }),
		logs(
			"LogAttributes['tool_name'] AS tool, count(), countIf(LogAttributes['success'] = 'false'), quantileExact(0.95)(toFloat64OrZero(LogAttributes['duration_ms']))",
			"tool_result",
			"GROUP BY tool",
		),
	],
	"API errors by status and day": [
		usage("api_errors", { by: ["status_code"], ...byDay }),
		logs(`${day}, LogAttributes['status_code'] AS status, count()`, "api_error", "GROUP BY day, status"),
	],
	"cost by team": [
		usage("cost_usd", { by: ["label.team.id"] }),
		logs(`LogAttributes['team.id'] AS team, ${number("cost_usd")}`, "api_request", "GROUP BY team"),
	],
	"lines by day": [
		usage("lines_added,lines_removed", byDay),
		points(
			"toStartOfDay(TimeUnix) AS day, sumIf(Value, Attributes['type'] = 'added'), sumIf(Value, Attributes['type'] = 'removed')",
			"claude_code.lines_of_code.count",
			"GROUP BY day",
		),
	],
};

function timed(sql: string): number {
	const started = performance.now();
	session.query(sql, "TabSeparated");
	return performance.now() - started;
}

const rows = Object.entries(questions).map(([question, [ours, theirs]]) => {
	const spent: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
	timed(ours);
	timed(theirs);
	for (let run = 0; run < runs; run++) {
		spent.ours.push(timed(ours));
		spent.theirs.push(timed(theirs));
	}
	const p95 = { ours: quantile(spent.ours, 0.95), theirs: quantile(spent.theirs, 0.95) };
	return {
		question,
		"Purser p95 ms": rounded(p95.ours, 0),
		"Collector p95 ms": rounded(p95.theirs, 0),
		"Purser is faster by": rounded(quantile(spent.theirs, 0.5) / quantile(spent.ours, 0.5)),
	};
});
const asks = Array.from({ length: runs }, () => timed(factsQuestion));
console.log(`Purser asks once for the facts of the period: p95 ${rounded(quantile(asks, 0.95), 0)} ms`);
print("collector: questions", rows);
session.close();
if (!given) rmSync(directory, { recursive: true, force: true });
