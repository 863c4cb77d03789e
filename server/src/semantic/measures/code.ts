import { column, literal, sql } from "../../sql.ts";
import { counter, type Measure } from "../measure.ts";

const lines = (name: string, brief: string, type: string): Measure =>
	counter(name, brief, "claude_code.lines_of_code.count", "", sql` AND ${column("type")} = ${literal(type)}`);

export const codeMeasures: readonly Measure[] = [
	lines("lines_added", "Lines of code added.", "added"),
	lines("lines_removed", "Lines of code removed.", "removed"),
	counter("commits", "Commits made with the agent.", "claude_code.commit.count", ""),
	counter("pull_requests", "Pull requests made with the agent.", "claude_code.pull_request.count", ""),
];
