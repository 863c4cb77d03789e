import { eventsTable, labels, pointsTable } from "../normalize/tables.ts";
import { personName } from "../store/people-tables.ts";
import type { Source } from "./dimension.ts";

/** Parameters every source knows: the period. */
export const inPeriod = "time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')}";

/** How long a process is looked back for the point before: cumulative points come every interval. */
const lookBack = "toIntervalDay(31)";

const shared = (names: readonly string[]): string[] => {
	const points = new Set(pointsTable.columns.map(({ name }) => name));
	return names.filter((name) => points.has(name));
};
const eventColumns = eventsTable.columns.map(({ name }) => name);
/** What dimensions and the measures of both tables speak of. */
const common = shared(eventColumns).filter((name) => !["attributes", "shape", "resource"].includes(name));

/** All columns, with the person that the record's own name stands for. */
const all = `* REPLACE (${personName} AS person)`;

/** What makes points one series: everything that was sent with them but the time and the value. */
const series = `cityHash64(${["metric", "resource", "scope", "unit", ...pointsTable.columns.flatMap(({ name, attribute }) => (attribute ? [name] : []))].join(", ")}, toString(attributes))`;

const tokenTypes =
	"[('input', input_tokens), ('output', output_tokens), ('cacheRead', cache_read_tokens), ('cacheCreation', cache_creation_tokens)]";

/** Rule 1: what two records of one request have in common. A request without an id is never taken for another. */
const requestId =
	"multiIf(client_request_id != '', client_request_id, request_id != '', request_id, concat(_part, '/', toString(_part_offset)))";
/** 128 bits, so that no two ids are ever taken for one; two fast hashes cost less than one of that width. */
const requestKey = `cityHash64(${requestId}), xxHash64(${requestId})`;

/** Points are collected up to a minute or so after what they count, and sessions go on past the ends of a period. */
const lag = "toIntervalMinute(2)";
const around = "time >= {from:DateTime64(3, 'UTC')} - toIntervalDay(1) AND time < {to:DateTime64(3, 'UTC')} + toIntervalDay(1)";

/**
 * Rule 2: work is told twice, by events and by counters. Counters count where no event tells: for sessions without any, and,
 * where points carry no session, for a person and hour without any.
 */
function withoutEvents(increments: string, event: string): string {
	const told = `FROM events WHERE ${around} AND event = '${event}'`;
	const hours = `arrayJoin([toStartOfHour(time), toStartOfHour(time + ${lag})])`;
	return `(SELECT * FROM ${increments} WHERE if(session_id != '', session_id NOT IN (SELECT session_id ${told}), (toString(person), toStartOfHour(time)) NOT IN (SELECT ${personName}, ${hours} ${told})))`;
}

/**
 * A source as something to select from, with only the rows of the period and of the events or metrics wanted.
 *
 * Increments are rule 3 of the accounts: delta points add up, one sent again counts once; of cumulative points of one start
 * time the first counts whole and a later one what it grew, in whatever order they came.
 */
export function from(source: Source, of: readonly string[] | undefined): string {
	const list = of?.map((name) => `'${name}'`).join(", ");
	switch (source) {
		case "events":
			return `(SELECT ${all} FROM events WHERE ${inPeriod}${list ? ` AND event IN (${list})` : ""})`;
		case "requests":
			return `(SELECT ${all} FROM events WHERE ${inPeriod} AND event = 'api_request' LIMIT 1 BY ${requestKey})`;
		case "token_rows":
			return `(SELECT *, token.1 AS token_type, token.2 AS token_count FROM ${from("requests", undefined)} ARRAY JOIN ${tokenTypes} AS token)`;
		case "increments_without_requests":
			return withoutEvents(from("increments", of), "api_request");
		case "increments_without_decisions":
			return withoutEvents(from("increments", of), "tool_decision");
		case "everything": {
			const columns = [...common, "attributes", "resource", ...Object.values(labels), `${personName} AS person`].join(", ");
			return `(SELECT ${columns}, event, '' AS metric, '' AS start_type, false AS is_point FROM events WHERE ${inPeriod} UNION ALL SELECT ${columns}, '' AS event, metric, toString(start_type) AS start_type, true AS is_point FROM points WHERE ${inPeriod})`;
		}
		case "increments": {
			const wanted = `instrument = 'sum'${list ? ` AND metric IN (${list})` : ""}`;
			const delta = `SELECT ${all}, value AS increment, ${series} AS series FROM points WHERE ${inPeriod} AND ${wanted} AND temporality = 'delta' LIMIT 1 BY series, start_time, time, value`;
			const before = `time >= {from:DateTime64(3, 'UTC')} - ${lookBack} AND time < {to:DateTime64(3, 'UTC')}`;
			const grown = `SELECT ${all}, ${series} AS series, max(value) OVER (PARTITION BY series, start_time ORDER BY time, value ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS highest FROM points WHERE ${before} AND ${wanted} AND temporality = 'cumulative'`;
			const cumulative = `SELECT * EXCEPT (highest, series), greatest(0, value - highest) AS increment, series FROM (${grown}) WHERE ${inPeriod}`;
			return `(${delta} UNION ALL ${cumulative})`;
		}
	}
}
