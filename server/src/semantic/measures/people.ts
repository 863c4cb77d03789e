import { columns, sql } from "../../sql.ts";
import { counter, type Measure, recordsOf } from "../measure.ts";

const { person_key, is_active } = columns("person_key", "is_active");

export const peopleMeasures: readonly Measure[] = [
	{
		name: "active_users",
		label: "people",
		brief: "Distinct people with a prompt, an API request, a tool call or time that was added to their active time.",
		unit: "",
		source: "everything",
		dimensions: ["model"],
		sql: sql`uniqExactIf(${person_key}, ${is_active} AND ${person_key} != cityHash64(''))`,
	},
	{
		...counter("active_seconds", "Time in which the user typed or the agent worked.", "claude_code.active_time.total", "s"),
		label: "active time",
	},
	{
		name: "prompts",
		brief: "Prompts, also those that the agent gave itself.",
		unit: "",
		source: "events",
		reads: ["user_prompt"],
		sql: recordsOf("user_prompt"),
	},
];
