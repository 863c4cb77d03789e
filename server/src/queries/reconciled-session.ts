import { inPeriod, periodBegin, periodEnd, selectFrom as rowsOf } from "../semantic/dataset.ts";
import { bind, type Sql, sql } from "../sql.ts";
import { chunk } from "../store/chunk.ts";
import type { Store } from "../store/store.ts";

/** Facts about a session in addition to its sums. Times are ISO 8601, or null where a source has no record. */
export type Detail = {
	readonly session: string;
	readonly person: string;
	readonly versions: readonly string[];
	readonly last_request: string | null;
	readonly last_point: string | null;
	/** True if it has requests or points of cost before or after the period. */
	readonly goes_beyond: boolean;
	/** Processes that counted for it, each with a start of its own. */
	readonly processes: number;
	/** Numbers left out in `event.sequence`: events that never came. */
	readonly missing_events: number;
};

/** Sums of each source within the period. */
export type Sides = {
	readonly requests_cost_usd: number;
	readonly counters_cost_usd: number;
	readonly requests_tokens: number;
	readonly counters_tokens: number;
	readonly repeated_requests: number;
};

const iso = (time: Sql): Sql =>
	sql`if(${time} = toDateTime64(0, 9), NULL, formatDateTime(${time}, '%Y-%m-%dT%H:%i:%S.%fZ', 'UTC'))`;

type Period = { readonly from: string; readonly to: string };

/** Parameters travel in an address, which may be 1 MiB: so many characters of session ids, each of which may be escaped to three. */
const mostCharacters = 200_000;

/** Loads the details of any number of sessions. */
export async function detailsOf(store: Store, period: Period, sessions: readonly string[]): Promise<Map<string, Detail>> {
	const details = new Map<string, Detail>();
	for (const some of chunk(sessions, mostCharacters, (session) => session.length + 3)) {
		for (const detail of await detailsOfSome(store, period, some)) details.set(detail.session, detail);
	}
	return details;
}

/** Looks a day beyond the period, because a session's two sides need not end on the same side of it. */
async function detailsOfSome(store: Store, { from, to }: Period, sessions: readonly string[]): Promise<Detail[]> {
	const these = sql`session_id IN ${bind(sessions, "Array(String)")}`;
	const near = sql`time >= ${periodBegin} - toIntervalDay(1) AND time < ${periodEnd} + toIntervalDay(1) AND ${these}`;
	const spending = sql`metric IN ('claude_code.cost.usage', 'claude_code.token.usage')`;
	const records = sql`SELECT session_id, time, 1 AS is_request, toDateTime64(0, 9) AS start_time FROM events WHERE ${near} AND event = 'api_request' UNION ALL SELECT session_id, time, 0 AS is_request, if(temporality = 'cumulative', start_time, toDateTime64(0, 9)) AS start_time FROM points WHERE ${near} AND ${spending}`;
	const who = sql`SELECT session_id, any(person) AS person, groupUniqArray(if(app_version != '', toString(app_version), toString(agent_version))) AS versions FROM ${rowsOf("everything", undefined)} WHERE ${these} GROUP BY session_id`;
	// Numbers restart with a process: only numbers that are omitted before the highest of a run are missing.
	const missing = sql`SELECT session_id, toInt64(max(event_sequence)) - toInt64(min(event_sequence)) + 1 - toInt64(uniqExact(event_sequence)) AS missing_events FROM events WHERE ${inPeriod} AND ${these} AND event_sequence > 0 GROUP BY session_id`;
	const rows = await store.rows<Omit<Detail, "goes_beyond"> & { goes_beyond: number }>(
		sql`SELECT t.session_id AS session, w.person AS person, arraySort(w.versions) AS versions, ${iso(sql`last_request_at`)} AS last_request, ${iso(sql`last_point_at`)} AS last_point, goes_beyond, processes, toUInt32(greatest(0, m.missing_events)) AS missing_events
FROM (SELECT session_id, maxIf(time, is_request AND ${inPeriod}) AS last_request_at, maxIf(time, NOT is_request AND ${inPeriod}) AS last_point_at, countIf(NOT (${inPeriod})) > 0 AS goes_beyond, uniqExactIf(start_time, start_time != toDateTime64(0, 9)) AS processes FROM (${records}) GROUP BY session_id) AS t
LEFT JOIN (${who}) AS w ON w.session_id = t.session_id
LEFT JOIN (${missing}) AS m ON m.session_id = t.session_id`,
		{ from, to },
	);
	return rows.map((row) => ({ ...row, goes_beyond: row.goes_beyond === 1 }));
}
