import { timeZone } from "../../semantic/dataset.ts";
import type { DatasetName } from "../../semantic/dimension.ts";
import { defineQuery, dimensionExpression } from "../../semantic/named-query.ts";
import { sql } from "../../sql.ts";

export const heatMap = defineQuery({
	name: "heat_map",
	question: "At which hours of which weekdays is the agent used?",
	notes: [
		"Hours are those of the clock in the time zone asked for: the hour that comes twice in autumn is one, the one left out in spring is empty.",
	],
	columns: {
		weekday: { type: "integer", brief: "1 is Monday, 7 is Sunday." },
		hour: { type: "integer", brief: "0 to 23." },
		prompts: { type: "integer", brief: "Prompts." },
		api_requests: { type: "integer", brief: "Successful API requests." },
		tool_calls: { type: "integer", brief: "Tools that ran to an end." },
		people: { type: "integer", brief: "Distinct people with any of these." },
	},
	sql: ({ sums }) => {
		const actions = (source: DatasetName, of?: readonly string[]) =>
			sql`SELECT time, event, records, ${dimensionExpression("person", source)} AS person FROM ${sums(source, ["event", "records", "person"], of)}`;
		return sql`SELECT toUInt64(toDayOfWeek(time, 0, ${timeZone})) AS weekday, toUInt64(toHour(toTimeZone(time, ${timeZone}))) AS hour,
  sumIf(records, event = 'user_prompt') AS prompts, sumIf(records, event = 'api_request') AS api_requests, sumIf(records, event = 'tool_result') AS tool_calls,
  uniqExactIf(person, person != '') AS people
FROM (${actions("events", ["user_prompt", "tool_result"])} UNION ALL ${actions("requests")})
GROUP BY weekday, hour
ORDER BY weekday, hour`;
	},
});
