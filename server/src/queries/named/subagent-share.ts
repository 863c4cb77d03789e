import { defineQuery } from "../../semantic/named-query.ts";
import { ratio } from "../../semantic/sql-fragments.ts";
import { sql } from "../../sql.ts";

export const subagentShare = defineQuery({
	name: "subagent_share",
	question: "What part of requests, tokens and cost is the main conversation's, what part subagents'?",
	notes: [
		"auxiliary are requests that the program makes for itself, e.g. for titles and summaries. Clients that do not report the source of a request have an empty one.",
	],
	dimensions: ["model", "effort", "speed", "skill", "plugin", "mcp_server"],
	columns: {
		query_source: { type: "text", brief: "main, subagent or auxiliary." },
		agent_name: { type: "text", brief: "The subagent's name." },
		api_requests: { type: "integer", brief: "Successful API requests." },
		tokens: { type: "integer", unit: "{token}", brief: "Tokens of all four types." },
		cost_usd: { type: "number", unit: "USD", brief: "Cost." },
		requests_share: { type: "number", nullable: true, unit: "1", brief: "Of all requests." },
		tokens_share: { type: "number", nullable: true, unit: "1", brief: "Of all tokens." },
		cost_share: { type: "number", nullable: true, unit: "1", brief: "Of all cost." },
	},
	sql: ({
		usage,
	}) => sql`SELECT query_source, agent_name, toUInt64(asked) AS api_requests, toUInt64(used) AS tokens, cost AS cost_usd,
  ${ratio(sql`asked`, sql`sum(asked) OVER ()`)} AS requests_share, ${ratio(sql`used`, sql`sum(used) OVER ()`)} AS tokens_share, ${ratio(sql`cost`, sql`sum(cost) OVER ()`)} AS cost_share
FROM (
  SELECT query_source, agent_name, ifNull(api_requests, 0) AS asked, ifNull(tokens, 0) AS used, ifNull(cost_usd, 0) AS cost
  FROM ${usage(["api_requests", "tokens", "cost_usd"], ["query_source", "agent_name"])}
)
WHERE asked > 0 OR used > 0 OR cost > 0
ORDER BY cost DESC, query_source, agent_name`,
});
