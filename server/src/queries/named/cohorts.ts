import { defineQuery } from "../../semantic/named-query.ts";
import { activity, isoDate, periodEndInclusive, weekOf } from "../../semantic/sql-fragments.ts";
import { sql } from "../../sql.ts";

export const cohorts = defineQuery({
	name: "cohorts",
	question: "Of the people who began in one week, how many are active in each week after it?",
	notes: ["Weeks begin on Monday. A person who was active in the 90 days before the period did not begin in it."],
	since: "-84d",
	lookback: 90,
	columns: {
		cohort: { type: "date", brief: "Monday of the week in which they were first active." },
		week: { type: "integer", brief: "Weeks since then; 0 is the first one." },
		people: { type: "integer", brief: "People who began that week." },
		active: { type: "integer", brief: "Those of them who are active in this week." },
		share: { type: "number", unit: "1", brief: "Active ones of those who began." },
	},
	sql: (blocks) => sql`SELECT ${isoDate(sql`first_week`)} AS cohort, toUInt64(later) AS week, count() AS people,
  countIf(has(weeks, first_week + 7 * later)) AS active, active / people AS share
FROM (
  SELECT person, groupUniqArray(${weekOf(sql`time`)}) AS weeks, arrayMin(weeks) AS first_week
  FROM ${activity(blocks)}
  WHERE person NOT IN (SELECT person FROM ${blocks.earlier(activity(blocks))})
  GROUP BY person
)
ARRAY JOIN range(toUInt32(intDiv(dateDiff('day', first_week, ${weekOf(periodEndInclusive)}), 7) + 1)) AS later
GROUP BY first_week, later
ORDER BY first_week, later`,
});
