import { defineQuery, dimensionExpression } from "../../semantic/named-query.ts";
import { ratio } from "../../semantic/sql-fragments.ts";
import { literal, type Sql, sql } from "../../sql.ts";

const number = (key: string): Sql => sql`toFloat64OrNull(attributes[${literal(key)}])`;

export const compaction = defineQuery({
	name: "compaction",
	question: "How often are conversations summarized to make room, how long does it take, and how much does it free?",
	notes: ["Reported by newer clients only."],
	columns: {
		trigger: { type: "text", brief: "auto when the context was full, manual when the user asked for it." },
		compactions: { type: "integer", brief: "How many." },
		failures: { type: "integer", brief: "Those that failed." },
		sessions: { type: "integer", brief: "Sessions with any." },
		people: { type: "integer", brief: "Distinct people with any." },
		duration_p50_ms: { type: "number", nullable: true, unit: "ms", brief: "Median duration." },
		duration_p95_ms: { type: "number", nullable: true, unit: "ms", brief: "95th percentile of the duration." },
		before_avg_tokens: { type: "number", nullable: true, unit: "{token}", brief: "Mean size of the context before." },
		after_avg_tokens: { type: "number", nullable: true, unit: "{token}", brief: "Mean size after." },
		kept_ratio: { type: "number", nullable: true, unit: "1", brief: "Of the context before, the share that is left." },
	},
	sql: ({
		rows,
	}) => sql`SELECT cause AS trigger, count() AS compactions, countIf(success = false) AS failures, uniqExactIf(session_id, session_id != '') AS sessions,
  uniqExactIf(name, name != '') AS people, toFloat64(quantileExactOrNull(0.5)(duration_ms)) AS duration_p50_ms, toFloat64(quantileExactOrNull(0.95)(duration_ms)) AS duration_p95_ms,
  avgIf(size_before, is_sized) AS before_avg_tokens, avgIf(size_after, is_sized) AS after_avg_tokens, ${ratio(sql`sumIf(size_after, is_sized)`, sql`sumIf(size_before, is_sized)`)} AS kept_ratio
FROM (
  SELECT toString(trigger) AS cause, success, session_id, ${dimensionExpression("person", "events")} AS name, duration_ms,
    ${number("pre_tokens")} AS size_before, ${number("post_tokens")} AS size_after, size_before IS NOT NULL AND size_after IS NOT NULL AS is_sized
  FROM ${rows("events", ["compaction"])}
)
GROUP BY cause
ORDER BY compactions DESC, cause`,
});
