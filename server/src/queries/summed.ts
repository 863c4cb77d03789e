import { personName } from "../store/people-tables.ts";
import type { Source } from "./dimension.ts";
import { type Rollup, rollupOf, rollups, tokenColumns, unrolled } from "./rollup.ts";
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
function hours(ground: Ground, begin: string, end: string) {
	const stale = (ground?.stale ?? []).map(within);
	const later = [`time >= ${end}`, ...stale].join(" OR ");
	return {
		rolled: [`time >= ${begin} AND time < ${end}`, ...stale.map((range) => `NOT ${range}`)].join(" AND "),
		single: `time < ${begin} OR ${later}`,
		pieces: [
			{ when: `${inPeriod} AND time < ${begin}`, end: begin },
			{ when: `${inPeriod} AND time >= ${begin} AND (${later})`, end: to_ },
		],
	};
}

/** The columns of a question, besides `time`: whatever words its SQL has. */
export type Columns = { readonly has: (name: string) => boolean };
export const wordsIn = (...sql: readonly string[]): Columns =>
	new Set(sql.flatMap((text): readonly string[] => text.match(/\w+/g) ?? []));

const also = (columns: Columns, ...names: readonly string[]): Columns => ({
	has: (name) => names.includes(name) || columns.has(name),
});
const only = (...names: readonly string[]): Columns => ({ has: (name) => names.includes(name) });

/** The period's rows of a rollup, and in the same columns the records of hours that it does not hold for. */
function summedRows(rollup: Rollup, of: readonly string[] | undefined, ground: Ground, columns: Columns): string {
	const { name, of: kind } = rollup;
	const keys = [...rollup.keys.map((key) => key.name), ...(ground ? [] : unrolled)].filter((key) => columns.has(key));
	const sums = Object.entries(rollup.sums).filter(([sum]) => columns.has(sum));
	const { rolled, single, pieces } = hours(ground, firstHour, endHour);
	const when = ground ? `${inPeriod} AND (${single})` : inPeriod;
	const each = sums.map(([sum, { each: sql }]) => (sql === sum ? sum : `${sql} AS ${sum}`));
	const needed = new Set([...keys, ...sums.flatMap(([, { needs }]) => needs ?? [])]);
	const rows = rollup.rows({ ...ofPeriod, when, columns: [...needed], ...(ground && { pieces }) }, of);
	const records = `SELECT ${["toDateTime(time, 'UTC') AS time", ...keys, ...each].join(", ")} FROM ${rows}`;
	if (!ground) return `(${records})`;
	const ofThese = of && kind ? ` AND ${kind} IN (${of.map((value) => `'${value}'`).join(", ")})` : "";
	const named = keys.map((key) => (key === "person" ? `${personName} AS person` : key));
	const summed = sums.map(([sum, { read }]) => (read ? `${read} AS ${sum}` : sum));
	return `(SELECT ${["time", ...named, ...summed].join(", ")} FROM ${name} WHERE ${rolled}${ofThese} UNION ALL ${records})`;
}

const tokenTypes =
	"[('input', input_tokens), ('output', output_tokens), ('cacheRead', cache_read_tokens), ('cacheCreation', cache_creation_tokens)]";

/** Points are collected up to a minute or so after what they count, and sessions go on past midnight. */
const lag = "toIntervalMinute(2)";
const aroundBegin = `toStartOfDay(${from_}) - toIntervalDay(1)`;
const aroundEnd = `toStartOfDay(${to_}) + toIntervalDay(2)`;

/**
 * What a point and the events that tell of it have in common: its session on that day, and beside it; or, where it has no session,
 * its person in that hour. `person` is SQL.
 */
const keyOf = (person: string): string =>
	`(session_id, if(session_id = '', ${person}, ''), if(session_id = '', toStartOfHour(time), toStartOfDay(time)))`;

/** The keys that events of that kind tell of, around the period: those rows of `time`, `session_id` and `person` only. */
function toldKeys(event: string, ground: Ground, person: string, where: string): string {
	const { rolled, single } = hours(ground, aroundBegin, aroundEnd);
	const around = `time >= ${aroundBegin} AND time < ${aroundEnd}`;
	const records = `SELECT time, time AS last_time, session_id, person FROM events WHERE ${around}${ground ? ` AND (${single})` : ""} AND event = '${event}'`;
	const rows = ground
		? `SELECT time, last_time, session_id, person FROM ${rollups.events.name} WHERE ${rolled} AND event = '${event}' UNION ALL ${records}`
		: records;
	const days = "arrayMap(day -> (session_id, '', toStartOfDay(time) + toIntervalDay(day)), if(session_id = '', [], [-1, 0, 1]))";
	const hoursToo = `arrayMap(at -> ('', ${person}, toStartOfHour(at)), [time, last_time + ${lag}])`;
	return `(SELECT arrayJoin(arrayConcat(${days}, ${hoursToo})) FROM (${rows}) WHERE ${where})`;
}

const ownName = "toString(person)";

/** Whether events of that kind tell what a point counts, as SQL on increments: by their own names, which is certain for good. */
export const toldByEvents = (event: string): string => `${keyOf(ownName)} IN ${toldKeys(event, undefined, ownName, "1")}`;

/**
 * Rule 2: work is told twice, by events and by counters. Counters count where no event tells: for sessions without any on that
 * day and those beside it, and, where points carry no session, for a person and hour without any.
 */
function withoutEvents(of: readonly string[], event: string, ground: Ground, columns: Columns): string {
	const increments = summedRows(rollups.increments, of, ground, also(columns, "session_id", "person", "told"));
	// Nearly all is told, and known to be so. Events are looked at only for what is not, and around it: `extent` says from when to
	// when there are such points with a session, and from when to when without.
	const { rolled, single } = hours(ground, firstHour, endHour);
	const metrics = `metric IN (${of.map((name) => `'${name}'`).join(", ")})`;
	const columnsOf = `time, session_id, ${personName} AS person`;
	const records = `SELECT ${columnsOf} FROM points WHERE ${inPeriod} AND (${ground ? single : "1"}) AND ${metrics}`;
	const points = ground
		? `(SELECT ${columnsOf} FROM ${rollups.increments.name} WHERE ${rolled} AND ${metrics} AND NOT told UNION ALL ${records})`
		: `(${records})`;
	const ends = (which: string) => `minIf(time, ${which}), maxIf(time, ${which})`;
	const extent = `(SELECT (${ends("session_id != ''")}, ${ends("session_id = ''")}) FROM ${points})`;
	const near = (n: number) => `time >= extent.${n} - toIntervalDay(2) AND time < extent.${n + 1} + toIntervalDay(2)`;
	const sessions = `session_id IN (SELECT session_id FROM ${points} WHERE session_id != '')`;
	// By all names that these people's records go by: looking up the person of every event would take longer than all the rest.
	const people = `SELECT person FROM ${points} WHERE session_id = ''`;
	const names = `toString(person) IN (${people} UNION ALL SELECT person FROM person_names WHERE name IN (${people}))`;
	const told = toldKeys(event, ground, personName, `(${near(1)} AND ${sessions}) OR (${near(3)} AND ${names})`);
	return `(WITH ${extent} AS extent SELECT * FROM ${increments} WHERE NOT told AND ${keyOf(ownName)} NOT IN ${told})`;
}

/**
 * What the counter of edits tells a language of, and the rest: what it tells as well as events is taken from no language, so that
 * with the events, which know none, all languages together are what there is without asking for them.
 */
function byLanguage(of: readonly string[] | undefined, ground: Ground, columns: Columns): string {
	const own = also(columns, "language", "increment");
	const all = summedRows(rollups.increments, of, ground, also(own, "session_id", "person", "told"));
	const unnamed = (sign: string, rows: string) => `SELECT * REPLACE ('' AS language, ${sign}increment AS increment) FROM ${rows}`;
	const untold = withoutEvents(of!, "tool_decision", ground, own);
	return `(SELECT * FROM ${all} UNION ALL ${unnamed("-", all)} UNION ALL ${unnamed("", untold)})`;
}

/** Sessions by how they were started: as their counter tells, and those of which it does not. */
function starts(ground: Ground, columns: Columns): string {
	const wanted = also(columns, "session_id");
	const keys = [...rollups.everything.keys.map(({ name }) => name), ...(ground ? [] : unrolled)].filter((name) =>
		wanted.has(name),
	);
	const counted = summedRows(rollups.increments, ["claude_code.session.count"], ground, only("start_type", ...keys));
	const there = summedRows(rollups.everything, undefined, ground, only("session_key", "is_session", ...keys));
	const named = ["time", ...keys].join(", ");
	const told = `SELECT ${named}, toString(start_type) AS start_type, cityHash64(session_id) AS session_key, true AS is_session FROM ${counted}`;
	const untold = `SELECT ${named}, '' AS start_type, session_key, is_session FROM ${there} WHERE session_id NOT IN (SELECT session_id FROM ${counted})`;
	return `(${told} UNION ALL ${untold})`;
}

/**
 * A source's rows of the period in the columns that measures and dimensions speak of: sums of many records, or of one. `columns`
 * are those that are wanted, besides `time`.
 */
export function summed(source: Source, of: readonly string[] | undefined, ground: Ground, columns: Columns): string {
	switch (source) {
		case "token_rows":
			return `(SELECT *, token.1 AS token_type, token.2 AS token_count FROM ${summedRows(rollups.requests, of, ground, also(columns, ...tokenColumns))} ARRAY JOIN ${tokenTypes} AS token)`;
		case "increments_without_requests":
			return withoutEvents(of!, "api_request", ground, columns);
		case "increments_without_decisions":
			return withoutEvents(of!, "tool_decision", ground, columns);
		case "increments_by_language":
			return byLanguage(of, ground, columns);
		case "starts":
			return starts(ground, columns);
		default:
			return summedRows(rollupOf(source), of, ground, columns);
	}
}
