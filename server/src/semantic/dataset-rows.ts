import { personName } from "../schema/people-tables.ts";
import { as, identifier, join, literals, type Sql, sql } from "../sql.ts";
import { tellsAll, withoutTold } from "./counter-precedence.ts";
import { inPeriod, ofPeriod } from "./dataset.ts";
import type { Source } from "./dimension.ts";
import { narrowest, narrowestDaily, ofRecordsOnly, type Rollup, unrolled } from "./rollup.ts";
import { days, endQuarter, firstQuarter, type Ground, hours } from "./rollup-freshness.ts";
import { rollupOf, rollups } from "./rollups/index.ts";
import { tokenColumns } from "./rollups/requests.ts";

/** The columns of a question, besides `time`. */
export type Columns = { readonly has: (name: string) => boolean };
/** Those that pieces of SQL read. */
export const columnsOf = (...pieces: readonly Sql[]): Columns => new Set(pieces.flatMap((piece) => [...piece.columns]));

const also = (columns: Columns, ...names: readonly string[]): Columns => ({
	has: (name) => names.includes(name) || columns.has(name),
});
const only = (...names: readonly string[]): Columns => ({ has: (name) => names.includes(name) });

/**
 * How exactly times are asked for: no more than their `day` lets fewer rows be read. Then whoever looks at more days than it tells can
 * take `whole days`, of which the first begins before the period.
 */
export type Exactness = "moment" | "day" | "whole days";

/** The period's rows of a rollup, and in the same columns the records of hours that it does not hold for. */
function summedRows(
	widest: Rollup,
	of: readonly string[] | undefined,
	ground: Ground,
	columns: Columns,
	times: Exactness = "moment",
): Sql {
	const rollup = narrowest(widest, columns);
	const daily = times === "moment" ? undefined : narrowestDaily(rollup, columns);
	const { of: kind } = rollup;
	const there = new Set([...rollup.keys.map((key) => key.name), ...(ground ? [] : ofRecordsOnly)]);
	const keys = [...there].filter((key) => columns.has(key));
	const sums = Object.entries(rollup.sums).filter(([sum]) => columns.has(sum));
	const byHour = hours(ground, firstQuarter, endQuarter);
	const byDay = daily && days(ground, times === "whole days");
	const { rolled, single } = byDay ?? byHour;
	const when = ground ? sql`${inPeriod} AND (${single})` : inPeriod;
	const each = sums.map(([sum, { each: own }]) => as(own, sum));
	const needed = new Set([...keys, ...sums.flatMap(([, { needs }]) => needs ?? [])]);
	const rows = rollup.rows({ ...ofPeriod, when, columns: [...needed], ...(ground && { pieces: byHour.pieces }) }, of);
	const records = sql`SELECT ${join([sql`toDateTime(time, 'UTC') AS time`, ...keys.map(identifier), ...each])} FROM ${rows}`;
	if (!ground) return sql`(${records})`;
	const ofThese = of && kind ? sql` AND ${identifier(kind)} IN (${literals(of)})` : sql``;
	const named = keys.map((key) => (key === "person" ? as(personName, key) : identifier(key)));
	const read = ({ name, sums: own }: Rollup, time: Sql, where: Sql) => {
		const summed = sums.map(([sum]) => (own[sum]?.read ? as(own[sum].read, sum) : identifier(sum)));
		return sql`SELECT ${join([time, ...named, ...summed])} FROM ${identifier(name)} WHERE ${where}${ofThese}`;
	};
	const parts = [
		...(byDay ? [read(daily, sql`arrayJoin([first_quarter, last_quarter]) AS time`, byDay.wholeDays)] : []),
		read(rollup, sql`time`, rolled),
	];
	return sql`(${join([...parts, records], " UNION ALL ")})`;
}

const tokenTypes = sql`[('input', input_tokens), ('output', output_tokens), ('cacheRead', cache_read_tokens), ('cacheCreation', cache_creation_tokens)]`;

/** Rule 2: counters count where no event tells. */
function withoutEvents(event: string, of: readonly string[], ground: Ground, columns: Columns): Sql {
	return withoutTold(
		summedRows(rollups.increments, of, ground, also(columns, "session_id", "person", "told")),
		of,
		event,
		ground,
	);
}

/**
 * What the counter of edits tells a language of, and the rest: what it tells as well as events is taken from no language, so that
 * with the events, which know none, all languages together are what there is without asking for them.
 */
function byLanguage(of: readonly string[] | undefined, ground: Ground, columns: Columns): Sql {
	const own = also(columns, "language", "increment");
	const all = summedRows(rollups.increments, of, ground, also(own, "session_id", "person", "told"));
	const unnamed = (sign: Sql, rows: Sql) => sql`SELECT * REPLACE ('' AS language, ${sign}increment AS increment) FROM ${rows}`;
	const parts = [
		sql`SELECT * FROM ${all}`,
		unnamed(sql`-`, all),
		...(tellsAll("tool_decision", ground) ? [] : [unnamed(sql``, withoutEvents("tool_decision", of!, ground, own))]),
	];
	return sql`(${join(parts, " UNION ALL ")})`;
}

/** Sessions by how they were started: as their counter tells, and those of which it does not. */
function starts(ground: Ground, columns: Columns): Sql {
	const wanted = also(columns, "session_id");
	const keys = [...rollups.everything.keys.map(({ name }) => name), ...(ground ? [] : unrolled)].filter((name) =>
		wanted.has(name),
	);
	const counted = summedRows(rollups.increments, ["claude_code.session.count"], ground, only("start_type", ...keys));
	const there = summedRows(rollups.everything, undefined, ground, only("session_key", "is_session", ...keys));
	const named = join([sql`time`, ...keys.map(identifier)]);
	const told = sql`SELECT ${named}, toString(start_type) AS start_type, cityHash64(session_id) AS session_key, true AS is_session FROM ${counted}`;
	const untold = sql`SELECT ${named}, '' AS start_type, session_key, is_session FROM ${there} WHERE session_id NOT IN (SELECT session_id FROM ${counted})`;
	return sql`(${told} UNION ALL ${untold})`;
}

/** Whether it is known that a source has no rows. */
export function isEmpty(source: Source, ground: Ground): boolean {
	switch (source) {
		case "increments_without_requests":
			return tellsAll("api_request", ground);
		case "increments_without_decisions":
			return tellsAll("tool_decision", ground);
		default:
			return false;
	}
}

/**
 * A source's rows of the period in the columns that measures and dimensions speak of: sums of many records, or of one. `columns`
 * are those that are wanted, besides `time`.
 */
export function summed(
	source: Source,
	of: readonly string[] | undefined,
	ground: Ground,
	columns: Columns,
	times: Exactness = "moment",
): Sql {
	switch (source) {
		case "token_rows":
			return sql`(SELECT *, token.1 AS token_type, token.2 AS token_count FROM ${summedRows(rollups.requests, of, ground, also(columns, ...tokenColumns))} ARRAY JOIN ${tokenTypes} AS token)`;
		case "increments_without_requests":
			return withoutEvents("api_request", of!, ground, columns);
		case "increments_without_decisions":
			return withoutEvents("tool_decision", of!, ground, columns);
		case "increments_by_language":
			return byLanguage(of, ground, columns);
		case "starts":
			return starts(ground, columns);
		default:
			return summedRows(rollupOf(source), of, ground, columns, times);
	}
}
