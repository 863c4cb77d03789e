import { personName } from "../schema/people-tables.ts";
import { as, identifier, join, literals, type Sql, sql } from "../sql.ts";
import { eventsCoverCounter, exceptCovered } from "./counter-precedence.ts";
import { inPeriod, wholePeriod } from "./dataset.ts";
import type { DatasetName } from "./dimension.ts";
import { type Rollup, rawOnlyColumns, rawOnlyKeys, smallestCovering, smallestCoveringDaily } from "./rollup.ts";
import { endQuarterHour, firstQuarterHour, type RollupFreshness, splitByDay, splitByHour } from "./rollup-freshness.ts";
import { rollupOf, rollups } from "./rollups/index.ts";
import { tokenColumns } from "./rollups/requests.ts";

/** The columns of a question, in addition to `time`. */
export type Columns = { readonly has: (name: string) => boolean };
/** Those that pieces of SQL read. */
export const columnsOf = (...pieces: readonly Sql[]): Columns => new Set(pieces.flatMap((piece) => [...piece.columns]));

const also = (columns: Columns, ...names: readonly string[]): Columns => ({
	has: (name) => names.includes(name) || columns.has(name),
});
const only = (...names: readonly string[]): Columns => ({ has: (name) => names.includes(name) });

/**
 * The precision of times in a question: where only their `day` matters fewer rows are read. A question that reads more days
 * than it reports can use `whole days`, of which the first begins before the period.
 */
export type TimePrecision = "moment" | "day" | "whole days";

/** The period's rows of a rollup, and in the same columns the records of hours that it does not hold for. */
function rollupRows(
	widest: Rollup,
	of: readonly string[] | undefined,
	freshness: RollupFreshness,
	columns: Columns,
	times: TimePrecision = "moment",
): Sql {
	const rollup = smallestCovering(widest, columns);
	const daily = times === "moment" ? undefined : smallestCoveringDaily(rollup, columns);
	const { discriminator } = rollup;
	const there = new Set([...rollup.keys.map((key) => key.name), ...(freshness ? [] : rawOnlyKeys)]);
	const keys = [...there].filter((key) => columns.has(key));
	const sums = Object.entries(rollup.sums).filter(([sum]) => columns.has(sum));
	const byHour = splitByHour(freshness, firstQuarterHour, endQuarterHour);
	const byDay = daily && splitByDay(freshness, times === "whole days");
	const { rollupCondition, rawCondition } = byDay ?? byHour;
	const when = freshness ? sql`${inPeriod} AND (${rawCondition})` : inPeriod;
	const each = sums.map(([sum, { rowExpression }]) => as(rowExpression, sum));
	const needed = new Set([...keys, ...sums.flatMap(([, { inputs }]) => inputs ?? [])]);
	const rows = rollup.rows({ ...wholePeriod, when, columns: [...needed], ...(freshness && { rawRanges: byHour.rawRanges }) }, of);
	const records = sql`SELECT ${join([sql`toDateTime(time, 'UTC') AS time`, ...keys.map(identifier), ...each])} FROM ${rows}`;
	if (!freshness) return sql`(${records})`;
	const ofThese = of && discriminator ? sql` AND ${identifier(discriminator)} IN (${literals(of)})` : sql``;
	const named = keys.map((key) => (key === "person" ? as(personName, key) : identifier(key)));
	const read = ({ name, sums: own }: Rollup, time: Sql, where: Sql) => {
		const datasetRows = sums.map(([sum]) => (own[sum]?.finalize ? as(own[sum].finalize, sum) : identifier(sum)));
		return sql`SELECT ${join([time, ...named, ...datasetRows])} FROM ${identifier(name)} WHERE ${where}${ofThese}`;
	};
	const parts = [
		...(byDay ? [read(daily, sql`arrayJoin([first_quarter, last_quarter]) AS time`, byDay.wholeDays)] : []),
		read(rollup, sql`time`, rollupCondition),
	];
	return sql`(${join([...parts, records], " UNION ALL ")})`;
}

/** The tables that a dataset's rows are read from: rollups, and tables of records for what they do not hold. */
export function tablesOf(source: DatasetName, freshness: RollupFreshness, columns: Columns, times: TimePrecision): string[] {
	const widest = rollupOf(source);
	if (!freshness) return [...widest.sourceTables];
	if (source === "increments_without_requests" || source === "increments_without_decisions")
		return tablesOf("increments", freshness, also(columns, ...precedenceColumns), "moment");
	const rollup = smallestCovering(widest, columns);
	const daily = times === "moment" ? undefined : smallestCoveringDaily(rollup, columns);
	return [...(daily ? [daily.name] : []), rollup.name, ...widest.sourceTables];
}

const tokenTypes = sql`[('input', input_tokens), ('output', output_tokens), ('cacheRead', cache_read_tokens), ('cacheCreation', cache_creation_tokens)]`;

/** Columns that say if events cover a point (R3). */
const precedenceColumns = ["session_id", "person", "is_covered"];

/** Counters where no event reports the same work (R3). */
function withoutEvents(event: string, of: readonly string[], freshness: RollupFreshness, columns: Columns): Sql {
	return exceptCovered(rollupRows(rollups.increments, of, freshness, also(columns, ...precedenceColumns)), of, event, freshness);
}

/**
 * Splits the counter of edits into named languages and the rest: points that events cover as well are taken from no language,
 * so that with the events, which know none, all languages add up to the total without the dimension.
 */
function byLanguage(of: readonly string[] | undefined, freshness: RollupFreshness, columns: Columns): Sql {
	const own = also(columns, "language", "increment");
	const all = rollupRows(rollups.increments, of, freshness, also(own, "session_id", "person", "is_covered"));
	const unnamed = (sign: Sql, rows: Sql) => sql`SELECT * REPLACE ('' AS language, ${sign}increment AS increment) FROM ${rows}`;
	const parts = [
		sql`SELECT * FROM ${all}`,
		unnamed(sql`-`, all),
		...(eventsCoverCounter("tool_decision", freshness)
			? []
			: [unnamed(sql``, withoutEvents("tool_decision", of!, freshness, own))]),
	];
	return sql`(${join(parts, " UNION ALL ")})`;
}

/** Sessions by their start type: as their counter reports it, and those for which it does not. */
function starts(freshness: RollupFreshness, columns: Columns): Sql {
	const wanted = also(columns, "session_id");
	const keys = [...rollups.everything.keys.map(({ name }) => name), ...(freshness ? [] : rawOnlyColumns)].filter((name) =>
		wanted.has(name),
	);
	const counted = rollupRows(rollups.increments, ["claude_code.session.count"], freshness, only("start_type", ...keys));
	const there = rollupRows(rollups.everything, undefined, freshness, only("session_key", "is_session", ...keys));
	const named = join([sql`time`, ...keys.map(identifier)]);
	const reported = sql`SELECT ${named}, toString(start_type) AS start_type, cityHash64(session_id) AS session_key, true AS is_session FROM ${counted}`;
	const unreported = sql`SELECT ${named}, '' AS start_type, session_key, is_session FROM ${there} WHERE session_id NOT IN (SELECT session_id FROM ${counted})`;
	return sql`(${reported} UNION ALL ${unreported})`;
}

/** Returns true if a dataset is known to have no rows. */
export function isEmpty(source: DatasetName, freshness: RollupFreshness): boolean {
	switch (source) {
		case "increments_without_requests":
			return eventsCoverCounter("api_request", freshness);
		case "increments_without_decisions":
			return eventsCoverCounter("tool_decision", freshness);
		default:
			return false;
	}
}

/**
 * Selects a dataset's rows of the period with the columns of measures and dimensions: sums of many records, or single records.
 * `columns` are those that are needed, in addition to `time`.
 */
export function datasetRows(
	source: DatasetName,
	of: readonly string[] | undefined,
	freshness: RollupFreshness,
	columns: Columns,
	times: TimePrecision = "moment",
): Sql {
	switch (source) {
		case "token_rows":
			return sql`(SELECT *, token.1 AS token_type, token.2 AS token_count FROM ${rollupRows(rollups.requests, of, freshness, also(columns, ...tokenColumns))} ARRAY JOIN ${tokenTypes} AS token)`;
		case "increments_without_requests":
			return withoutEvents("api_request", of!, freshness, columns);
		case "increments_without_decisions":
			return withoutEvents("tool_decision", of!, freshness, columns);
		case "increments_by_language":
			return byLanguage(of, freshness, columns);
		case "starts":
			return starts(freshness, columns);
		default:
			return rollupRows(rollupOf(source), of, freshness, columns, times);
	}
}
