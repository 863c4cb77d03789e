import { personName } from "../store/people-tables.ts";
import type { Source } from "./dimension.ts";
import { type Rollup, rollupOf, rollups, unrolled } from "./rollup.ts";
import { inPeriod, ofPeriod } from "./source.ts";

/** Times in milliseconds, the end exclusive. */
export type Span = { readonly fromMs: number; readonly toMs: number };

/**
 * For which hours the store's rollups hold: all but these. Records of the others, and of the period's broken hours at its ends,
 * are read themselves. Undefined: there are no rollups to speak of.
 */
export type Ground = { readonly stale: readonly Span[] } | undefined;

export type GroundNow = () => Ground;

const from_ = "{from:DateTime64(3, 'UTC')}";
const to_ = "{to:DateTime64(3, 'UTC')}";
const firstHour = `toStartOfHour(${from_} + toIntervalMillisecond(3599999))`;
const endHour = `toStartOfHour(${to_})`;
const second = (ms: number) => `toDateTime(${ms / 1000}, 'UTC')`;
const within = ({ fromMs, toMs }: Span): string => `(time >= ${second(fromMs)} AND time < ${second(toMs)})`;

/** The hours of a ground, as conditions on `time`: which rows of rollups count, and which records instead. */
function hours(ground: Ground, begin: string, end: string): { readonly rolled: string; readonly single: string } {
	const stale = (ground?.stale ?? []).map(within);
	return {
		rolled: [`time >= ${begin} AND time < ${end}`, ...stale.map((range) => `NOT ${range}`)].join(" AND "),
		single: [`time < ${begin}`, `time >= ${end}`, ...stale].join(" OR "),
	};
}

/** The period's rows of a rollup, and in the same columns the records of hours that it does not hold for. */
function summedRows(rollup: Rollup, of: readonly string[] | undefined, ground: Ground): string {
	const { keys, sums, name, of: kind } = rollup;
	const plain = keys.map((key) => key.name);
	const more = ground ? [] : unrolled;
	const each = Object.entries(sums).map(([sum, { each: sql }]) => (sql === sum ? sum : `${sql} AS ${sum}`));
	const { rolled, single } = hours(ground, firstHour, endHour);
	const when = ground ? `${inPeriod} AND (${single})` : inPeriod;
	const records = `SELECT toDateTime(time, 'UTC') AS time, ${[...plain, ...more, ...each].join(", ")} FROM ${rollup.rows({ ...ofPeriod, when }, of)}`;
	if (!ground) return `(${records})`;
	const only = of && kind ? ` AND ${kind} IN (${of.map((value) => `'${value}'`).join(", ")})` : "";
	const named = [...plain.map((key) => (key === "person" ? `${personName} AS person` : key)), ...Object.keys(sums)];
	return `(SELECT time, ${named.join(", ")} FROM ${name} WHERE ${rolled}${only} UNION ALL ${records})`;
}

const tokenTypes =
	"[('input', input_tokens), ('output', output_tokens), ('cacheRead', cache_read_tokens), ('cacheCreation', cache_creation_tokens)]";

/** Points are collected up to a minute or so after what they count, and sessions go on past midnight. */
const lag = "toIntervalMinute(2)";
const aroundBegin = `toStartOfHour(${from_}) - toIntervalDay(1)`;
const aroundEnd = `toStartOfHour(${to_}) + toIntervalDay(1)`;

/**
 * Who told of work by events of that kind, around the period: `session_id` and `day`, or `person` and `hour`. `columns` are made of
 * `time`, `last_time`, `session_id` and `person`.
 */
function tellers(event: string, ground: Ground, columns: string, only: string): string {
	const { rolled, single } = hours(ground, aroundBegin, aroundEnd);
	const around = `time >= ${aroundBegin} AND time < ${aroundEnd}`;
	const records = `SELECT ${columns} FROM (SELECT time, time AS last_time, session_id, person FROM events WHERE ${around}${ground ? ` AND (${single})` : ""} AND event = '${event}') WHERE ${only}`;
	if (!ground) return `(${records})`;
	return `(SELECT ${columns} FROM ${rollups.events.name} WHERE ${rolled} AND event = '${event}' AND ${only} UNION ALL ${records})`;
}

/** Sessions and the days that are told of when they did something at that time. */
const sessionDays = "session_id, arrayJoin([toDate(time) - 1, toDate(time), toDate(time) + 1]) AS day";
const personHours = `${personName} AS person, arrayJoin([toStartOfHour(time), toStartOfHour(last_time + ${lag})]) AS hour`;

/** Whether events of that kind tell what a point of a session counts, as SQL on increments. */
export const toldBySession = (event: string, ground: Ground, only = "1"): string =>
	`(session_id, toDate(time)) IN ${tellers(event, ground, sessionDays, `session_id != '' AND ${only}`)}`;

/**
 * Rule 2: work is told twice, by events and by counters. Counters count where no event tells: for sessions without any on that
 * day and those beside it, and, where points carry no session, for a person and hour without any.
 */
function withoutEvents(of: readonly string[] | undefined, event: string, ground: Ground): string {
	const increments = summedRows(rollups.increments, of, ground);
	const own = `session_id IN (SELECT session_id FROM ${increments} WHERE NOT told)`;
	// Where all points have a session, which is nearly everywhere, nothing is read for this.
	const isNeeded = `(SELECT count() > 0 FROM ${increments} WHERE session_id = '')`;
	const byPerson = `(toString(person), toStartOfHour(time)) IN ${tellers(event, ground, personHours, isNeeded)}`;
	return `(SELECT * FROM ${increments} WHERE NOT told AND NOT if(session_id != '', ${toldBySession(event, ground, own)}, ${byPerson}))`;
}

/**
 * What the counter of edits tells a language of, and the rest: what it tells as well as events is taken from no language, so that
 * with the events, which know none, all languages together are what there is without asking for them.
 */
function byLanguage(of: readonly string[] | undefined, ground: Ground): string {
	const all = summedRows(rollups.increments, of, ground);
	const unnamed = (sign: string, rows: string) => `SELECT * REPLACE ('' AS language, ${sign}increment AS increment) FROM ${rows}`;
	return `(SELECT * FROM ${all} UNION ALL ${unnamed("-", all)} UNION ALL ${unnamed("", withoutEvents(of, "tool_decision", ground))})`;
}

/** Sessions by how they were started: as their counter tells, and those of which it does not. */
function starts(ground: Ground): string {
	const counted = summedRows(rollups.increments, ["claude_code.session.count"], ground);
	const keys = rollups.everything.keys.map(({ name }) => name);
	const columns = ["time", ...keys, ...(ground ? [] : unrolled)].join(", ");
	const told = `SELECT ${columns}, toString(start_type) AS start_type, cityHash64(session_id) AS session_key, true AS is_session FROM ${counted}`;
	const untold = `SELECT ${columns}, '' AS start_type, session_key, is_session FROM ${summedRows(rollups.everything, undefined, ground)} WHERE session_id NOT IN (SELECT session_id FROM ${counted})`;
	return `(${told} UNION ALL ${untold})`;
}

/** A source's rows of the period in the columns that measures and dimensions speak of: sums of many records, or of one. */
export function summed(source: Source, of: readonly string[] | undefined, ground: Ground): string {
	switch (source) {
		case "token_rows":
			return `(SELECT *, token.1 AS token_type, token.2 AS token_count FROM ${summedRows(rollups.requests, of, ground)} ARRAY JOIN ${tokenTypes} AS token)`;
		case "increments_without_requests":
			return withoutEvents(of, "api_request", ground);
		case "increments_without_decisions":
			return withoutEvents(of, "tool_decision", ground);
		case "increments_by_language":
			return byLanguage(of, ground);
		case "starts":
			return starts(ground);
		default:
			return summedRows(rollupOf(source), of, ground);
	}
}
