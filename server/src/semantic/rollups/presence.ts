import { events } from "@purser/contract";
import { personName } from "../../schema/people-tables.ts";
import { column, literal, literals, type Sql, sql } from "../../sql.ts";
import { allDimensionsFor } from "../capability.ts";
import { type ScanOptions, selectFrom } from "../dataset.ts";
import { keyColumnsFor, type Rollup, reportedName, type Sum, selectList } from "../rollup.ts";

const startupEvents = events.filter(({ startup }) => startup).map(({ name }) => name);
/** Events that occur while a session starts, and points that report a start under a temporary id: neither makes a session (R8). */
export const isStartup = sql`event IN (${literals(startupEvents)})`;
export const isDiscardedSession = sql`metric = 'claude_code.session.count' AND start_type IN ('continue', 'resume', 'agents_view')`;
/** Events that show work of a person (R9). A point without growth is not work: idle clients keep sending their counters. */
export const isWork = sql`event IN ('user_prompt', 'api_request', 'tool_result')`;
export const activeTime = "claude_code.active_time.total";

/**
 * A person as a number. Names are looked up only for those who have another: few texts are hashed in no time, as they are a
 * dictionary's, but a look-up is one for each row.
 */
const personKey = sql`if(person IN (SELECT person FROM person_names), cityHash64(${personName}), cityHash64(person))`;

/** The key of a session. */
const sessionKey = sql`cityHash64(session_id)`;

const presenceKeys = keyColumnsFor("everything", allDimensionsFor("everything"));

/** Flags of a record that makes its id a session, and its person an active one. */
const flags = ["is_session", "is_active"];

/** Distinct people and sessions of all records. */
function presence({ columns = [...presenceKeys.map(({ name }) => name), ...flags], ...reading }: ScanOptions): Sql {
	const { when, person } = reading;
	const select = (made: Readonly<Record<string, Sql>>) => selectList(columns, made);
	const named = { person, person_as_reported: column("person") };
	const ofEvents = sql`${select({ ...named, is_session: sql`NOT (${isStartup})`, is_active: isWork })} FROM events WHERE ${when}`;
	// Who is there twice is there: a point sent again needs no second look.
	const isTime = sql`metric = ${literal(activeTime)} AND instrument = 'sum' AND temporality = 'delta' AND value > 0`;
	const ofPoints = sql`${select({ ...named, is_session: sql`NOT (${isDiscardedSession})`, is_active: isTime })} FROM points WHERE ${when}`;
	// Without raw ranges no cumulative series needs its earlier points: the increments are in the points themselves.
	if (reading.rawRanges?.length === 0) return sql`(${ofEvents} UNION ALL ${ofPoints})`;
	const own = columns.filter((name) => !flags.includes(name));
	const increments = selectFrom("increments", [activeTime], { ...reading, columns: [...new Set([...own, "temporality"])] });
	const ofTime = sql`${select({ is_session: sql`0`, is_active: sql`1` })} FROM ${increments} WHERE increment > 0 AND temporality = 'cumulative'`;
	return sql`(${ofEvents} UNION ALL ${ofPoints} UNION ALL ${ofTime})`;
}

const sessionKeySum: Sum = {
	type: "UInt64",
	rowExpression: sessionKey,
	merge: "any",
	inputs: ["session_id"],
	finalize: sessionKey,
};
const personKeySum: Sum = {
	type: "UInt64",
	rowExpression: sql`cityHash64(person)`,
	merge: "any",
	inputs: ["person"],
	finalize: personKey,
};

/**
 * Presence by day of UTC, with the first and the last quarter of an hour. No time zone's day begins more than once within a day
 * of UTC, so these two give the days of presence in every zone.
 */
const byDay = (name: Rollup["name"], keys: Rollup["keys"], sums: Rollup["sums"]): Rollup => ({
	name,
	sourceTables: ["events", "points"],
	isDaily: true,
	keys: [...keys, { name: "is_active", type: "UInt8" }],
	sums: {
		...sums,
		first_quarter: { type: "DateTime('UTC')", rowExpression: sql`time`, merge: "min" },
		last_quarter: { type: "DateTime('UTC')", rowExpression: sql`time`, merge: "max" },
	},
	orderBy: ["time", "person"],
	rows: presence,
});

const withoutModel: Rollup = {
	name: "rollup_presence",
	sourceTables: ["events", "points"],
	keys: presenceKeys.filter(({ name }) => name !== "model"),
	sums: {
		session_key: sessionKeySum,
		person_key: personKeySum,
		person_as_reported: reportedName,
		is_session: { type: "UInt8", rowExpression: column("is_session"), merge: "max", inputs: ["is_session"] },
		is_active: { type: "UInt8", rowExpression: column("is_active"), merge: "max", inputs: ["is_active"] },
		last_active: {
			type: "DateTime64(3, 'UTC')",
			rowExpression: sql`if(is_active, toDateTime64(time, 3, 'UTC'), toDateTime64(0, 3, 'UTC'))`,
			merge: "max",
			inputs: ["is_active"],
		},
	},
	orderBy: ["time", "person", "session_id"],
	rows: presence,
};

const presenceWithDays: Rollup = {
	...withoutModel,
	daily: {
		...byDay(
			"rollup_presence_by_day",
			[
				...presenceKeys.filter(({ name }) => name !== "model" && name !== "session_id"),
				// Numbers are read three times as fast as texts of which each is there only a few times.
				{ name: "session_key", type: "UInt64", sql: sessionKey },
				{ name: "is_session", type: "UInt8" },
			],
			{ person_key: personKeySum, person_as_reported: reportedName },
		),
		coarser: byDay(
			"rollup_people_by_day",
			presenceKeys.filter(({ name }) => name === "person"),
			{ person_key: personKeySum, person_as_reported: reportedName },
		),
	},
};

/** Distinct people and sessions of all records. Rows that show the model are kept in addition to those that do not. */
export const presenceRollup: Rollup = {
	...withoutModel,
	name: "rollup_presence_by_model",
	keys: presenceKeys,
	coarser: presenceWithDays,
};
