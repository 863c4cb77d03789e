import { events } from "@purser/contract";
import { eventsTable, pointsTable } from "../normalize/tables.ts";
import { personName } from "../store/people-tables.ts";
import { dimensionOf, type Source } from "./dimension.ts";
import { commonDimensions, measures } from "./measure.ts";
import { from, type Reading, type RowSource } from "./source.ts";

/** A column of sums: `each` is what one row gives, as SQL; `together` the function that makes one value of many. */
export type Sum = {
	readonly type: string;
	readonly each: string;
	readonly together: string;
	/** The rows' columns that `each` is made of, besides `time`. */
	readonly needs?: readonly string[];
	/** What is read of a rollup in its stead, as SQL on the rollup's columns: it is not kept there. */
	readonly read?: string;
};

/** A column that rows agree in: one of the records' own, or made of them as SQL. */
type Key = { readonly name: string; readonly type: string; readonly sql?: string };

/**
 * A quarter of an hour's rows that agree in all their dimensions, as one row. A quarter, because that is how time zones differ.
 * Its columns are those that the dimensions of its sources speak of, and its sums.
 */
export type Rollup = {
	readonly name: string;
	/** The tables whose records it is of. */
	readonly madeOf: readonly ("events" | "points")[];
	readonly keys: readonly Key[];
	readonly sums: Readonly<Record<string, Sum>>;
	readonly orderBy: readonly string[];
	/** The column that tells rows of different events or metrics apart. */
	readonly of?: "event" | "metric";
	/** The same with fewer keys or sums, and so with fewer rows: for questions that do not need the others. It is made of this one. */
	readonly narrower?: Rollup;
	/** The same by day of UTC (see `byDay`): for questions whose times are asked for no more than their day. */
	readonly daily?: Rollup;
	/** Of rollups by day. */
	readonly isDaily?: true;
	/** Rows with the keys, and whatever the sums are made of, as something to select from. */
	readonly rows: (reading: Reading, of?: readonly string[]) => string;
};

const types = new Map(
	[eventsTable, pointsTable].flatMap(({ columns, computed }) => [...columns, ...computed].map(({ name, type }) => [name, type])),
);

/** What dimensions may speak of besides, where single records are read: any label is in there. */
export const unrolled: readonly string[] = Object.freeze(["attributes", "resource", "enduser_id"]);

/** The columns that these dimensions are made of, on that source. */
function keysOf(source: Source, dimensions: readonly string[], more: readonly string[] = []): Rollup["keys"] {
	const all = dimensions.map((name): readonly string[] => dimensionOf(name)?.sql[source]?.match(/\w+/g) ?? []);
	const words = all.filter((own) => !own.some((word) => unrolled.includes(word))).flat();
	const names = new Set([...more, ...words].filter((word) => types.has(word) && word !== "time"));
	return [...names].map((name) => ({ name, type: types.get(name)! }));
}

/** What some measure of that source has besides the dimensions that everything has: what was done, not who did it. */
const kindsOf = (source: Source): string[] =>
	measures.flatMap((measure) =>
		"from" in measure
			? []
			: [measure, ...(measure.split ? [measure.split] : [])].flatMap((part) =>
					part.source === source ? (part.dimensions ?? []) : [],
				),
	);
/** All dimensions that some measure of that source has. */
const dimensionsOf = (source: Source): string[] => [...commonDimensions, ...kindsOf(source)];

const added = (column: string): Sum => ({ type: "Int64", each: column, together: "sum", needs: [column] });
/** Every one of them, in ms up to 49 days, for percentiles: those of parts do not make that of the whole. */
const listed = (column: string, condition: string): Sum => ({
	type: "Array(UInt32)",
	each: `if(${condition}, [toUInt32(least(greatest(${column}, 0), 4294967295))], [])`,
	together: "groupArrayArray",
	needs: [...(condition.match(/\w+/g) ?? []).filter((word) => types.has(word)), column],
});
const count: Sum = { type: "UInt64", each: "toUInt64(1)", together: "sum" };
/** Points are collected up to a minute or so after what they count. */
export const collectedWithin = "toIntervalMinute(2)";
/** The last hour whose points may count what they tell, too (rule 2). */
const lastTold: Sum = {
	type: "DateTime('UTC')",
	each: `toStartOfHour(toDateTime(time, 'UTC') + ${collectedWithin})`,
	together: "max",
};

const namesOf = (names: readonly string[]): string => `(${names.map((name) => `'${name}'`).join(", ")})`;
/** Rule 4: events that only show that a session began to start, and points that show a start under an id that is thrown away. */
export const isStartup = `event IN ${namesOf(events.filter(({ startup }) => startup).map(({ name }) => name))}`;
export const isThrownAway = "metric = 'claude_code.session.count' AND start_type IN ('continue', 'resume', 'agents_view')";
/** Rule 5: what shows that somebody worked. A point that adds nothing does not: counters are sent on while nobody works. */
export const isWork = "event IN ('user_prompt', 'api_request', 'tool_result')";
export const activeTime = "claude_code.active_time.total";

/**
 * A person as a number. Names are looked up only for those who have another: few texts are hashed in no time, as they are a
 * dictionary's, but a look-up is one for each row.
 */
const personKey = `if(person IN (SELECT person FROM person_names), cityHash64(${personName}), cityHash64(person))`;

/** The same of a session. */
const sessionKey = "cityHash64(session_id)";

const presenceKeys = keysOf("everything", dimensionsOf("everything"));

/** Whether a record makes its id a session, and its person an active one. */
const flags = ["is_session", "is_active"];

/** Who and which session was there, of all records. */
function presence({ columns = [...presenceKeys.map(({ name }) => name), ...flags], ...reading }: Reading): string {
	const { when, person } = reading;
	const keys = ["time", ...new Set(columns)];
	const select = (made: Readonly<Record<string, string>>) =>
		`SELECT ${keys.map((name) => (made[name] ? `${made[name]} AS ${name}` : name)).join(", ")}`;
	const named = { person, own_name: "person" };
	const ofEvents = `${select({ ...named, is_session: `NOT (${isStartup})`, is_active: isWork })} FROM events WHERE ${when}`;
	// Who is there twice is there: a point sent again needs no second look.
	const isTime = `metric = '${activeTime}' AND instrument = 'sum' AND temporality = 'delta' AND value > 0`;
	const ofPoints = `${select({ ...named, is_session: `NOT (${isThrownAway})`, is_active: isTime })} FROM points WHERE ${when}`;
	// Nothing goes on in these pieces: what was added stands in the points themselves.
	if (reading.pieces?.length === 0) return `(${ofEvents} UNION ALL ${ofPoints})`;
	const own = columns.filter((name) => !flags.includes(name));
	const increments = from("increments", [activeTime], { ...reading, columns: [...new Set([...own, "temporality"])] });
	const ofTime = `${select({ is_session: "0", is_active: "1" })} FROM ${increments} WHERE increment > 0 AND temporality = 'cumulative'`;
	return `(${ofEvents} UNION ALL ${ofPoints} UNION ALL ${ofTime})`;
}

const sessionKeySum: Sum = { type: "UInt64", each: sessionKey, together: "any", needs: ["session_id"], read: sessionKey };
/** The person by the name that the record itself has: whoever groups by it looks up few names instead of many. */
const ownName: Sum = {
	type: "LowCardinality(String)",
	each: "own_name",
	together: "any",
	needs: ["own_name"],
	read: "person",
};
const personKeySum: Sum = { type: "UInt64", each: "cityHash64(person)", together: "any", needs: ["person"], read: personKey };

/**
 * Who was there by day of UTC, with the first and the last quarter of an hour in which they were. Within it no time zone's day begins
 * more than once, so on whatever days they were in between, they were then.
 */
const byDay = (name: Rollup["name"], keys: Rollup["keys"], sums: Rollup["sums"]): Rollup => ({
	name,
	madeOf: ["events", "points"],
	isDaily: true,
	keys: [...keys, { name: "is_active", type: "UInt8" }],
	sums: {
		...sums,
		first_quarter: { type: "DateTime('UTC')", each: "time", together: "min" },
		last_quarter: { type: "DateTime('UTC')", each: "time", together: "max" },
	},
	orderBy: ["time", "person"],
	rows: presence,
});

const presenceRollup: Rollup = {
	name: "rolled_presence",
	madeOf: ["events", "points"],
	keys: presenceKeys.filter(({ name }) => name !== "model"),
	sums: {
		session_key: sessionKeySum,
		person_key: personKeySum,
		own_name: ownName,
		is_session: { type: "UInt8", each: "is_session", together: "max", needs: ["is_session"] },
		is_active: { type: "UInt8", each: "is_active", together: "max", needs: ["is_active"] },
		last_active: {
			type: "DateTime64(3, 'UTC')",
			each: "if(is_active, toDateTime64(time, 3, 'UTC'), toDateTime64(0, 3, 'UTC'))",
			together: "max",
			needs: ["is_active"],
		},
	},
	orderBy: ["time", "person", "session_id"],
	rows: presence,
};

const presenceWithDays: Rollup = {
	...presenceRollup,
	daily: {
		...byDay(
			"rolled_presence_by_day",
			[
				...presenceKeys.filter(({ name }) => name !== "model" && name !== "session_id"),
				// Numbers are read three times as fast as texts of which each is there only a few times.
				{ name: "session_key", type: "UInt64", sql: sessionKey },
				{ name: "is_session", type: "UInt8" },
			],
			{ person_key: personKeySum, own_name: ownName },
		),
		narrower: byDay(
			"rolled_people_by_day",
			presenceKeys.filter(({ name }) => name === "person"),
			{ person_key: personKeySum, own_name: ownName },
		),
	},
};

export const tokenColumns = ["input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens"];

/** A rollup by what was done alone, whoever did it: a hundredth of the rows. `lost` are sums that make no sense then, or no sums. */
function byKind(rollup: Rollup, kinds: Rollup["keys"], lost: readonly string[]): Rollup {
	const { name, of, orderBy } = rollup;
	return {
		...rollup,
		narrower: {
			...rollup,
			name: `${name}_by_kind`,
			keys: rollup.keys.filter((key) => kinds.some((kind) => kind.name === key.name)),
			sums: Object.fromEntries(Object.entries(rollup.sums).filter(([sum]) => !lost.includes(sum))),
			orderBy: orderBy.filter((column) => column === "time" || column === of),
		},
	};
}

const eventKeys = ["event", "success"];
const pointKeys = ["metric", "type", "start_type"];
const pointSources = ["increments", "increments_without_requests", "increments_without_decisions"] as const;

const eventsRollup: Rollup = {
	name: "rolled_events",
	madeOf: ["events"],
	keys: keysOf("events", dimensionsOf("events"), eventKeys),
	sums: {
		records: count,
		duration_total_ms: added("duration_ms"),
		tool_durations_ms: listed("duration_ms", "event = 'tool_result'"),
		last_told: lastTold,
	},
	orderBy: ["event", "time", "person", "session_id"],
	of: "event",
	rows: (reading, of) => from("events", of, reading),
};

const requestsRollup: Rollup = {
	name: "rolled_requests",
	madeOf: ["events"],
	keys: keysOf("requests", dimensionsOf("requests")),
	sums: {
		records: count,
		...Object.fromEntries(["cost_nano_usd", ...tokenColumns].map((name) => [name, added(name)])),
		durations_ms: listed("duration_ms", "true"),
		ttfts_ms: listed("ttft_ms", "ttft_ms > 0"),
	},
	orderBy: ["time", "person", "session_id"],
	rows: (reading) => from("requests", undefined, reading),
};

const pointsRollup: Rollup = {
	name: "rolled_points",
	madeOf: ["points"],
	keys: keysOf("increments", pointSources.flatMap(dimensionsOf), pointKeys),
	sums: {
		increment: { type: "Float64", each: "increment", together: "sum" },
		increment_without_session: {
			type: "Float64",
			each: "if(session_id = '', increment, 0)",
			together: "sum",
			needs: ["session_id"],
		},
		/** Whether events are known to tell the same (rule 2). What is told stays told. */
		told: { type: "UInt8", each: "told", together: "max" },
	},
	orderBy: ["metric", "time", "person", "session_id"],
	of: "metric",
	rows: (reading, of) => `(SELECT *, 0 AS told FROM ${from("increments", of, reading)})`,
};

export const rollups: Readonly<Record<RowSource, Rollup>> = Object.freeze({
	events: byKind(eventsRollup, keysOf("events", kindsOf("events"), eventKeys), ["tool_durations_ms", "last_told"]),
	requests: byKind(requestsRollup, keysOf("requests", kindsOf("requests")), ["durations_ms", "ttfts_ms"]),
	increments: byKind(pointsRollup, keysOf("increments", pointSources.flatMap(kindsOf), pointKeys), ["told"]),
	// What shows the model is a record of its own beside those that do not.
	everything: { ...presenceRollup, name: "rolled_presence_by_model", keys: presenceKeys, narrower: presenceWithDays },
});

/** A rollup with the one that it is made of, if it is not made of records, and those that are made of it. */
const family = (rollup: Rollup, wider?: Rollup): [Rollup, Rollup | undefined][] => [
	[rollup, wider],
	...[rollup.narrower, rollup.daily].flatMap((each) => (each ? family(each, rollup) : [])),
];

/** All rollups, each after the one that it is made of, which comes with it. */
export const allRollups: readonly (readonly [Rollup, Rollup | undefined])[] = Object.freeze(
	Object.values(rollups).flatMap((rollup) => family(rollup)),
);

const columnsOf = ({ keys, sums }: Rollup): string[] => [...keys.map(({ name }) => name), ...Object.keys(sums)];

type Wanted = { readonly has: (name: string) => boolean };
/** One of its forms, if it has all of these columns that the rollup has. */
function formWith(form: Rollup | undefined, rollup: Rollup, columns: Wanted): Rollup | undefined {
	const there = new Set(form && columnsOf(form));
	return columnsOf(rollup).every((name) => !columns.has(name) || there.has(name)) ? form : undefined;
}

/** The rollup with the fewest rows that has all of these columns. */
export function narrowest(rollup: Rollup, columns: Wanted): Rollup {
	const narrower = formWith(rollup.narrower, rollup, columns);
	return narrower ? narrowest(narrower, columns) : rollup;
}

/** The same, of rollups by day, if there is one that has them all. */
export function narrowestDaily(rollup: Rollup, columns: Wanted): Rollup | undefined {
	const daily = formWith(rollup.daily, rollup, columns);
	return daily && narrowest(daily, columns);
}

/** Which rollup a source is made of. */
export function rollupOf(source: Source): Rollup {
	switch (source) {
		case "token_rows":
			return rollups.requests;
		case "starts":
			return rollups.everything;
		case "increments_without_requests":
		case "increments_without_decisions":
		case "increments_by_language":
			return rollups.increments;
		default:
			return rollups[source];
	}
}

/** Whether a rollup has all that an expression on its source speaks of. */
export function hasAll({ keys }: Rollup, sql: string): boolean {
	const words: readonly string[] = sql.match(/\w+/g) ?? [];
	return words.every((word) => word === "time" || !types.has(word) || keys.some(({ name }) => name === word));
}
