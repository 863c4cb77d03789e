import { maxCostUsd, maxQuantity } from "../schema/bounds.ts";
import { personName } from "../schema/people-tables.ts";
import { eventsTable, labels, pointsTable } from "../schema/tables.ts";
import { as, column, identifier, identifiers, join, literals, parameter, type Sql, sql } from "../sql.ts";

/** Records to select from: log records; API requests, each once; points turned into what each added; and both tables at once. */
export type RecordDataset = "events" | "requests" | "increments" | "everything";

/** The zone in which days begin, for questions that ask by days. */
export const timeZone = parameter("tz", "String");
/** Parameters every source knows: the ends of the period. */
export const periodBegin = parameter("from", "DateTime64(3, 'UTC')");
export const periodEnd = parameter("to", "DateTime64(3, 'UTC')");
export const inPeriod = sql`time >= ${periodBegin} AND time < ${periodEnd}`;

/**
 * Options of a scan: the time condition, the person, and the columns in addition to `time`, or all: a question is planned in
 * half the time when it names few.
 */
export type ScanOptions = {
	readonly when: Sql;
	readonly person: Sql;
	readonly columns?: readonly string[] | undefined;
	/**
	 * Ranges of time with points of cumulative counters: each with its end, so that the time between is not read, and the start
	 * of those counters, if it is known.
	 */
	readonly rawRanges?: readonly { readonly when: Sql; readonly end: Sql; readonly since?: Sql }[];
};

/** The rows of a period, with the person to which a record's own name resolves. */
export const wholePeriod: ScanOptions = { when: inPeriod, person: personName };

/** The maximum age of the previous point of a cumulative series. Enough, because every export interval yields one. */
export const lookbackStart = sql`greatest(start_time, time - toIntervalDay(31))`;

const shared = (names: readonly string[]): string[] => {
	const points = new Set(pointsTable.columns.map(({ name }) => name));
	return names.filter((name) => points.has(name));
};
const eventColumns = eventsTable.columns.map(({ name }) => name);
/** Columns of dimensions, and of measures of both tables. */
const common = shared(eventColumns).filter((name) => !["attributes", "shape", "resource"].includes(name));

/** The identity of a request (R1). A request without an id is never merged with another. */
const requestId = sql`multiIf(client_request_id != '', client_request_id, request_id != '', request_id, concat(_part, '/', toString(_part_offset)))`;
/**
 * 128 bits, so that no two ids are ever taken for one; two fast hashes cost less than one of that width. An event keeps its time
 * however often it is sent, so an hour never needs to know of another.
 */
const requestKey = sql`cityHash64(${requestId}), xxHash64(${requestId}), toStartOfHour(time)`;

/**
 * SQL that is true for a countable value of a counter's point: a number that can be added up, and not negative. NaN compares as
 * neither. Other points are stored as they were sent, and count in no sum.
 */
const isCountable = sql`value >= 0 AND value <= if(metric = 'claude_code.cost.usage', ${maxCostUsd}, ${maxQuantity})`;

/**
 * A source as something to select from, with only the rows wanted and only of the events or metrics named.
 *
 * Increments implement R6: delta points add up, a duplicate counts once; of the cumulative points of one start time the first counts
 * whole and a later one counts its growth, in whatever order they arrived.
 */
export function selectFrom(source: RecordDataset, of?: readonly string[], reading: ScanOptions = wholePeriod): Sql {
	const { when, person, columns } = reading;
	const aliases: ReadonlyMap<string, Sql> = new Map([
		["person", person],
		["person_as_reported", column("person")],
	]);
	const named = columns?.map((name) => (aliases.has(name) ? as(aliases.get(name)!, name) : identifier(name)));
	const all = named ? join([sql`time`, ...named]) : sql`* REPLACE (${person} AS person)`;
	switch (source) {
		case "events":
			return sql`(SELECT ${all} FROM events WHERE (${when})${of ? sql` AND event IN (${literals(of)})` : sql``})`;
		case "requests":
			return sql`(SELECT ${all} FROM events WHERE (${when}) AND event = 'api_request' LIMIT 1 BY ${requestKey})`;
		case "everything": {
			const both = join([identifiers([...common, "attributes", "resource", ...labels.values()]), as(person, "person")]);
			return sql`(SELECT ${both}, event, '' AS metric, '' AS start_type, false AS is_point FROM events WHERE ${when} UNION ALL SELECT ${both}, '' AS event, metric, toString(start_type) AS start_type, true AS is_point FROM points WHERE ${when})`;
		}
		case "increments":
			return increments(all, of, reading);
	}
}

function increments(all: Sql, of: readonly string[] | undefined, { when, rawRanges }: ScanOptions): Sql {
	const wanted = sql`instrument = 'sum' AND ${isCountable}${of ? sql` AND metric IN (${literals(of)})` : sql``}`;
	const delta = sql`SELECT ${all}, value AS increment FROM points WHERE (${when}) AND ${wanted} AND temporality = 'delta' LIMIT 1 BY series, start_time, time, value`;
	if (rawRanges?.length === 0) return sql`(${delta})`;
	const firstStart = (piece: Sql) =>
		sql`(SELECT minOrNull(${lookbackStart}) FROM points WHERE (${piece}) AND ${wanted} AND temporality = 'cumulative')`;
	// A series has no point before its start.
	const before = (rawRanges ?? [{ when, end: periodEnd, since: undefined }]).map(
		({ when: piece, end, since }) => sql`(time >= ${since ?? firstStart(piece)} AND time < ${end})`,
	);
	const grown = sql`SELECT ${all}, value AS reached, series AS own_series, max(value) OVER (PARTITION BY own_series, start_time ORDER BY time, value ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS highest FROM points WHERE (${join(before, " OR ")}) AND ${wanted} AND temporality = 'cumulative'`;
	const cumulative = sql`SELECT * EXCEPT (reached, own_series, highest), greatest(0, reached - highest) AS increment FROM (${grown}) WHERE ${when}`;
	return sql`(${delta} UNION ALL ${cumulative})`;
}
