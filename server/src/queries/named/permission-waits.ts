import { defineQuery, dimensionExpression } from "../../semantic/named-query.ts";
import { sql } from "../../sql.ts";

export const permissionWaits = defineQuery({
	name: "permission_waits",
	question: "Who or what decides about tools, and how long does the agent wait for it?",
	notes: [
		"Decisions with a source that begins with user_ were made by a person. The wait is the time from the request that asked for the tool, or from another outcome of that request, to the decision; clients that send no request_id with decisions do not report it.",
	],
	columns: {
		decision_source: { type: "text", brief: "Who or what decided: config, hook, user_temporary and others." },
		decision: { type: "text", brief: "accept or reject." },
		decisions: { type: "integer", brief: "How many." },
		share: { type: "number", unit: "1", brief: "Of all decisions." },
		people: { type: "integer", brief: "Distinct people whose tools were decided about." },
		timed: { type: "integer", brief: "Decisions whose wait is known." },
		wait_p50_ms: { type: "number", nullable: true, unit: "ms", brief: "Median wait." },
		wait_p95_ms: { type: "number", nullable: true, unit: "ms", brief: "95th percentile of the wait." },
		wait_seconds: { type: "number", unit: "s", brief: "All known waits together." },
	},
	sql: ({
		rows,
	}) => sql`SELECT decision_source, verdict AS decision, count() AS decisions, count() / sum(count()) OVER () AS share,
  uniqExactIf(name, name != '') AS people, countIf(wait IS NOT NULL) AS timed,
  toFloat64(quantileExactOrNull(0.5)(wait)) AS wait_p50_ms, toFloat64(quantileExactOrNull(0.95)(wait)) AS wait_p95_ms, ifNull(sum(wait), 0) / 1000 AS wait_seconds
FROM (
  SELECT *, if(request = '' OR before IS NULL, NULL, dateDiff('millisecond', before, time)) AS wait
  FROM (
    SELECT *, max(toNullable(time)) OVER (PARTITION BY session_id, request ORDER BY time, event_sequence ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING) AS before
    FROM (
      SELECT time, event_sequence, session_id, toString(event) AS what, request_id AS request, ${dimensionExpression("decision_source", "events")} AS decision_source,
        ${dimensionExpression("decision", "events")} AS verdict, ${dimensionExpression("person", "events")} AS name
      FROM ${rows("events", ["tool_decision"])}
      UNION ALL
      SELECT time, event_sequence, session_id, toString(event) AS what, request_id AS request, '' AS decision_source, '' AS verdict, '' AS name
      FROM ${rows("events", ["api_request", "tool_result"])}
      WHERE request_id != ''
    )
  )
)
WHERE what = 'tool_decision'
GROUP BY decision_source, verdict
ORDER BY decisions DESC, decision_source, verdict`,
});
