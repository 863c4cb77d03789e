import { defineQuery, dimensionExpression } from "../../semantic/named-query.ts";
import { isoTime } from "../../semantic/sql-fragments.ts";
import { sql } from "../../sql.ts";

export const retryExhaustion = defineQuery({
	name: "retry_exhaustion",
	question: "After requests to the model failed for good, how many sessions stalled and how many recovered?",
	notes: [
		"A session stalled when no request of it succeeded after its last failure in the period; it is listed under the status of that failure. Clients repeat a request several times before they give up.",
	],
	columns: {
		status_code: { type: "text", brief: "The HTTP status of the session's last failure; empty where there was no answer." },
		sessions: { type: "integer", brief: "Sessions with a failure." },
		stalled: { type: "integer", brief: "Those in which no request succeeded afterwards." },
		recovered: { type: "integer", brief: "Those in which one did." },
		stalled_ratio: { type: "number", unit: "1", brief: "Stalled sessions of these." },
		api_errors: { type: "integer", brief: "Requests that failed for good in them." },
		retries_exhausted: { type: "integer", brief: "Those of them that were given up after several attempts." },
		people: { type: "integer", brief: "Distinct people it happened to." },
		recovery_p50_ms: {
			type: "number",
			nullable: true,
			unit: "ms",
			brief: "Where they recovered, the median time until a request succeeded.",
		},
		last_failure: { type: "time", brief: "When it last happened." },
	},
	sql: ({ rows }) => {
		const failed = sql`event IN ('api_error', 'api_retries_exhausted')`;
		// An exhausted request has an api_error as well; clients before 2.1.100 or so have that alone, with its attempts.
		return sql`SELECT status AS status_code, count() AS sessions, countIf(next_success IS NULL) AS stalled, countIf(next_success IS NOT NULL) AS recovered,
  stalled / sessions AS stalled_ratio, sum(errors) AS api_errors, sum(exhausted) AS retries_exhausted, uniqExactArray(who) AS people,
  toFloat64(quantileExactOrNull(0.5)(dateDiff('millisecond', failed_at, next_success))) AS recovery_p50_ms, ${isoTime(sql`max(failed_at)`)} AS last_failure
FROM (
  SELECT session_id, maxIf(time, ${failed}) AS failed_at, argMaxIf(status, (time, status), ${failed}) AS status,
    arrayMin(arrayFilter(at -> at > failed_at, groupArrayIf(time, event = 'api_request'))) AS next_at, if(next_at > failed_at, next_at, NULL) AS next_success,
    greatest(countIf(event = 'api_error'), countIf(event = 'api_retries_exhausted')) AS errors,
    greatest(countIf(event = 'api_retries_exhausted'), countIf(event = 'api_error' AND attempt > 1)) AS exhausted,
    groupUniqArrayIf(name, ${failed} AND name != '') AS who
  FROM (
    SELECT session_id, time, event, attempt, ${dimensionExpression("status_code", "events")} AS status, ${dimensionExpression("person", "events")} AS name
    FROM ${rows("events", ["api_error", "api_retries_exhausted", "api_request"])}
    WHERE session_id != ''
  )
  GROUP BY session_id
  HAVING countIf(${failed}) > 0
)
GROUP BY status
ORDER BY sessions DESC, status`;
	},
});
