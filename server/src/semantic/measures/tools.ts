import { columns, literal, type Sql, sql } from "../../sql.ts";
import { type Aggregate, isEvent, type Measure, percentile, recordsOf, type Unit } from "../measure.ts";

const { success, duration_total_ms, decision: decided } = columns("success", "duration_total_ms", "decision");

const tool = (name: string, brief: string, unit: Unit, own: Sql): Aggregate & Measure => ({
	name,
	brief,
	unit,
	source: "events",
	reads: ["tool_result"],
	sql: own,
});
const decision = (name: string, brief: string, value: "accept" | "reject"): Measure => ({
	name,
	brief,
	unit: "",
	source: "events",
	reads: ["tool_decision"],
	sql: recordsOf("tool_decision", sql` AND ${decided} = ${literal(value)}`),
});

export const toolMeasures: readonly Measure[] = [
	tool("tool_calls", "Tools that ran to an end.", "", recordsOf("tool_result")),
	{
		...tool("tool_failures", "Tools that failed.", "", recordsOf("tool_result", sql` AND ${success} = false`)),
		better: "less",
	},
	{
		...tool(
			"tool_success_ratio",
			"Share of tool calls that succeeded.",
			"1",
			sql`${recordsOf("tool_result", sql` AND ${success} = true`)} / nullIf(${recordsOf("tool_result")}, 0)`,
		),
		label: "tool calls that succeed",
		better: "more",
	},
	{
		...tool(
			"tool_duration_avg_ms",
			"Mean duration of tool calls.",
			"ms",
			sql`sumIf(${duration_total_ms}, ${isEvent("tool_result")}) / nullIf(${recordsOf("tool_result")}, 0)`,
		),
		label: "mean duration",
	},
	{
		...tool(
			"tool_duration_p95_ms",
			"95th percentile of the duration of tool calls.",
			"ms",
			percentile(0.95, "tool_durations_ms"),
		),
		label: "p95 duration",
	},
	decision("tool_accepts", "Tool uses that were allowed.", "accept"),
	decision("tool_rejects", "Tool uses that were refused.", "reject"),
];
