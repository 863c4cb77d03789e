import { personOf } from "../../schema/people-tables.ts";
import { periodBegin } from "../../semantic/dataset.ts";
import { defineQuery } from "../../semantic/named-query.ts";
import { activeNames, dayOf, isoDate, periodEndInclusive } from "../../semantic/sql-fragments.ts";
import { join, type Sql, sql } from "../../sql.ts";

/** A month of sliding windows, in days. */
const monthDays = 30;
const weekDays = 7;

export const activePeople = defineQuery({
	name: "active_people",
	question: "How many people are active a day, a week and a month, and how often do they come back?",
	notes: [
		"Weeks and months are the 7 and 30 days that end with the day; the days before the period are looked at for them, and its first day counts whole.",
	],
	lookback: monthDays + 1,
	columns: {
		day: { type: "date", brief: "The day, in the time zone asked for." },
		dau: { type: "integer", brief: "Distinct people active that day." },
		wau: { type: "integer", brief: "Distinct people active in the 7 days that end with it." },
		mau: { type: "integer", brief: "Distinct people active in the 30 days that end with it." },
		stickiness: { type: "number", unit: "1", brief: "Of the people of the month, the share active that day." },
	},
	sql: (blocks) => {
		// A day counts for a window of days that begins with it, as far as the day before, `gap` days ago, did not count already.
		const begins = (window: number): Sql => sql`active + greatest(0, ${window} - gap)`;
		const changes = [
			sql`(active, people, 0, 0)`,
			sql`(${begins(weekDays)}, 0, people, 0)`,
			sql`(active + ${weekDays}, 0, -people, 0)`,
			sql`(${begins(monthDays)}, 0, 0, people)`,
			sql`(active + ${monthDays}, 0, 0, -people)`,
		];
		const number = (day: Sql): Sql => sql`toInt64(${day})`;
		const [first, last] = [number(dayOf(periodBegin)), number(dayOf(periodEndInclusive))];
		return sql`WITH
  names AS (SELECT person_as_reported, groupUniqArray(${number(dayOf(sql`time`))}) AS own FROM ${blocks.withEarlier(activeNames)} GROUP BY person_as_reported),
  days AS (
    SELECT arrayJoin(arrayZip(arraySort(groupUniqArrayArray(own)) AS sorted, arrayDifference(sorted))) AS each
    FROM names GROUP BY ${personOf(sql`person_as_reported`)}
  ),
  changes AS (
    SELECT each.1 AS active, if(each.2 = 0, ${monthDays}, each.2) AS gap, toInt64(count()) AS people, arrayJoin([${join(changes)}]) AS change
    FROM days GROUP BY active, gap
  ),
  counted AS (
    SELECT change.1 AS at, sum(change.2) AS today, sum(sum(change.3)) OVER (ORDER BY at) AS week, sum(sum(change.4)) OVER (ORDER BY at) AS month
    FROM changes GROUP BY at
    ORDER BY at WITH FILL TO ${last} + 1 INTERPOLATE (week, month)
  )
SELECT ${isoDate(sql`toDate(at)`)} AS day, toUInt64(today) AS dau, toUInt64(week) AS wau, toUInt64(month) AS mau, today / month AS stickiness
FROM counted
WHERE at >= ${first} AND at <= ${last} AND month > 0
ORDER BY at`;
	},
});
