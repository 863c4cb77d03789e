import { defineQuery, dimensionExpression } from "../../semantic/named-query.ts";
import { isoTime } from "../../semantic/sql-fragments.ts";
import { sql } from "../../sql.ts";

export const toolFailures = defineQuery({
	name: "tool_failures",
	question: "Which tools fail, how often, and with what kind of error?",
	notes: ["The kind of error is reported by newer clients only. A tool that was refused did not fail."],
	dimensions: ["tool"],
	columns: {
		tool: { type: "text", brief: "The tool." },
		error_type: { type: "text", brief: "The kind of error, where the client reports it." },
		failures: { type: "integer", brief: "Calls that failed this way." },
		tool_calls: { type: "integer", brief: "All calls of the tool." },
		failure_ratio: { type: "number", unit: "1", brief: "Failures of this kind among all calls of the tool." },
		people: { type: "integer", brief: "Distinct people it happened to." },
		sessions: { type: "integer", brief: "Sessions it happened in." },
		last_failure: { type: "time", brief: "When it last happened." },
	},
	sql: ({
		rows,
	}) => sql`SELECT tool, kind AS error_type, failed AS failures, calls AS tool_calls, failed / calls AS failure_ratio, who AS people, met AS sessions,
  ${isoTime(sql`last_time`)} AS last_failure
FROM (
  SELECT tool, kind, countIf(is_failure) AS failed, sum(count()) OVER (PARTITION BY tool) AS calls,
    uniqExactIf(name, is_failure AND name != '') AS who, uniqExactIf(session_id, is_failure AND session_id != '') AS met, maxIf(time, is_failure) AS last_time
  FROM (
    SELECT ${dimensionExpression("tool", "events")} AS tool, ifNull(success = false, false) AS is_failure, if(is_failure, ${dimensionExpression("error_type", "events")}, '') AS kind,
      ${dimensionExpression("person", "events")} AS name, session_id, time
    FROM ${rows("events", ["tool_result"])}
  )
  GROUP BY tool, kind
)
WHERE failed > 0
ORDER BY failed DESC, tool, kind`,
});
