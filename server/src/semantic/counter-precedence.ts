import { personName } from "../schema/people-tables.ts";
import { bind, identifier, join, literal, literals, type Sql, sql } from "../sql.ts";
import { inPeriod, lookbackStart, periodBegin, periodEnd } from "./dataset.ts";
import {
	endQuarterHour,
	firstQuarterHour,
	type PlanHints,
	type RollupFreshness,
	splitByHour,
	toInstant,
} from "./rollup-freshness.ts";
import { maxExportDelay } from "./rollups/events.ts";
import { rollups } from "./rollups/index.ts";

/** Events report the same work as these counters, so the counters count only where the events are missing (R3). */
const coveringEvents: Readonly<Record<string, readonly string[]>> = Object.freeze({
	api_request: ["claude_code.cost.usage", "claude_code.token.usage"],
	tool_decision: ["claude_code.code_edit_tool.decision"],
});

/** Returns true if events of that kind are known to cover all that counters count. */
export const eventsCoverCounter = (event: string, freshness: RollupFreshness): boolean =>
	freshness?.hints?.incomplete.includes(event) === false;

/** Sessions go on past midnight. */
const aroundBegin = sql`toStartOfDay(${periodBegin}) - toIntervalDay(1)`;
const aroundEnd = sql`toStartOfDay(${periodEnd}) + toIntervalDay(2)`;

/**
 * Identifies a point and the events that cover it: their session on that day or a day before or after; or, where it has no
 * session, their person in that hour. `person` is SQL.
 */
const keyOf = (person: Sql): Sql =>
	sql`(session_id, if(session_id = '', ${person}, ''), if(session_id = '', toStartOfHour(time), toStartOfDay(time)))`;

/** Keys that events of that kind cover, around the period: those rows of `time`, `session_id` and `person` only. */
function coveredKeys(event: string, freshness: RollupFreshness, person: Sql, where: Sql): Sql {
	const { rollupCondition, rawCondition } = splitByHour(freshness, aroundBegin, aroundEnd);
	const around = sql`time >= ${aroundBegin} AND time < ${toInstant(aroundEnd)}`;
	const records = sql`SELECT time, time + ${maxExportDelay} AS last_covered, session_id, person FROM events WHERE ${around}${freshness ? sql` AND (${rawCondition})` : sql``} AND event = ${literal(event)}`;
	const rows = freshness
		? sql`SELECT time, last_covered, session_id, person FROM ${identifier(rollups.events.name)} WHERE ${rollupCondition} AND event = ${literal(event)} UNION ALL ${records}`
		: records;
	const days = sql`arrayMap(day -> (session_id, '', toStartOfDay(time) + toIntervalDay(day)), if(session_id = '', [], [-1, 0, 1]))`;
	const hoursToo = sql`arrayMap(at -> ('', ${person}, toStartOfHour(at)), [time, last_covered])`;
	return sql`(SELECT arrayJoin(arrayConcat(${days}, ${hoursToo})) FROM (${rows}) WHERE ${where})`;
}

const ownName = sql`toString(person)`;

/** SQL on increments: true if events of that kind cover a point. It uses names as reported, which never change. */
const coveredByEvents = (event: string): Sql => sql`${keyOf(ownName)} IN ${coveredKeys(event, undefined, ownName, sql`1`)}`;

const isOf = (metrics: readonly string[]): Sql => sql`metric IN (${literals(metrics)})`;

/** SQL for any counter: others are covered by no event. */
export const isCovered = sql`multiIf(${join(
	Object.entries(coveringEvents).map(([event, metrics]) => sql`${isOf(metrics)}, ${coveredByEvents(event)}`),
)}, false)`;

/**
 * Parts of a SELECT that reads events for covered keys: nearly all points are known to be covered, so only the others and their
 * surroundings are read. `extent` is the time from the first to the last such point with a session, and without.
 */
function uncoveredPoints(of: readonly string[], event: string, freshness: RollupFreshness) {
	const { rollupCondition, rawCondition } = splitByHour(freshness, firstQuarterHour, endQuarterHour);
	const columns = sql`time, session_id, ${personName} AS person`;
	const records = sql`SELECT ${columns} FROM points WHERE ${inPeriod} AND (${freshness ? rawCondition : sql`1`}) AND ${isOf(of)}`;
	const points = freshness
		? sql`(SELECT ${columns} FROM ${identifier(rollups.increments.name)} WHERE ${rollupCondition} AND ${isOf(of)} AND NOT is_covered UNION ALL ${records})`
		: sql`(${records})`;
	const ends = (which: Sql) => sql`minIf(time, ${which}), maxIf(time, ${which})`;
	const extent = sql`(SELECT (${ends(sql`session_id != ''`)}, ${ends(sql`session_id = ''`)}) FROM ${points}) AS extent`;
	const near = (n: number) => sql`time >= extent.${n} - toIntervalDay(2) AND time < extent.${n + 1} + toIntervalDay(2)`;
	const sessions = sql`session_id IN (SELECT session_id FROM ${points} WHERE session_id != '')`;
	// By all names that these people's records go by: looking up the person of every event would take longer than all the rest.
	const people = sql`SELECT person FROM ${points} WHERE session_id = ''`;
	const names = sql`toString(person) IN (${people} UNION ALL SELECT person FROM person_names WHERE name IN (${people}))`;
	const keys = coveredKeys(event, freshness, personName, sql`(${near(1)} AND ${sessions}) OR (${near(3)} AND ${names})`);
	return { points, extent, isUncovered: sql`${keyOf(ownName)} NOT IN ${keys}` };
}

/** A key as text: it is bound as a list, and the binding takes no larger integers than JavaScript has. */
const keyHash = sql`toString(cityHash64(${keyOf(ownName)}))`;

/**
 * Selects rows of counters, which have the column `is_covered`, without those that report the same work as events of that name.
 */
export function exceptCovered(rows: Sql, of: readonly string[], event: string, freshness: RollupFreshness): Sql {
	const uncovered = freshness?.hints?.uncovered[event];
	if (uncovered) return sql`(SELECT * FROM ${rows} WHERE NOT is_covered AND ${keyHash} IN ${bind(uncovered, "Array(String)")})`;
	const { extent, isUncovered } = uncoveredPoints(of, event, freshness);
	return sql`(WITH ${extent} SELECT * FROM ${rows} WHERE NOT is_covered AND ${isUncovered})`;
}

/**
 * One plan hint of a period: since when cumulative counters in one of its two raw ranges have been counting; or an event that does not
 * cover all points, with the keys of those that it does not cover.
 */
export type PlanHint = {
	readonly piece: number;
	readonly since: number;
	readonly event: string;
	readonly keys: readonly string[];
};

/** With more keys than this, statements find the uncovered points themselves: keys are part of their address. */
const maxUncoveredKeys = 1000;

/** The facts of a period of whole hours (see `outwards`). */
export function planHintsSql(freshness: RollupFreshness): Sql {
	const begin = sql`(${periodBegin} + toIntervalHour(1))`;
	const { rawCondition, isStale } = splitByHour(freshness, begin, sql`(${periodEnd} - toIntervalHour(1))`);
	// Of the first hour one piece has the broken quarter, and the other the rest where it is stale.
	const pieces = sql`if(time >= ${begin}, [1], if(${isStale}, [0, 1], [0]))`;
	const cumulative = sql`(SELECT arrayJoin(${pieces}) AS piece, toUnixTimestamp(toDateTime(min(${lookbackStart}))) AS since, '' AS event, emptyArrayString() AS keys FROM points WHERE ${inPeriod} AND (${rawCondition}) AND instrument = 'sum' AND temporality = 'cumulative' GROUP BY piece)`;
	const incomplete = Object.entries(coveringEvents).map(([event, metrics]) => {
		const { points, extent, isUncovered } = uncoveredPoints(metrics, event, freshness);
		return sql`(WITH ${extent} SELECT 0 AS piece, 0 AS since, ${literal(event)} AS event, groupUniqArray(${maxUncoveredKeys + 1})(${keyHash}) AS keys FROM ${points} WHERE ${isUncovered} HAVING notEmpty(keys))`;
	});
	return join([cumulative, ...incomplete], " UNION ALL ");
}

export const planHintsOf = (hints: readonly PlanHint[]): PlanHints => ({
	cumulativeSince: Object.fromEntries(hints.filter(({ event }) => event === "").map(({ piece, since }) => [piece, since])),
	incomplete: hints.map(({ event }) => event).filter(Boolean),
	uncovered: Object.fromEntries(
		hints.filter(({ event, keys }) => event !== "" && keys.length <= maxUncoveredKeys).map(({ event, keys }) => [event, keys]),
	),
});
