import { type SessionRow, sessionFacts, sessionTotals } from "@purser/api";
import { UsageError } from "../errors.ts";
import { usageRows } from "../semantic/compile-usage.ts";
import { type RecordDataset, selectFrom } from "../semantic/dataset.ts";
import { columnsOf, datasetRows } from "../semantic/dataset-rows.ts";
import { dimensionOf, dimensions } from "../semantic/dimension.ts";
import { type Filter, isOneOf } from "../semantic/filter.ts";
import { as, bind, column, identifier, join, literal, type Sql, sql } from "../sql.ts";
import { formatTime } from "../store/format-time.ts";
import type { Store } from "../store/store.ts";
import { unknownName } from "../unknown-name.ts";
import { readCursor, writeCursor } from "./cursor.ts";

/** A session lists at most this many models, the most used first. */
export const maxModels = 100;

/** Columns of SessionRow, in the order of tables. */
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

const orderKeys: ReadonlyMap<string, Sql> = new Map([
	["first_time", sql`first_ms`],
	["last_time", sql`last_ms`],
	["duration_seconds", sql`last_ms - first_ms`],
	...[...sessionTotals, "events"].map((name): [string, Sql] => [name, identifier(name)]),
]);
const sessionOrders: readonly string[] = Object.freeze([...orderKeys.keys()]);

/** Instants in milliseconds since 1970; the end is exclusive. */
export type Period = { readonly fromMs: number; readonly toMs: number };

export type SessionsQuestion = Period & {
	/** A session is meant when any of its rows has the value; excluded, when any has. */
	readonly where: readonly Filter[];
	/** One of sessionOrders; a leading minus turns it round. */
	readonly order: string;
	readonly limit: number;
	readonly cursor: string | undefined;
	/** Includes ids that occur on start-up events only, which are not sessions (R8). */
	readonly startUp: boolean;
};

export type SessionsAnswer = {
	readonly rows: SessionRow[];
	readonly nextCursor: string | null;
	/** The number of all sessions, and their cost together. */
	readonly sessions: number;
	readonly costUsd: number;
};

/** Sessions with what they did within the period, one page. */
export async function listSessions(store: Store, question: SessionsQuestion): Promise<SessionsAnswer> {
	const descending = question.order.startsWith("-");
	const name = descending ? question.order.slice(1) : question.order;
	const key = orderKeys.get(name);
	if (!key) throw new UsageError(unknownName("order of sessions", name, sessionOrders));
	const place = question.cursor === undefined ? undefined : placeOf(question.cursor, question.order);
	const beyond = place ? sql` WHERE ${isBeyond(place, descending)}` : sql``;
	const whole = sql`SELECT *, ifNull(toFloat64(${key}), -1) AS order_key, count() OVER () AS all_sessions, sum(cost_usd) OVER () AS all_cost_usd FROM (${sessionsSql(question)})`;
	const found = await store.rows<FoundSession & Whole>(
		sql`SELECT * FROM (${whole})${beyond} ORDER BY order_key ${descending ? sql`DESC` : sql`ASC`}, session LIMIT ${question.limit}`,
		periodParameters(question),
	);
	const last = found.at(-1);
	return {
		rows: found.map(sessionRow),
		nextCursor:
			last && found.length === question.limit ? writeCursor(listOf(question.order), last.order_key, last.session) : null,
		sessions: last?.all_sessions ?? 0,
		costUsd: last?.all_cost_usd ?? 0,
	};
}

/** One session's totals over a period, or undefined where nothing of it is there. */
export async function sessionOf(store: Store, id: string, period: Period): Promise<SessionRow | undefined> {
	const [found] = await store.rows<FoundSession>(sessionsSql({ where: [], startUp: true }, id), periodParameters(period));
	return found && sessionRow(found);
}

/** From the first to the last record of a session, whatever the period: the index of ids finds them. */
export async function extentOf(store: Store, id: string): Promise<(Period & { readonly spans: number }) | undefined> {
	const part = (table: string): Sql =>
		sql`SELECT count() AS n, min(time) AS first, max(time) AS last, ${literal(table)} AS table FROM ${identifier(table)} WHERE session_id = ${bind(id)}`;
	const [found] = await store.rows<{ n: number; firstMs: number; lastMs: number; spans: number }>(
		sql`SELECT sum(n) AS n, toUnixTimestamp64Milli(minIf(first, n > 0)) AS firstMs, toUnixTimestamp64Milli(max(last)) AS lastMs, sumIf(n, table = 'spans') AS spans FROM (${join(["events", "points", "spans"].map(part), " UNION ALL ")}) AS parts`,
	);
	return found && found.n > 0 ? { fromMs: found.firstMs, toMs: found.lastMs + 1, spans: found.spans } : undefined;
}

/** Formats the period for ClickHouse's parameters. */
export function periodParameters({ fromMs, toMs }: Period): { readonly from: string; readonly to: string } {
	return { from: formatTime(fromMs), to: formatTime(toMs) };
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

/** The sessions of a period, or one, each with its facts and totals. */
function sessionsSql({ where, startUp }: Pick<SessionsQuestion, "where" | "startUp">, id?: string): Sql {
	const totals = usageRows({
		measures: [...sessionTotals, "sessions"],
		by: ["session"],
		grain: "none",
		tz: "UTC",
		where: id === undefined ? [] : [{ dimension: "session", values: [id], exclude: false }],
		order: [],
		limit: 1_000_000_000,
	});
	const conditions = where.map(
		({ dimension, values, exclude }) => sql` AND session ${exclude ? sql`NOT IN` : sql`IN`} (${sessionsWith(dimension, values)})`,
	);
	const known = startUp ? sql`` : sql` AND sessions > 0`;
	return sql`SELECT * FROM (${facts(id)}) AS facts INNER JOIN ${totals} AS totals USING (session) WHERE session != ''${known}${join(conditions, "")}`;
}

function facts(id: string | undefined): Sql {
	const latest = (name: string) => {
		const own = everywhere(name);
		return as(sql`argMaxIf(${own}, time, ${own} != '')`, name);
	};
	const isEvent = sql`NOT is_point`;
	const extent = (least: Sql): Sql =>
		sql`toUnixTimestamp64Milli(if(countIf(${isEvent}) > 0, ${least}If(time, ${isEvent}), ${least}(time)))`;
	const columns = [
		sql`session_id AS session`,
		sql`${extent(sql`min`)} AS first_ms`,
		sql`${extent(sql`max`)} AS last_ms`,
		sql`countIf(${isEvent}) AS events`,
		...sessionFacts.map(latest),
		// The most frequent first. A session has a few; a client that invents thousands of names makes no page of sessions
		// large.
		sql`arraySlice(arraySort((name, times) -> (-toInt64(times), name), (sumMapIf([${everywhere("model")}], [toUInt64(1)], model != '') AS worked).1, worked.2), 1, ${maxModels}) AS models`,
	];
	const only = id === undefined ? sql`session_id != ''` : sql`session_id = ${bind(id)}`;
	return sql`SELECT ${join(columns)} FROM ${selectFrom("everything")} AS rows WHERE ${only} GROUP BY session_id`;
}

const everywhere = (name: string): Sql => dimensionOf(name)!.sql.everything!;

/** The ids of sessions of which a row has one of the values. */
function sessionsWith(name: string, values: readonly string[]): Sql {
	const dimension = dimensionOf(name);
	if (!dimension) throw new UsageError(unknownName("dimension", name, [...dimensions.map((each) => each.name), "label.KEY"]));
	const datasets: readonly RecordDataset[] = dimension.sql.everything ? ["everything"] : ["events", "increments"];
	const having = (rows: Sql, own: Sql): Sql => sql`SELECT session_id FROM ${rows} AS rows WHERE ${isOneOf(own, values)}`;
	const parts = datasets.flatMap((source) => {
		const own = dimension.sql[source];
		return own ? [having(selectFrom(source), own)] : [];
	});
	if (parts.length > 0) return join(parts, " UNION ALL ");
	const own = dimension.sql.token_rows!;
	return having(datasetRows("token_rows", undefined, undefined, columnsOf(column("session_id"), own)), own);
}

type Place = { readonly key: number; readonly session: string };

/** The rest of the list after a place. */
const isBeyond = ({ key, session }: Place, descending: boolean): Sql => {
	const at = bind(key, "Float64");
	return sql`order_key ${descending ? sql`<` : sql`>`} ${at} OR (order_key = ${at} AND session > ${bind(session)})`;
};

const listOf = (order: string): string => `sessions ${order}`;

function placeOf(text: string, order: string): Place {
	const [key, session] = readCursor(listOf(order), text, [0, ""]);
	return { key, session };
}
