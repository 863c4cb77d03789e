import { activity, dayOf, isoDate, lastMoment, periodBegin, ratio } from "../activity.ts";
import { defineQuery } from "../question.ts";

/** A month of sliding windows, in days. */
const monthDays = 30;

export const activePeople = defineQuery({
	name: "active_people",
	question: "How many people are active a day, a week and a month, and how often do they come back?",
	notes: ["Weeks and months are the 7 and 30 days that end with the day; the days before the period are looked at for them."],
	lookBack: monthDays + 1,
	columns: {
		day: { type: "date", brief: "The day, in the time zone asked for." },
		dau: { type: "integer", brief: "Distinct people active that day." },
		wau: { type: "integer", brief: "Distinct people active in the 7 days that end with it." },
		mau: { type: "integer", brief: "Distinct people active in the 30 days that end with it." },
		stickiness: { type: "number", unit: "1", brief: "Of the people of the month, the share active that day." },
	},
	sql: (blocks) => {
		const people = (isNow: boolean) =>
			`SELECT ${dayOf("time")} AS active, cityHash64(person) AS who, ${isNow} AS is_now FROM ${activity(blocks)} GROUP BY active, who`;
		return `SELECT ${isoDate("window_day")} AS day, dau, wau, mau, ifNull(${ratio("dau", "mau")}, 0) AS stickiness
FROM (
  SELECT active + ago AS window_day, uniqExactIf(who, is_now AND ago = 0) AS dau, uniqExactIf(who, ago < 7) AS wau, uniqExact(who) AS mau
  FROM (${people(true)} UNION ALL ${blocks.earlier(people(false))}) ARRAY JOIN range(${monthDays}) AS ago
  WHERE window_day >= ${dayOf(periodBegin)} AND window_day <= ${dayOf(lastMoment)}
  GROUP BY window_day
)
ORDER BY window_day`;
	},
});
