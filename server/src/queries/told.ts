import { personName } from "../store/people-tables.ts";
import { asMoment, endQuarter, type Facts, firstQuarter, type Ground, hours } from "./ground.ts";
import { collectedWithin } from "./rolled/events.ts";
import { rollups } from "./rolled/index.ts";
import { earliest, inPeriod, periodBegin, periodEnd } from "./source.ts";

/** Rule 2: work is told twice, by events and by counters. Which events tell what these counters count. */
export const tellers: Readonly<Record<string, readonly string[]>> = Object.freeze({
	api_request: ["claude_code.cost.usage", "claude_code.token.usage"],
	tool_decision: ["claude_code.code_edit_tool.decision"],
});

/** Whether events of that kind are known to tell all that counters count. */
export const tellsAll = (event: string, ground: Ground): boolean => ground?.facts?.incomplete.includes(event) === false;

/** Sessions go on past midnight. */
const aroundBegin = `toStartOfDay(${periodBegin}) - toIntervalDay(1)`;
const aroundEnd = `toStartOfDay(${periodEnd}) + toIntervalDay(2)`;

/**
 * What a point and the events that tell of it have in common: its session on that day, and beside it; or, where it has no session,
 * its person in that hour. `person` is SQL.
 */
const keyOf = (person: string): string =>
	`(session_id, if(session_id = '', ${person}, ''), if(session_id = '', toStartOfHour(time), toStartOfDay(time)))`;

/** The keys that events of that kind tell of, around the period: those rows of `time`, `session_id` and `person` only. */
function toldKeys(event: string, ground: Ground, person: string, where: string): string {
	const { rolled, single } = hours(ground, aroundBegin, aroundEnd);
	const around = `time >= ${aroundBegin} AND time < ${asMoment(aroundEnd)}`;
	const records = `SELECT time, time + ${collectedWithin} AS last_told, session_id, person FROM events WHERE ${around}${ground ? ` AND (${single})` : ""} AND event = '${event}'`;
	const rows = ground
		? `SELECT time, last_told, session_id, person FROM ${rollups.events.name} WHERE ${rolled} AND event = '${event}' UNION ALL ${records}`
		: records;
	const days = "arrayMap(day -> (session_id, '', toStartOfDay(time) + toIntervalDay(day)), if(session_id = '', [], [-1, 0, 1]))";
	const hoursToo = `arrayMap(at -> ('', ${person}, toStartOfHour(at)), [time, last_told])`;
	return `(SELECT arrayJoin(arrayConcat(${days}, ${hoursToo})) FROM (${rows}) WHERE ${where})`;
}

const ownName = "toString(person)";

/** Whether events of that kind tell what a point counts, as SQL on increments: by their own names, which is certain for good. */
const toldByEvents = (event: string): string => `${keyOf(ownName)} IN ${toldKeys(event, undefined, ownName, "1")}`;

const isOf = (metrics: readonly string[]): string => `metric IN (${metrics.map((name) => `'${name}'`).join(", ")})`;

/** The same for any counter: others are told by no event. */
export const told = `multiIf(${Object.entries(tellers)
	.map(([event, metrics]) => `${isOf(metrics)}, ${toldByEvents(event)}`)
	.join(", ")}, false)`;

/**
 * What events are looked at for, as parts of a SELECT: nearly all is told and known to be so, so only what is not, and what is
 * around it. `extent` says from when to when there are such points with a session, and from when to when without.
 */
function untoldPoints(of: readonly string[], event: string, ground: Ground) {
	const { rolled, single } = hours(ground, firstQuarter, endQuarter);
	const columns = `time, session_id, ${personName} AS person`;
	const records = `SELECT ${columns} FROM points WHERE ${inPeriod} AND (${ground ? single : "1"}) AND ${isOf(of)}`;
	const points = ground
		? `(SELECT ${columns} FROM ${rollups.increments.name} WHERE ${rolled} AND ${isOf(of)} AND NOT told UNION ALL ${records})`
		: `(${records})`;
	const ends = (which: string) => `minIf(time, ${which}), maxIf(time, ${which})`;
	const extent = `(SELECT (${ends("session_id != ''")}, ${ends("session_id = ''")}) FROM ${points}) AS extent`;
	const near = (n: number) => `time >= extent.${n} - toIntervalDay(2) AND time < extent.${n + 1} + toIntervalDay(2)`;
	const sessions = `session_id IN (SELECT session_id FROM ${points} WHERE session_id != '')`;
	// By all names that these people's records go by: looking up the person of every event would take longer than all the rest.
	const people = `SELECT person FROM ${points} WHERE session_id = ''`;
	const names = `toString(person) IN (${people} UNION ALL SELECT person FROM person_names WHERE name IN (${people}))`;
	const keys = toldKeys(event, ground, personName, `(${near(1)} AND ${sessions}) OR (${near(3)} AND ${names})`);
	return { points, extent, isUntold: `${keyOf(ownName)} NOT IN ${keys}` };
}

/** Rows of counters (`told` is one of their columns) without what events of that kind tell. */
export function withoutTold(rows: string, of: readonly string[], event: string, ground: Ground): string {
	const { extent, isUntold } = untoldPoints(of, event, ground);
	return `(WITH ${extent} SELECT * FROM ${rows} WHERE NOT told AND ${isUntold})`;
}

/** One of the facts of a period: a piece of `hours` with counters that go on, since when; or an event that does not tell all. */
export type Fact = { readonly piece: number; readonly since: number; readonly event: string };

/** The facts of a period of whole hours (see `outwards`). */
export function factsSql(ground: Ground): string {
	const begin = `(${periodBegin} + toIntervalHour(1))`;
	const { single, isStale } = hours(ground, begin, `(${periodEnd} - toIntervalHour(1))`);
	// Of the first hour one piece has the broken quarter, and the other the rest where it is stale.
	const pieces = `if(time >= ${begin}, [1], if(${isStale}, [0, 1], [0]))`;
	const cumulative = `(SELECT arrayJoin(${pieces}) AS piece, toUnixTimestamp(toDateTime(min(${earliest}))) AS since, '' AS event FROM points WHERE ${inPeriod} AND (${single}) AND instrument = 'sum' AND temporality = 'cumulative' GROUP BY piece)`;
	const incomplete = Object.entries(tellers).map(([event, metrics]) => {
		const { points, extent, isUntold } = untoldPoints(metrics, event, ground);
		return `(WITH ${extent} SELECT 0 AS piece, 0 AS since, '${event}' AS event FROM ${points} WHERE ${isUntold} LIMIT 1)`;
	});
	return [cumulative, ...incomplete].join(" UNION ALL ");
}

export const factsOf = (facts: readonly Fact[]): Facts => ({
	cumulativeSince: Object.fromEntries(facts.filter(({ event }) => event === "").map(({ piece, since }) => [piece, since])),
	incomplete: facts.map(({ event }) => event).filter(Boolean),
});
