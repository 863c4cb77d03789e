import { personName, personOf } from "../schema/people-tables.ts";
import { dimensionSql } from "../semantic/all-records.ts";
import { inPeriod } from "../semantic/dataset.ts";
import { bind, column, identifier, type Sql, sql } from "../sql.ts";
import type { Store } from "../store/store.ts";
import { missingIn, type Run, sequenceGaps } from "./sequence.ts";

export type Loss = {
	readonly session: string;
	readonly person: string;
	readonly installation: string;
	readonly version: string;
	readonly firstMs: number;
	readonly lastMs: number;
	readonly received: number;
	readonly missing: number;
	readonly processes: number;
	readonly holes: readonly {
		readonly after: number;
		readonly before: number;
		readonly fromMs: number;
		readonly toMs: number;
		readonly missing: number;
	}[];
};

/** A period of events as the store takes times, with its filters as an `AND …` suffix. */
type Asked = { readonly condition: Sql; readonly from: string; readonly to: string };

/**
 * Events with a number, in a session: others can't show a hole. Whose name a record's own stands for is looked up for each only where
 * it is filtered by.
 */
function numbered({ condition }: Asked, and = sql``): Sql {
	const when = sql`${inPeriod} AND session_id != '' AND position(shape, 'event.sequence:') > 0 AND event_sequence >= 0${and}`;
	if (condition.isEmpty) return sql`events WHERE ${when}`;
	return sql`(SELECT * REPLACE (${personName} AS person) FROM events WHERE ${when}) AS rows WHERE 1${condition}`;
}

/** Sessions whose numbers are looked at one by one, those that lack most: it takes memory and time of the process that receives. */
export const maxCandidates = 2000;

/** Bound values are in the request's address: hashes are short, however long an id a client sends. */
const keyOf = (id: string): Sql => sql`cityHash64(${identifier(id)})`;

/** Counts events, and lists the sessions whose numbers do not simply follow one another: these may lack some. */
const candidatesSql = (asked: Asked): Sql => sql`
SELECT sum(received) AS events, count() AS sessions,
	arrayMap(each -> toString(each.2), groupArraySortedIf(${maxCandidates})((-shortage, ${keyOf("session_id")}), isSuspect)) AS candidates
FROM (
	SELECT session_id, count() AS received, max(event_sequence) - min(event_sequence) + 1 - received AS shortage,
		shortage != 0 OR uniqExact(event_sequence) != received AS isSuspect
	FROM ${numbered(asked)} GROUP BY session_id
)`;

/** Numbers of sessions as runs: first and last number, when the first and when the last happened. */
const runsSql = (asked: Asked, of: "session_id" | "user_id", these: readonly string[]): Sql => sql`
WITH arrayMap(each -> each.2, sorted) AS numbers
SELECT session, ${personOf(column("person_as_reported"))} AS person, installation, toString(${keyOf("installation")}) AS installation_key, version, sorted[1].1 AS first_ms, sorted[-1].1 AS last_ms, length(sorted) AS received,
	arrayMap(run -> (run[1].2, run[-1].2, run[1].1, run[-1].1), arraySplit((each, grown) -> grown != 1, sorted, arrayDifference(numbers))) AS runs
FROM (
	SELECT session_id AS session, any(person) AS person_as_reported, any(toString(user_id)) AS installation, any(${dimensionSql("version")}) AS version,
		arraySort(groupUniqArray((toUnixTimestamp64Milli(CAST(time, 'DateTime64(3)')), event_sequence))) AS sorted
	FROM ${numbered(asked, sql` AND ${keyOf(of)} IN (SELECT toUInt64(arrayJoin(${bind(these, "Array(String)")})))`)} GROUP BY session_id
)`;

type SessionRuns = {
	session: string;
	person: string;
	installation: string;
	installation_key: string;
	version: string;
	first_ms: number;
	last_ms: number;
	received: number;
	runs: [number, number, number, number][];
};
const runOf = ([first, last, fromMs, toMs]: SessionRuns["runs"][number]): Run => ({ first, last, fromMs, toMs });

export type Losses = {
	/** Those that have numbers. */
	readonly events: number;
	readonly sessions: number;
	readonly missing: number;
	/** Losses by session, the largest first. */
	readonly found: readonly Loss[];
	/** True if more sessions may lack events than were examined. */
	readonly isPart: boolean;
};

/** Finds the missing events in the sessions of a period. */
export async function askLosses(store: Store, asked: Asked): Promise<Losses> {
	const runs = async (of: "session_id" | "user_id", these: readonly string[]) =>
		these.length === 0 ? [] : await store.rows<SessionRuns>(runsSql(asked, of, these), { from: asked.from, to: asked.to });
	const [counted] = await store.rows<{ events: number; sessions: number; candidates: string[] }>(candidatesSql(asked), {
		from: asked.from,
		to: asked.to,
	});
	const { events, sessions, candidates } = counted!;
	const holed = (await runs("session_id", candidates))
		.map((session) => ({ session, ...sequenceGaps(session.runs.map(runOf)) }))
		.filter(({ holes }) => holes.length > 0);
	const adjacentSessions = await runs("user_id", [...new Set(holed.map(({ session }) => session.installation_key))]);
	const found = lossesOf(holed, adjacentSessions);
	const missing = found.reduce((sum, loss) => sum + loss.missing, 0);
	return { events, sessions, missing, found, isPart: candidates.length === maxCandidates };
}

/** A process that continues under another session's id takes its numbers along: these are no loss. */
function lossesOf(
	holed: readonly ({ readonly session: SessionRuns } & ReturnType<typeof sequenceGaps>)[],
	adjacentSessions: readonly SessionRuns[],
): Loss[] {
	const siblings = Map.groupBy(adjacentSessions, ({ installation }) => installation);
	return holed
		.map(({ session, processes, holes }) => {
			const others = (siblings.get(session.installation) ?? [])
				.filter((other) => other.session !== session.session)
				.flatMap(({ runs }) => runs.map(runOf));
			const real = holes.map((hole) => ({ ...hole, missing: missingIn(hole, others) })).filter(({ missing }) => missing > 0);
			return {
				session: session.session,
				person: session.person,
				installation: session.installation,
				version: session.version,
				firstMs: session.first_ms,
				lastMs: session.last_ms,
				received: session.received,
				missing: real.reduce((sum, { missing }) => sum + missing, 0),
				processes,
				holes: real,
			};
		})
		.filter(({ missing }) => missing > 0)
		.sort((a, b) => b.missing - a.missing || (a.session < b.session ? -1 : 1));
}
