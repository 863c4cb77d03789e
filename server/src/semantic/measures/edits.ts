import { columns, literal, literals, sql } from "../../sql.ts";
import { isMetric, type Measure, recordsOf, shareOf, sumOfParts } from "../measure.ts";

const editTools = literals(["Edit", "Write", "NotebookEdit", "MultiEdit"]);
const metric = "claude_code.code_edit_tool.decision";
const { increment, decision, tool_name } = columns("increment", "decision", "tool_name");

/** Decisions of editing tools, else those of the counter of edit decisions, which alone has the language. */
const edits = (name: string, brief: string, value: "accept" | "reject"): Measure[] => {
	const isDecided = sql` AND ${decision} = ${literal(value)}`;
	const counted = {
		reads: [metric],
		// Counters are of no event: their part of the sum has an empty name.
		dimensions: ["event"],
		sql: sql`round(sumIf(${increment}, ${isMetric(metric)}${isDecided}))`,
	};
	return [
		{ name, brief, unit: "", ...sumOfParts(name, "events", "counters") },
		{
			name: `${name}_of_events`,
			brief: `${brief} As events report it.`,
			unit: "",
			hidden: true,
			source: "events",
			reads: ["tool_decision"],
			// Events have no language: their part of the sum has an empty name.
			dimensions: ["language"],
			sql: recordsOf("tool_decision", sql`${isDecided} AND ${tool_name} IN (${editTools})`),
		},
		{
			name: `${name}_of_counters`,
			brief: `${brief} As the counter reports it where there are no events.`,
			unit: "",
			hidden: true,
			source: "increments_without_decisions",
			...counted,
			variant: { dimension: "language", source: "increments_by_language", ...counted },
		},
	];
};

export const editMeasures: readonly Measure[] = [
	...edits("edit_accepts", "Edits that were accepted.", "accept"),
	...edits("edit_rejects", "Edits that were refused.", "reject"),
	{
		name: "edit_accept_ratio",
		label: "accepted edits, share",
		brief: "Accepted edits of all decided edits.",
		unit: "1",
		better: "more",
		...shareOf("edit_accepts", "edit_rejects"),
	},
];
