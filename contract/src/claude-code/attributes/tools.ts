/** Tools: their calls, permissions and results. */
import { defineAttribute } from "../../define.ts";

export const toolName = defineAttribute({
	key: "tool_name",
	type: "string",
	privacy: "plain",
	column: "low",
	values: ["Bash", "Read", "Edit", "Write", "NotebookEdit", "Agent", "Skill", "ToolSearch", "mcp_tool"],
	brief: "The tool. Tools of people's own MCP servers are `mcp_tool` on events since 2.1.2.",
});
export const toolNameSafe = defineAttribute({
	key: "tool_name_safe",
	type: "string",
	privacy: "plain",
	since: "2.1.268",
	brief: "The tool with people's own names left out: MCP tools are `mcp_other`.",
});
export const toolUseId = defineAttribute({
	key: "tool_use_id",
	type: "string",
	privacy: "plain",
	column: "high",
	since: "2.1.119",
	brief: "The tool call: what joins a decision to its result and to its span.",
});
export const useId = defineAttribute({
	key: "use_id",
	type: "string",
	privacy: "plain",
	brief: "The tool call, on failing ones, before `tool_use_id` came.",
});
export const toolSource = defineAttribute({
	key: "tool_source",
	type: "string",
	privacy: "plain",
	column: "low",
	since: "2.1.214",
	values: ["builtin", "mcp", "sdk_host_builtin_mcp"],
	brief: "Where the tool comes from.",
});
export const toolParameters = defineAttribute({
	key: "tool_parameters",
	type: "string",
	privacy: "content",
	control: "OTEL_LOG_TOOL_DETAILS",
	brief:
		"What the tool was called with, as JSON text chosen per tool: the full shell command, the MCP server and tool, the skill, the subagent.",
});
export const toolInput = defineAttribute({
	key: "tool_input",
	type: "string",
	privacy: "content",
	control: "OTEL_LOG_TOOL_DETAILS",
	brief: "The tool's whole input as JSON text; long values are cut.",
});
export const toolInputSizeBytes = defineAttribute({
	key: "tool_input_size_bytes",
	since: "2.1.119",
	type: "int",
	unit: "By",
	privacy: "plain",
	column: "high",
	brief: "The size of the tool's input as JSON.",
});
export const toolResultSizeBytes = defineAttribute({
	key: "tool_result_size_bytes",
	type: "int",
	unit: "By",
	privacy: "plain",
	column: "high",
	brief: "The size of what the tool returned.",
});
export const resultTokens = defineAttribute({
	key: "result_tokens",
	type: "int",
	unit: "{token}",
	privacy: "plain",
	brief: "How many tokens the tool's result takes.",
});
export const mcpServerScope = defineAttribute({
	key: "mcp_server_scope",
	type: "string",
	privacy: "plain",
	values: ["user", "project", "local", "dynamic", "claudeai"],
	brief: "Where the MCP server of the tool is configured.",
});
export const decision = defineAttribute({
	key: "decision",
	type: "string",
	privacy: "plain",
	column: "low",
	values: ["accept", "reject"],
	brief: "Whether the tool was allowed to run.",
});
export const source = defineAttribute({
	key: "source",
	type: "string",
	privacy: "plain",
	column: "low",
	values: ["config", "hook", "user_permanent", "user_temporary", "user_abort", "user_reject"],
	brief:
		"Who decided: a rule, mode or inherently safe call (`config`), a hook, or the person: for good, for now, by interrupting, by refusing.",
});
export const decisionType = defineAttribute({
	key: "decision_type",
	type: "string",
	privacy: "plain",
	column: "low",
	values: ["accept"],
	brief: "The decision on a tool that ran, hence always `accept`.",
});
export const decisionSource = defineAttribute({
	key: "decision_source",
	type: "string",
	privacy: "plain",
	column: "low",
	values: ["config", "hook", "user_permanent", "user_temporary"],
	brief: "Who allowed the tool that ran.",
});
export const permissionMode = defineAttribute({
	key: "permission_mode",
	type: "string",
	privacy: "plain",
	column: "low",
	values: ["default", "plan", "acceptEdits", "auto", "bypassPermissions"],
	brief: "The permission mode in which the decision fell. Not documented, seen on the wire.",
});
export const fromMode = defineAttribute({
	key: "from_mode",
	type: "string",
	privacy: "plain",
	values: ["default", "plan", "acceptEdits", "auto", "bypassPermissions"],
	brief: "The permission mode before.",
});
export const toMode = defineAttribute({
	key: "to_mode",
	type: "string",
	privacy: "plain",
	values: ["default", "plan", "acceptEdits", "auto", "bypassPermissions"],
	brief: "The permission mode after.",
});
export const language = defineAttribute({
	key: "language",
	type: "string",
	privacy: "plain",
	column: "low",
	values: ["TypeScript", "JavaScript", "Python", "Go", "Rust", "Markdown", "JSON", "YAML", "Bash", "unknown"],
	brief: "The language of the edited file. A value may hold a comma: `HTML, XML`.",
});
export const headRevision = defineAttribute({
	key: "vcs.ref.head.revision",
	type: "string",
	privacy: "plain",
	since: "2.1.269",
	control: "OTEL_LOG_TOOL_DETAILS",
	brief: "The commit that a successful `git commit` made.",
});
export const headName = defineAttribute({
	key: "vcs.ref.head.name",
	type: "string",
	privacy: "content",
	since: "2.1.269",
	control: "OTEL_LOG_TOOL_DETAILS",
	brief: "The branch that the commit went to.",
});
export const headType = defineAttribute({
	key: "vcs.ref.head.type",
	type: "string",
	privacy: "plain",
	since: "2.1.269",
	control: "OTEL_LOG_TOOL_DETAILS",
	values: ["branch", "tag"],
	brief: "What the name above is.",
});
export const agentType = defineAttribute({
	key: "agent_type",
	type: "string",
	privacy: "plain",
	brief: "The kind of subagent that finished; people's own kinds are redacted unless tool details are on.",
});
export const agentSource = defineAttribute({
	key: "agent.source",
	type: "string",
	privacy: "plain",
	values: ["built-in"],
	brief: "Where the kind of subagent comes from.",
});
export const isBuiltIn = defineAttribute({
	key: "is_built_in",
	type: "boolean",
	privacy: "plain",
	brief: "The kind of subagent comes with Claude Code.",
});
export const isAsync = defineAttribute({
	key: "is_async",
	type: "boolean",
	privacy: "plain",
	brief: "The subagent ran in the background.",
});
export const totalTokens = defineAttribute({
	key: "total_tokens",
	type: "int",
	unit: "{token}",
	privacy: "plain",
	brief: "The tokens of the subagent's last request only, not of its whole run.",
});
export const totalToolUses = defineAttribute({
	key: "total_tool_uses",
	type: "int",
	privacy: "plain",
	brief: "How many tools the subagent called.",
});
export const finalModel = defineAttribute({
	key: "final_model",
	type: "string",
	privacy: "plain",
	brief: "The model that the subagent ended with.",
});
export const modelSwapped = defineAttribute({
	key: "model_swapped",
	type: "boolean",
	privacy: "plain",
	since: "2.1.212",
	brief: "The subagent ended with another model than it began with.",
});
