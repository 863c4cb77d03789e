import { defineQuery } from "../../semantic/named-query.ts";
import { activity, dayOf, isoDate, periodEndInclusive } from "../../semantic/sql-fragments.ts";
import { sql } from "../../sql.ts";

export const ramp = defineQuery({
	name: "ramp",
	question: "How do cost and prompts of each person grow with the weeks since they began?",
	notes: [
		"Weeks of tenure are 7 days each from the day a person was first seen; weeks without anything are left out. Who began more than 180 days before the period is taken to have begun then.",
	],
	since: "-84d",
	lookback: 180,
	columns: {
		person: { type: "text", brief: "Who." },
		first_seen: { type: "date", brief: "The day they were first active." },
		tenure_days: { type: "integer", unit: "d", brief: "Days from then to the end of the period." },
		week: { type: "integer", brief: "The week of tenure; 0 is the first one." },
		active_days: { type: "integer", unit: "d", brief: "Days of that week with activity." },
		cost_usd: { type: "number", unit: "USD", brief: "What that week cost." },
		prompts: { type: "integer", brief: "Prompts in that week." },
	},
	sql: (blocks) => {
		const now = sql`SELECT person, ${dayOf(sql`time`)} AS day, true AS is_now, true AS is_active, 0. AS cost, 0. AS asked FROM ${activity(blocks)} GROUP BY person, day`;
		const before = sql`SELECT person, ${dayOf(sql`time`)} AS day, false AS is_now, true AS is_active, 0. AS cost, 0. AS asked FROM ${blocks.earlier(activity(blocks))} GROUP BY person, day`;
		const used = sql`SELECT person, ${dayOf(sql`parseDateTimeBestEffort(time, 'UTC')`)} AS day, true AS is_now, false AS is_active, ifNull(cost_usd, 0) AS cost, ifNull(prompts, 0) AS asked FROM ${blocks.usage(["cost_usd", "prompts"], ["person"], "day")} WHERE person != ''`;
		return sql`SELECT person, ${isoDate(sql`first_day`)} AS first_seen, toInt64(dateDiff('day', first_day, ${dayOf(periodEndInclusive)})) AS tenure_days,
  toInt64(intDiv(dateDiff('day', first_day, day), 7)) AS week, uniqExactIf(day, is_active) AS active_days,
  round(sum(cost), 9) AS cost_usd, toUInt64(sum(asked)) AS prompts
FROM (
  SELECT *, min(day) OVER (PARTITION BY person) AS first_day
  FROM (${now} UNION ALL ${before} UNION ALL ${used})
)
WHERE is_now
GROUP BY person, first_day, week
ORDER BY person, week`;
	},
});
