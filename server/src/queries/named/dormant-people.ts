import { periodEnd } from "../../semantic/dataset.ts";
import { defineQuery } from "../../semantic/named-query.ts";
import { activity, dayOf, isoTime } from "../../semantic/sql-fragments.ts";
import { parameter, sql } from "../../sql.ts";

export const dormantPeople = defineQuery({
	name: "dormant_people",
	question: "Who was active in the period, but not in its last days?",
	since: "-90d",
	parameters: {
		days: { brief: "Days without activity, up to the end of the period", default: 14, minimum: 1, maximum: 3650 },
	},
	columns: {
		person: { type: "text", brief: "Who." },
		last_active: { type: "time", brief: "When they were last active." },
		silent_days: { type: "integer", unit: "d", brief: "Whole days from then to the end of the period." },
		first_active: { type: "time", brief: "When they were first active in the period." },
		active_days: { type: "integer", unit: "d", brief: "Days with activity in the period." },
	},
	sql: (blocks) => sql`SELECT person, ${isoTime(sql`last_time`)} AS last_active,
  toInt64(dateDiff('second', last_time, ${periodEnd}) DIV 86400) AS silent_days, ${isoTime(sql`first_time`)} AS first_active, active_days
FROM (
  SELECT person, max(time) AS last_time, min(time) AS first_time, uniqExact(${dayOf(sql`time`)}) AS active_days
  FROM ${activity(blocks)}
  GROUP BY person
)
WHERE last_time <= ${periodEnd} - toIntervalHour(24 * ${parameter("days", "UInt32")})
ORDER BY last_time, person`,
});
