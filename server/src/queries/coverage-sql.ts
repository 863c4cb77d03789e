import { personName, personOf } from "../store/people-tables.ts";
import { arrivals, say } from "./everything.ts";
import { pauseSeconds, quarterSeconds, slotSeconds } from "./fleet-gap.ts";
import type { Ground } from "./ground.ts";
import { inPeriod } from "./source.ts";
import type { Filter } from "./usage.ts";

/**
 * The SQL of coverage. All of it is bound by `from` and `to`, and says dimensions as usage does. Who reported when is read of rollups
 * where they hold; what content came and which events are missing, of few columns of records.
 */

/**
 * A table's rows of the period that the filters let through. Whose name a record's own stands for is looked up for each only
 * where it is filtered by; else for what they were grouped to, by `named`.
 */
const rowsOf = (table: "events" | "spans", condition: string, and = ""): string =>
	condition === ""
		? `${table} WHERE ${inPeriod}${and}`
		: `(SELECT * REPLACE (${personName} AS person) FROM ${table} WHERE ${inPeriod}${and}) AS rows WHERE 1${condition}`;
const named = (rows: string): string => `(SELECT * REPLACE (${personName} AS person) FROM (${rows}))`;
const person = say("person");
const installation = "toString(user_id)";
const ms = (time: string) => `toUnixTimestamp64Milli(${time})`;

/** What tells sightings apart, as it is stored. Grouped by as one number: eight dictionaries take half as long again. */
const stored = [
	"signal",
	"own_name",
	"user_id",
	"app_version",
	"agent_version",
	"app_entrypoint",
	"terminal_type",
	"os_type",
	"service_name",
] as const;
const summedUp = {
	records: "sum",
	late: "sum",
	future: "sum",
	undated: "sum",
	most_late_seconds: "max",
	first_seen: "min",
	last_seen: "max",
	last_received: "max",
	slots: "groupUniqArrayArray",
} as const;
const sums = Object.entries(summedUp).map(([name, together]) => `${together}(${name}) AS ${name}`);

/** Who was seen with what, in which hours, and how it arrived: a row for each client, signal and kind of program. */
export const sightingsSql = (where: readonly Filter[], ground: Ground): string => `
SELECT toString(signal) AS signal, ${personOf("own_name")} AS person, ${installation} AS installation, ${say("version")} AS version,
	${say("entrypoint")} AS entrypoint, ${say("terminal")} AS terminal, ${say("os")} AS os, ${say("service")} AS service,
	sum(records) AS records, sum(late) AS late, sum(future) AS future, sum(undated) AS undated,
	max(most_late_seconds) AS most_late_seconds, ${ms("min(first_seen)")} AS first_ms, ${ms("max(last_seen)")} AS last_ms,
	${ms("max(last_received)")} AS received_ms,
	arraySort(groupUniqArrayArray(arrayMap(slot -> toUInt32(intDiv(slot, ${3600 / slotSeconds})), slots))) AS hours
FROM (
	SELECT ${stored.map((name) => `any(${name}) AS ${name}`).join(", ")}, ${sums.join(", ")}
	FROM ${arrivals(where, ground, [...stored, ...Object.keys(summedUp)])} GROUP BY cityHash64(${stored.join(", ")})
)
GROUP BY signal, person, installation, version, entrypoint, terminal, os, service`;

/** Who was seen. */
export const peopleSql = (where: readonly Filter[], ground: Ground): string =>
	`SELECT DISTINCT ${personOf("own_name")} AS person FROM (SELECT DISTINCT own_name FROM ${arrivals(where, ground, ["own_name"])})`;

const sent = (key: string) => `attributes['${key}'] NOT IN ('', '<REDACTED>')`;

/** Which content came, by client: the gates that must be open for it. */
export const gatesSql = (condition: string): string => `
SELECT ${person} AS person, ${installation} AS installation, sum(prompts) AS prompts, sum(responses) AS responses, sum(tool_details) AS tool_details, sum(tool_content) AS tool_content, sum(raw_api_bodies) AS raw_api_bodies
FROM ${named(`
	SELECT person, user_id,
		countIf(event = 'user_prompt' AND ${sent("prompt")}) AS prompts,
		countIf(event = 'assistant_response' AND ${sent("response")}) AS responses,
		countIf(event IN ('tool_result', 'tool_decision') AND (mapContains(attributes, 'tool_parameters') OR mapContains(attributes, 'tool_input'))) AS tool_details,
		0 AS tool_content,
		countIf(event IN ('api_request_body', 'api_response_body')) AS raw_api_bodies
	FROM ${rowsOf("events", condition, " AND event IN ('user_prompt', 'assistant_response', 'tool_result', 'tool_decision', 'api_request_body', 'api_response_body')")}
	GROUP BY person, user_id
	UNION ALL
	SELECT person, user_id,
		countIf(${sent("user_prompt")}) AS prompts, 0 AS responses,
		countIf(mapContains(attributes, 'full_command') OR mapContains(attributes, 'file_path')) AS tool_details,
		countIf(position(events, '"tool.output"') > 0) AS tool_content, 0 AS raw_api_bodies
	FROM ${rowsOf("spans", condition)}
	GROUP BY person, user_id`)}
GROUP BY person, installation`;

/** The pieces of five minutes in which anybody sent anything, rising. */
export const slotsSql = (where: readonly Filter[], ground: Ground): string =>
	`SELECT arraySort(groupUniqArrayArray(slots)) AS slots FROM ${arrivals(where, ground, ["slots"])}`;

/**
 * The quarters of an hour, rising, in which visits begin or end, and how many: somebody is there until nothing came of them for an hour.
 */
export const visitsSql = (where: readonly Filter[], ground: Ground): string => `
WITH
	visits AS (
		SELECT arraySort(groupUniqArray(toUInt32(intDiv(toUnixTimestamp(time), ${quarterSeconds})))) AS sorted,
			arrayMap((pause, nth) -> nth = 1 OR pause > ${pauseSeconds / quarterSeconds}, arrayDifference(sorted), arrayEnumerate(sorted)) AS begins,
			arrayPushBack(arrayPopFront(begins), true) AS ends
		FROM ${arrivals(where, ground, ["own_name"])} AND own_name != '' GROUP BY own_name
	),
	counted AS (
		SELECT quarter, sum(begin) AS came, sum(end) AS went
		FROM visits ARRAY JOIN sorted AS quarter, begins AS begin, ends AS end
		GROUP BY quarter HAVING came > 0 OR went > 0 ORDER BY quarter
	)
SELECT groupArray(quarter) AS quarters, groupArray(toUInt32(came)) AS came, groupArray(toUInt32(went)) AS went FROM counted`;

/** Events with a number, in a session: others can't show a hole. */
const numbered = (condition: string, and = "") =>
	`FROM ${rowsOf("events", condition, ` AND session_id != '' AND position(shape, 'event.sequence:') > 0 AND event_sequence >= 0${and}`)}`;

const isSimple = "count() = max(event_sequence) - min(event_sequence) + 1 AND uniqExact(event_sequence) = count()";

export const lossTotalsSql = (condition: string): string =>
	`SELECT count() AS events, uniqExact(session_id) AS sessions ${numbered(condition)}`;

/** Sessions whose numbers are looked at one by one, those that lack most: it takes memory and time of the process that receives. */
export const mostSuspects = 2000;
const shortage = "max(event_sequence) - min(event_sequence) + 1 - count()";

/**
 * Numbers of sessions that may lack some (`suspects`), or of all sessions of certain installations (`users`), as runs: first
 * and last number, when the first and when the last happened.
 */
export function runsSql(condition: string, of: "suspects" | "neighbours"): string {
	const wanted =
		of === "neighbours"
			? " AND user_id IN {users:Array(String)}"
			: ` AND session_id IN (SELECT session_id ${numbered(condition)} GROUP BY session_id HAVING NOT (${isSimple}) ORDER BY ${shortage} DESC LIMIT ${mostSuspects})`;
	return `
WITH arrayMap(each -> each.2, sorted) AS numbers
SELECT session, ${person} AS person, installation, version, sorted[1].1 AS first_ms, sorted[-1].1 AS last_ms, length(sorted) AS received,
	arrayMap(run -> (run[1].2, run[-1].2, run[1].1, run[-1].1), arraySplit((each, grown) -> grown != 1, sorted, arrayDifference(numbers))) AS runs
FROM ${named(`
	SELECT session_id AS session, any(person) AS person, any(${installation}) AS installation, any(${say("version")}) AS version,
		arraySort(groupUniqArray((toUnixTimestamp64Milli(CAST(time, 'DateTime64(3)')), event_sequence))) AS sorted
	${numbered(condition, wanted)}
	GROUP BY session_id`)}`;
}
