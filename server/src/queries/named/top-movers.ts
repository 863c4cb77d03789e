import { defineQuery } from "../../semantic/named-query.ts";
import { ratio } from "../../semantic/sql-fragments.ts";
import { identifier, join, literal, parameter, type Sql, sql } from "../../sql.ts";

/** Dimensions whose values are compared, each with its measure. */
const movers: readonly (readonly [string, string])[] = [
	["model", "cost_usd"],
	["person", "cost_usd"],
	["tool", "tool_calls"],
];

export const topMovers = defineQuery({
	name: "top_movers",
	question: "What changed most against the period before: whose and which model's cost, which tool's calls?",
	notes: ["The period before is as long as this one and ends where it begins."],
	since: "-7d",
	lookback: "period",
	parameters: { top: { brief: "Rows of each dimension at most", default: 10, minimum: 1, maximum: 1000 } },
	columns: {
		dimension: { type: "text", brief: "model, person or tool." },
		name: { type: "text", brief: "Which one." },
		measure: { type: "text", brief: "cost_usd of models and people, tool_calls of tools." },
		before: { type: "number", brief: "In the period before." },
		now: { type: "number", brief: "In this period." },
		change: { type: "number", brief: "The difference." },
		change_ratio: {
			type: "number",
			nullable: true,
			unit: "1",
			brief: "The difference as a share of before; null where there was nothing.",
		},
	},
	sql: ({ usage, earlier }) => {
		const parts = movers.map(([dimension, measure]) => {
			const values = usage([measure], [dimension]);
			const totals = (rows: Sql, now: number): Sql =>
				sql`SELECT ${identifier(dimension)} AS which, ifNull(${identifier(measure)}, 0) AS value, ${now} AS is_now FROM ${rows}`;
			return sql`SELECT ${literal(dimension)} AS kind, which, ${literal(measure)} AS by_measure, sumIf(value, is_now = 0) AS value_before, sumIf(value, is_now = 1) AS value_now
FROM (${totals(values, 1)} UNION ALL ${totals(earlier(values), 0)}) GROUP BY which`;
		});
		return sql`SELECT kind AS dimension, which AS name, by_measure AS measure, value_before AS before, value_now AS now,
  round(value_now - value_before, 9) AS change, ${ratio(sql`(value_now - value_before)`, sql`value_before`)} AS change_ratio
FROM (${join(parts, "\nUNION ALL\n")})
WHERE value_now != value_before
ORDER BY kind, abs(value_now - value_before) DESC, which
LIMIT ${parameter("top", "UInt32")} BY kind`;
	},
});
