/**
 * The eight metrics: monotonic sums, delta by default, every value a double on the wire. Source:
 * https://code.claude.com/docs/en/monitoring-usage#metrics
 */
import { defineMetric, type MetricDefinition, use } from "../define.ts";
import { agentName, marketplaceName, mcpServerName, mcpToolName, pluginName, skillName } from "./attributes/extensions.ts";
import { startType, type } from "./attributes/records.ts";
import { effort, model, querySource, speed } from "./attributes/requests.ts";
import { decision, language, source, toolName } from "./attributes/tools.ts";

/** Attributes of a request's cost and tokens; the same on the events of requests. */
export const attribution = Object.freeze([
	use(agentName),
	use(skillName),
	use(pluginName),
	use(marketplaceName),
	use(mcpServerName),
	use(mcpToolName),
]);

const spending = [
	use(model),
	use(querySource, { values: ["main", "subagent", "auxiliary"] }),
	use(speed, { values: ["fast"], note: "Absent at normal speed." }),
	use(effort),
	...attribution,
];

export const sessionCount = defineMetric({
	name: "claude_code.session.count",
	instrument: "counter",
	unit: "",
	brief: "Sessions started. `/clear` begins a session that is not counted here.",
	attributes: [use(startType)],
});

export const linesOfCode = defineMetric({
	name: "claude_code.lines_of_code.count",
	instrument: "counter",
	unit: "",
	brief: "Lines that the edit tools added or removed.",
	attributes: [use(type, { values: ["added", "removed"] }), use(model, { since: "2.1.172" })],
});

export const pullRequestCount = defineMetric({
	name: "claude_code.pull_request.count",
	instrument: "counter",
	unit: "",
	brief: "Pull and merge requests opened, recognized by the shell command or the MCP tool that opens one.",
	attributes: [],
});

export const commitCount = defineMetric({
	name: "claude_code.commit.count",
	instrument: "counter",
	unit: "",
	brief: "Shell calls that committed to git, recognized by the command's text. Several commits in one call count once.",
	attributes: [],
});

export const costUsage = defineMetric({
	name: "claude_code.cost.usage",
	instrument: "counter",
	unit: "USD",
	brief: "What the requests cost by the client's own estimate, at list prices.",
	attributes: spending,
});

export const tokenUsage = defineMetric({
	name: "claude_code.token.usage",
	instrument: "counter",
	unit: "tokens",
	brief: "Tokens used, counted once per request and kind. `input` leaves out what the cache took.",
	attributes: [use(type, { values: ["input", "output", "cacheRead", "cacheCreation"] }), ...spending],
});

export const codeEditToolDecision = defineMetric({
	name: "claude_code.code_edit_tool.decision",
	instrument: "counter",
	unit: "",
	brief: "Proposed edits that were accepted or rejected.",
	attributes: [
		use(toolName, { values: ["Edit", "Write", "NotebookEdit", "MultiEdit"], note: "MultiEdit is gone since October 2025." }),
		use(decision),
		use(source),
		use(language),
	],
});

export const activeTime = defineMetric({
	name: "claude_code.active_time.total",
	instrument: "counter",
	unit: "s",
	since: "1.0.39",
	brief: "Time of activity: the person at the keyboard, or the model and its tools.",
	attributes: [use(type, { values: ["user", "cli"], note: "With `-p` there is only `cli`." })],
});

export const metrics: readonly MetricDefinition[] = Object.freeze([
	sessionCount,
	linesOfCode,
	pullRequestCount,
	commitCount,
	costUsage,
	tokenUsage,
	codeEditToolDecision,
	activeTime,
]);
