import { defineQuery, dimensionExpression } from "../../semantic/named-query.ts";
import { isoTime } from "../../semantic/sql-fragments.ts";
import { as, identifier, join, sql } from "../../sql.ts";

export const busiestSessions = defineQuery({
	name: "busiest_sessions",
	question: "Which sessions cost the most, and what was done in them?",
	notes: ["Only the part of a session that is in the period."],
	columns: {
		session: { type: "text", brief: "The session's id." },
		person: { type: "text", brief: "Whose it is." },
		first_time: { type: "time", brief: "Its first record." },
		last_time: { type: "time", brief: "Its last record." },
		cost_usd: { type: "number", unit: "USD", brief: "Cost." },
		tokens: { type: "integer", unit: "{token}", brief: "Tokens of all four types." },
		prompts: { type: "integer", brief: "Prompts." },
		api_requests: { type: "integer", brief: "Successful API requests." },
		tool_calls: { type: "integer", brief: "Tools that ran to an end." },
		tool_failures: { type: "integer", brief: "Those that failed." },
		lines_added: { type: "integer", brief: "Lines of code added." },
		commits: { type: "integer", brief: "Commits made with the agent." },
	},
	sql: ({ rows, usage }) => {
		const counts = ["tokens", "prompts", "api_requests", "tool_calls", "tool_failures", "lines_added", "commits"];
		const numbers = join(counts.map((name) => as(sql`toUInt64(ifNull(${identifier(name)}, 0))`, name)));
		return sql`SELECT session, person, ${isoTime(sql`begin`)} AS first_time, ${isoTime(sql`end`)} AS last_time, ifNull(cost_usd, 0) AS cost_usd, ${numbers}
FROM ${usage(["cost_usd", ...counts], ["session"])} AS totals
INNER JOIN (
  SELECT session_id AS session, argMaxIf(${dimensionExpression("person", "everything")}, time, person != '') AS person, min(time) AS begin, max(time) AS end
  FROM ${rows("everything")}
  WHERE session_id != ''
  GROUP BY session_id
) AS times USING (session)
WHERE ifNull(totals.cost_usd, 0) > 0 OR totals.prompts > 0 OR totals.tool_calls > 0
ORDER BY ifNull(totals.cost_usd, 0) DESC, ifNull(totals.tokens, 0) DESC, session`;
	},
});
