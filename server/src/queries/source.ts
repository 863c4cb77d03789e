import { eventsTable, labels, pointsTable } from "../normalize/tables.ts";
import { personName } from "../store/people-tables.ts";

/** Records to select from: log records; API requests, each once; points turned into what each added; and both tables at once. */
export type RowSource = "events" | "requests" | "increments" | "everything";

/** Parameters every source knows: the ends of the period. */
export const periodBegin = "{from:DateTime64(3, 'UTC')}";
export const periodEnd = "{to:DateTime64(3, 'UTC')}";
export const inPeriod = `time >= ${periodBegin} AND time < ${periodEnd}`;

/**
 * Which rows are read, and by which name they call the person: as SQL. And which columns besides `time`, or all: a question is
 * planned in half the time when it names few.
 */
export type Reading = {
	readonly when: string;
	readonly person: string;
	readonly columns?: readonly string[] | undefined;
	/**
	 * Which times with points of counters that go on are among these: each with its end, so that what lies between is not read, and
	 * since when those counters go on, if that is known.
	 */
	readonly pieces?: readonly { readonly when: string; readonly end: string; readonly since?: string }[];
};

/** What is asked of a period: its rows, with the person that a record's own name stands for. */
export const ofPeriod: Reading = { when: inPeriod, person: personName };

/** How far a process is looked back for the point before, from one of a counter that goes on: such points come every interval. */
export const earliest = "greatest(start_time, time - toIntervalDay(31))";

const shared = (names: readonly string[]): string[] => {
	const points = new Set(pointsTable.columns.map(({ name }) => name));
	return names.filter((name) => points.has(name));
};
const eventColumns = eventsTable.columns.map(({ name }) => name);
/** What dimensions and the measures of both tables speak of. */
const common = shared(eventColumns).filter((name) => !["attributes", "shape", "resource"].includes(name));

/** Rule 1: what two records of one request have in common. A request without an id is never taken for another. */
const requestId =
	"multiIf(client_request_id != '', client_request_id, request_id != '', request_id, concat(_part, '/', toString(_part_offset)))";
/**
 * 128 bits, so that no two ids are ever taken for one; two fast hashes cost less than one of that width. An event keeps its time
 * however often it is sent, so an hour never needs to know of another.
 */
const requestKey = `cityHash64(${requestId}), xxHash64(${requestId}), toStartOfHour(time)`;

/**
 * A source as something to select from, with only the rows wanted and only of the events or metrics named.
 *
 * Increments are rule 3 of the accounts: delta points add up, one sent again counts once; of cumulative points of one start
 * time the first counts whole and a later one what it grew, in whatever order they came.
 */
export function from(source: RowSource, of?: readonly string[], { when, person, columns, pieces }: Reading = ofPeriod): string {
	const list = of?.map((name) => `'${name}'`).join(", ");
	const aliases: Readonly<Record<string, string>> = { person, own_name: "person" };
	const named = columns?.map((name) => (aliases[name] ? `${aliases[name]} AS ${name}` : name));
	const all = named ? ["time", ...named].join(", ") : `* REPLACE (${person} AS person)`;
	switch (source) {
		case "events":
			return `(SELECT ${all} FROM events WHERE (${when})${list ? ` AND event IN (${list})` : ""})`;
		case "requests":
			return `(SELECT ${all} FROM events WHERE (${when}) AND event = 'api_request' LIMIT 1 BY ${requestKey})`;
		case "everything": {
			const both = [...common, "attributes", "resource", ...Object.values(labels), `${person} AS person`].join(", ");
			return `(SELECT ${both}, event, '' AS metric, '' AS start_type, false AS is_point FROM events WHERE ${when} UNION ALL SELECT ${both}, '' AS event, metric, toString(start_type) AS start_type, true AS is_point FROM points WHERE ${when})`;
		}
		case "increments": {
			const wanted = `instrument = 'sum'${list ? ` AND metric IN (${list})` : ""}`;
			const delta = `SELECT ${all}, value AS increment FROM points WHERE (${when}) AND ${wanted} AND temporality = 'delta' LIMIT 1 BY series, start_time, time, value`;
			if (pieces?.length === 0) return `(${delta})`;
			// A series has no point before its start.
			const before = (pieces ?? [{ when, end: periodEnd }]).map(
				({ when: piece, end, since }) =>
					`(time >= ${since ?? `(SELECT minOrNull(${earliest}) FROM points WHERE (${piece}) AND ${wanted} AND temporality = 'cumulative')`} AND time < ${end})`,
			);
			const grown = `SELECT ${all}, value AS reached, series AS own_series, max(value) OVER (PARTITION BY own_series, start_time ORDER BY time, value ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS highest FROM points WHERE (${before.join(" OR ")}) AND ${wanted} AND temporality = 'cumulative'`;
			const cumulative = `SELECT * EXCEPT (reached, own_series, highest), greatest(0, reached - highest) AS increment FROM (${grown}) WHERE ${when}`;
			return `(${delta} UNION ALL ${cumulative})`;
		}
	}
}
