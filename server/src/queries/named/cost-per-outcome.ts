import { defineQuery } from "../../semantic/named-query.ts";
import { ratio } from "../../semantic/sql-fragments.ts";
import { sql } from "../../sql.ts";

export const costPerOutcome = defineQuery({
	name: "cost_per_outcome",
	question: "What do a commit, a pull request and a changed line cost, by person?",
	notes: [
		"Commits, pull requests and lines are those made with the agent, as clients count them; cost is the clients' estimate.",
	],
	columns: {
		person: { type: "text", brief: "Who." },
		cost_usd: { type: "number", unit: "USD", brief: "What their requests cost." },
		commits: { type: "integer", brief: "Commits made with the agent." },
		pull_requests: { type: "integer", brief: "Pull requests made with the agent." },
		lines_changed: { type: "integer", brief: "Lines of code added and removed." },
		cost_per_commit_usd: { type: "number", nullable: true, unit: "USD", brief: "Cost for each commit." },
		cost_per_pull_request_usd: { type: "number", nullable: true, unit: "USD", brief: "Cost for each pull request." },
		cost_per_line_usd: { type: "number", nullable: true, unit: "USD", brief: "Cost for each changed line." },
	},
	sql: ({ usage }) => {
		const measures = ["cost_usd", "commits", "pull_requests", "lines_added", "lines_removed"];
		return sql`SELECT person, cost AS cost_usd, toUInt64(committed) AS commits, toUInt64(requested) AS pull_requests, toUInt64(changed) AS lines_changed,
  ${ratio(sql`cost`, sql`committed`)} AS cost_per_commit_usd, ${ratio(sql`cost`, sql`requested`)} AS cost_per_pull_request_usd, ${ratio(sql`cost`, sql`changed`)} AS cost_per_line_usd
FROM (
  SELECT person, ifNull(cost_usd, 0) AS cost, ifNull(commits, 0) AS committed, ifNull(pull_requests, 0) AS requested, ifNull(lines_added, 0) + ifNull(lines_removed, 0) AS changed
  FROM ${usage(measures, ["person"])}
)
WHERE cost != 0 OR committed != 0 OR requested != 0 OR changed != 0
ORDER BY person`;
	},
});
