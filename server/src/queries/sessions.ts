import { MisuseError } from "../errors.ts";
import type { Parameters, Store } from "../store/store.ts";
import { timeText } from "../store/time-text.ts";
import { dimensionOf, dimensions } from "./dimension.ts";
import { from, type RowSource } from "./source.ts";
import { summed, wordsIn } from "./summed.ts";
import { compileUsage, type Filter } from "./usage.ts";

/** What is added up for a session: measures, and what they are for that session and period in `/api/v1/usage?by=session`. */
export const sessionTotals = Object.freeze([
	"cost_usd",
	"tokens",
	"input_tokens",
	"output_tokens",
	"cache_read_tokens",
	"cache_creation_tokens",
	"prompts",
	"api_requests",
	"api_errors",
	"tool_calls",
	"tool_failures",
	"active_seconds",
	"lines_added",
	"lines_removed",
	"commits",
	"pull_requests",
] as const);
export type SessionTotal = (typeof sessionTotals)[number];

/** What the rows of a session say of it; where they differ, the latest. */
const sessionFacts = Object.freeze([
	"person",
	"organization",
	"entrypoint",
	"version",
	"service",
	"terminal",
	"os",
	"repository",
] as const);

export type SessionRow = {
	readonly session_id: string;
	/** Of its first and last event; where it has none, of its data points. ISO 8601. */
	readonly first_time: string;
	readonly last_time: string;
	readonly duration_seconds: number;
	readonly models: readonly string[];
	readonly events: number;
} & Readonly<Record<(typeof sessionFacts)[number], string>> &
	Readonly<Record<SessionTotal, number | null>>;

/** Of SessionRow, in the order of tables. */
export const sessionColumns: readonly (keyof SessionRow)[] = Object.freeze([
	"session_id",
	"first_time",
	"last_time",
	"duration_seconds",
	...sessionFacts,
	"models",
	...sessionTotals,
	"events",
]);

const times = { first_time: "first_ms", last_time: "last_ms", duration_seconds: "last_ms - first_ms" } as const;
export const sessionOrders: readonly string[] = Object.freeze([...Object.keys(times), ...sessionTotals, "events"]);

/** Instants in milliseconds since 1970; the end is exclusive. */
export type Period = { readonly fromMs: number; readonly toMs: number };

export type SessionsQuestion = Period & {
	/** A session is meant when any of its rows has the value; excluded, when any has. */
	readonly where: readonly Filter[];
	/** One of sessionOrders; a leading minus turns it round. */
	readonly order: string;
	readonly limit: number;
	readonly cursor: string | undefined;
	/** Also ids that were seen only while starting, which are no sessions (rule 4 of the accounts). */
	readonly startUp: boolean;
};

export type SessionsAnswer = {
	readonly rows: SessionRow[];
	readonly nextCursor: string | null;
	/** How many sessions there are in all, and what they cost together. */
	readonly sessions: number;
	readonly costUsd: number;
};

/** Sessions with what they did within the period, one page. */
export async function listSessions(store: Store, question: SessionsQuestion): Promise<SessionsAnswer> {
	const descending = question.order.startsWith("-");
	const name = descending ? question.order.slice(1) : question.order;
	if (!sessionOrders.includes(name)) {
		throw new MisuseError(`cannot order sessions by "${name.slice(0, 60)}". Known: ${sessionOrders.join(", ")}`);
	}
	const { sql, parameters } = compileSessions(question);
	const key = name in times ? times[name as keyof typeof times] : name;
	const place = question.cursor === undefined ? undefined : parseCursor(question.cursor, question.order);
	const beyond = place
		? ` WHERE order_key ${descending ? "<" : ">"} {place:Float64} OR (order_key = {place:Float64} AND session > {place_session:String})`
		: "";
	const whole = `SELECT *, ifNull(toFloat64(${key}), -1) AS order_key, count() OVER () AS all_sessions, sum(cost_usd) OVER () AS all_cost_usd FROM (${sql})`;
	const found = await store.rows<FoundSession & Whole>(
		`SELECT * FROM (${whole})${beyond} ORDER BY order_key ${descending ? "DESC" : "ASC"}, session LIMIT {limit:UInt32}`,
		{
			...parameters,
			...periodParameters(question),
			...(place && { place: place.key, place_session: place.session }),
			limit: question.limit,
		},
	);
	const last = found.at(-1);
	return {
		rows: found.map(sessionRow),
		nextCursor: last && found.length === question.limit ? writeCursor(question.order, last.order_key, last.session) : null,
		sessions: last?.all_sessions ?? 0,
		costUsd: last?.all_cost_usd ?? 0,
	};
}

/** One session's totals over a period, or undefined where nothing of it is there. */
export async function sessionOf(store: Store, id: string, period: Period): Promise<SessionRow | undefined> {
	const { sql, parameters } = compileSessions({ where: [], startUp: true }, id);
	const [found] = await store.rows<FoundSession>(sql, { ...parameters, ...periodParameters(period) });
	return found && sessionRow(found);
}

/** From the first to the last record of a session, whatever the period: the index of ids finds them. */
export async function extentOf(store: Store, id: string): Promise<(Period & { readonly spans: number }) | undefined> {
	const part = (table: string) =>
		`SELECT count() AS n, min(time) AS first, max(time) AS last, '${table}' AS table FROM ${table} WHERE session_id = {session:String}`;
	const [found] = await store.rows<{ n: number; firstMs: number; lastMs: number; spans: number }>(
		`SELECT sum(n) AS n, toUnixTimestamp64Milli(minIf(first, n > 0)) AS firstMs, toUnixTimestamp64Milli(max(last)) AS lastMs, sumIf(n, table = 'spans') AS spans FROM (${["events", "points", "spans"].map(part).join(" UNION ALL ")}) AS parts`,
		{ session: id },
	);
	return found && found.n > 0 ? { fromMs: found.firstMs, toMs: found.lastMs + 1, spans: found.spans } : undefined;
}

/** As ClickHouse reads the sources' parameters. */
export function periodParameters({ fromMs, toMs }: Period): { readonly from: string; readonly to: string } {
	return { from: timeText(fromMs), to: timeText(toMs) };
}

type FoundSession = Readonly<Record<string, unknown>> & { readonly session: string; first_ms: number; last_ms: number };
type Whole = { readonly order_key: number; readonly all_sessions: number; readonly all_cost_usd: number };

function sessionRow(found: FoundSession): SessionRow {
	const member = (name: keyof SessionRow): unknown => {
		switch (name) {
			case "session_id":
				return found.session;
			case "first_time":
				return new Date(found.first_ms).toISOString();
			case "last_time":
				return new Date(found.last_ms).toISOString();
			case "duration_seconds":
				return (found.last_ms - found.first_ms) / 1000;
			default:
				return found[name];
		}
	};
	return Object.fromEntries(sessionColumns.map((name) => [name, member(name)])) as unknown as SessionRow;
}

/** The sessions of a period, each with its facts and totals. */
function compileSessions(
	{ where, startUp }: Pick<SessionsQuestion, "where" | "startUp">,
	id?: string,
): { readonly sql: string; readonly parameters: Parameters } {
	const totals = compileUsage({
		measures: [...sessionTotals, "sessions"],
		by: ["session"],
		grain: "none",
		tz: "UTC",
		where: id === undefined ? [] : [{ dimension: "session", values: [id], exclude: false }],
		order: [],
		limit: 1_000_000_000,
	});
	const parameters: Record<string, string | readonly string[]> = {
		...totals.parameters,
		...(id !== undefined && { session: id }),
	};
	const conditions = where.map((filter, i) => {
		parameters[`only${i}`] = filter.values;
		return ` AND session ${filter.exclude ? "NOT IN" : "IN"} (${sessionsWith(filter.dimension, `{only${i}:Array(String)}`)})`;
	});
	const known = startUp ? "" : " AND sessions > 0";
	return {
		sql: `SELECT * FROM (${facts(id)}) AS facts INNER JOIN (${totals.sql}) AS totals USING (session) WHERE session != ''${known}${conditions.join("")}`,
		parameters,
	};
}

function facts(id: string | undefined): string {
	const latest = (name: string) => {
		const sql = everywhere(name);
		return `argMaxIf(${sql}, time, ${sql} != '') AS ${name}`;
	};
	const isEvent = "NOT is_point";
	const extent = (least: "min" | "max") =>
		`toUnixTimestamp64Milli(if(countIf(${isEvent}) > 0, ${least}If(time, ${isEvent}), ${least}(time)))`;
	const columns = [
		"session_id AS session",
		`${extent("min")} AS first_ms`,
		`${extent("max")} AS last_ms`,
		`countIf(${isEvent}) AS events`,
		...sessionFacts.map(latest),
		// The one at work most often first.
		`arraySort((name, times) -> (-toInt64(times), name), (sumMapIf([${everywhere("model")}], [toUInt64(1)], model != '') AS worked).1, worked.2) AS models`,
	];
	const only = id === undefined ? "session_id != ''" : "session_id = {session:String}";
	return `SELECT ${columns.join(", ")} FROM ${from("everything")} AS rows WHERE ${only} GROUP BY session_id`;
}

const everywhere = (name: string): string => dimensionOf(name)!.sql.everything!;

/** The ids of sessions of which a row has one of the values. */
function sessionsWith(name: string, values: string): string {
	const dimension = dimensionOf(name);
	if (!dimension)
		throw new MisuseError(`there is no dimension "${name}". Known: ${dimensions.map((each) => each.name).join(", ")}, label.KEY`);
	const telling: readonly RowSource[] = dimension.sql.everything ? ["everything"] : ["events", "increments"];
	const sources = telling.filter((source) => dimension.sql[source]);
	const having = (rows: string, sql: string | undefined) => `SELECT session_id FROM ${rows} AS rows WHERE ${sql} IN ${values}`;
	return sources.length > 0
		? sources.map((source) => having(from(source), dimension.sql[source])).join(" UNION ALL ")
		: having(
				summed("token_rows", undefined, undefined, wordsIn("session_id", dimension.sql.token_rows!)),
				dimension.sql.token_rows,
			);
}

type Cursor = { readonly key: number; readonly session: string };

const writeCursor = (order: string, key: number, session: string): string =>
	Buffer.from(JSON.stringify([order, key, session])).toString("base64url");

function parseCursor(text: string, order: string): Cursor {
	try {
		const [of, key, session] = JSON.parse(Buffer.from(text, "base64url").toString()) as [unknown, unknown, unknown];
		if (of === order && typeof key === "number" && typeof session === "string") return { key, session };
	} catch {
		// Not one of ours.
	}
	throw new MisuseError("cannot continue: this is no cursor of an earlier answer in the same order");
}
