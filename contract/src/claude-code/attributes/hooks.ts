/** Hooks: programs and prompts that people hang into Claude Code's events. */
import { defineAttribute } from "../../define.ts";

export const hookEvent = defineAttribute({
	key: "hook_event",
	type: "string",
	privacy: "plain",
	column: "low",
	values: [
		"SessionStart",
		"SessionEnd",
		"UserPromptSubmit",
		"PreToolUse",
		"PostToolUse",
		"Notification",
		"Stop",
		"SubagentStop",
		"PreCompact",
	],
	brief: "The event that the hooks hang on.",
});
export const hookName = defineAttribute({
	key: "hook_name",
	type: "string",
	privacy: "plain",
	brief: "The event and what it matched: `PreToolUse:Bash`.",
});
export const hookType = defineAttribute({
	key: "hook_type",
	type: "string",
	privacy: "plain",
	values: ["command", "prompt", "mcp_tool", "http", "agent"],
	brief: "What the hook runs.",
});
export const hookSource = defineAttribute({
	key: "hook_source",
	type: "string",
	privacy: "plain",
	values: ["userSettings", "projectSettings", "localSettings", "flagSettings", "policySettings", "pluginHook", "merged"],
	brief: "Which settings the hooks come from.",
});
export const hookMatcher = defineAttribute({
	key: "hook_matcher",
	type: "string",
	privacy: "content",
	control: "OTEL_LOG_TOOL_DETAILS",
	brief: "The pattern that the hook waits for.",
});
export const hookDefinitions = defineAttribute({
	key: "hook_definitions",
	type: "string",
	privacy: "content",
	control: "OTEL_LOG_TOOL_DETAILS",
	brief: "The hooks as configured, as JSON text. Needs detailed tracing as well.",
});
export const managedOnly = defineAttribute({
	key: "managed_only",
	type: "boolean",
	privacy: "plain",
	brief: "Only hooks from managed settings may run.",
});
export const numHooks = defineAttribute({
	key: "num_hooks",
	type: "int",
	privacy: "plain",
	brief: "How many hooks matched.",
});
export const numSuccess = defineAttribute({
	key: "num_success",
	type: "int",
	privacy: "plain",
	brief: "How many hooks ran well.",
});
export const numBlocking = defineAttribute({
	key: "num_blocking",
	type: "int",
	privacy: "plain",
	brief: "How many hooks forbade what was about to happen.",
});
export const numNonBlockingError = defineAttribute({
	key: "num_non_blocking_error",
	type: "int",
	privacy: "plain",
	brief: "How many hooks failed without consequences.",
});
export const numCancelled = defineAttribute({
	key: "num_cancelled",
	type: "int",
	privacy: "plain",
	brief: "How many hooks were cancelled.",
});
export const totalDurationMs = defineAttribute({
	key: "total_duration_ms",
	type: "int",
	unit: "ms",
	privacy: "plain",
	brief: "How long all matching hooks took.",
});
export const stdoutChars = defineAttribute({
	key: "stdout_chars",
	type: "int",
	unit: "{char}",
	privacy: "plain",
	since: "2.1.280",
	brief: "How much the hooks printed.",
});
export const additionalContextChars = defineAttribute({
	key: "additional_context_chars",
	type: "int",
	unit: "{char}",
	privacy: "plain",
	since: "2.1.280",
	brief: "How much context the hooks added for the model.",
});
export const systemMessageChars = defineAttribute({
	key: "system_message_chars",
	type: "int",
	unit: "{char}",
	privacy: "plain",
	since: "2.1.280",
	brief: "How many messages the hooks showed to the person.",
});
export const initialUserMessageChars = defineAttribute({
	key: "initial_user_message_chars",
	type: "int",
	unit: "{char}",
	privacy: "plain",
	since: "2.1.280",
	brief: "How long a first message the hooks supplied.",
});
export const numOutputsPersisted = defineAttribute({
	key: "num_outputs_persisted",
	type: "int",
	privacy: "plain",
	since: "2.1.280",
	brief: "How many outputs were too long and went to a file instead.",
});
