/** A record's name, its time, and the prompt, agent or workflow it belongs to. */
import { defineAttribute } from "../../define.ts";

export const eventName = defineAttribute({
	key: "event.name",
	type: "string",
	privacy: "plain",
	column: "low",
	brief:
		"The event's name without prefix. The record's body has it with the prefix `claude_code.`; OTLP's own `eventName` is not set.",
});
export const eventTimestamp = defineAttribute({
	key: "event.timestamp",
	type: "string",
	privacy: "plain",
	column: "high",
	brief: "When it happened: ISO 8601, UTC, milliseconds.",
});
export const eventSequence = defineAttribute({
	key: "event.sequence",
	type: "int",
	privacy: "plain",
	column: "high",
	brief:
		"A counter of the process, from 0. It runs on over `/clear` and begins again when a session is resumed: a gap within one process is a lost event.",
});
export const promptId = defineAttribute({
	key: "prompt.id",
	type: "string",
	privacy: "plain",
	column: "high",
	brief:
		"The prompt being worked on: what joins requests, tool calls and decisions to it. Not on start-up events, never on metrics.",
});
export const messageUuid = defineAttribute({
	key: "message.uuid",
	type: "string",
	privacy: "plain",
	column: "high",
	since: "2.1.214",
	brief: "The message in the session's transcript.",
});
export const messageId = defineAttribute({
	key: "message.id",
	type: "string",
	privacy: "plain",
	since: "2.1.274",
	brief: "The id that the API gave its answer (`msg_…`).",
});
export const agentId = defineAttribute({
	key: "agent_id",
	type: "string",
	privacy: "plain",
	column: "high",
	brief: "The subagent at work. Absent in the main conversation.",
});
export const parentAgentId = defineAttribute({
	key: "parent_agent_id",
	type: "string",
	privacy: "plain",
	since: "2.1.139",
	brief: "The subagent that started this one. Absent when the main conversation did.",
});
export const workflowRunId = defineAttribute({
	key: "workflow.run_id",
	type: "string",
	privacy: "plain",
	since: "2.1.202",
	brief: "The run of a workflow that this belongs to (`wf_…`).",
});
export const workflowName = defineAttribute({
	key: "workflow.name",
	type: "string",
	privacy: "plain",
	since: "2.1.202",
	control: "OTEL_LOG_TOOL_DETAILS",
	brief: "The workflow's name; `custom` for people's own unless tool details are on.",
});
export const workspaceHostPaths = defineAttribute({
	key: "workspace.host_paths",
	type: "array",
	privacy: "content",
	brief: "The folders on the host that the desktop app's workspace shows.",
});
export const type = defineAttribute({
	key: "type",
	type: "string",
	privacy: "plain",
	column: "low",
	values: ["input", "output", "cacheRead", "cacheCreation", "added", "removed", "user", "cli"],
	brief: "What the counted thing is: a kind of token, lines added or removed, a person's or the program's time.",
});
export const startType = defineAttribute({
	key: "start_type",
	type: "string",
	privacy: "plain",
	column: "low",
	values: ["fresh", "resume", "continue", "agents_view"],
	brief: "How the session began. `agents_view` is the dashboard of agents, not a session of work.",
});
export const success = defineAttribute({
	key: "success",
	type: "boolean",
	privacy: "plain",
	column: "low",
	brief: "Whether it worked.",
});
export const durationMs = defineAttribute({
	key: "duration_ms",
	type: "int",
	unit: "ms",
	privacy: "plain",
	column: "high",
	brief: "How long it took.",
});
export const error = defineAttribute({
	key: "error",
	type: "string",
	privacy: "content",
	column: "high",
	brief: "What went wrong, as reported by the API, the tool or the server. A tool's full message needs OTEL_LOG_TOOL_DETAILS.",
});
export const errorType = defineAttribute({
	key: "error_type",
	type: "string",
	privacy: "plain",
	column: "low",
	values: ["ShellError", "McpToolCallError", "Error:ENOENT"],
	brief: "The kind of a tool's failure, without its message.",
});
export const otelErrorType = defineAttribute({
	key: "error.type",
	type: "string",
	privacy: "plain",
	values: [
		"tool_error",
		"helper_failed",
		"policy_invalid",
		"provider_not_allowed",
		"consent_rejected",
		"force_refresh_failed",
		"gateway_rejected",
		"version_below_minimum",
		"_OTHER",
	],
	brief: "OpenTelemetry's error class: why a policy was refused, or that a tool failed.",
});
export const errorClass = defineAttribute({
	key: "error_class",
	type: "string",
	privacy: "plain",
	since: "2.1.268",
	values: ["ShellError", "McpToolCallError"],
	brief: "The class of a span's error, from a closed list.",
});
export const errorCode = defineAttribute({
	key: "error_code",
	type: "string",
	privacy: "plain",
	brief: "The code of the error, such as `ECONNREFUSED`.",
});
export const errorName = defineAttribute({
	key: "error_name",
	type: "string",
	privacy: "plain",
	brief: "The class name of an error that Claude Code did not expect.",
});
export const errorCategory = defineAttribute({
	key: "error_category",
	type: "string",
	privacy: "plain",
	brief: "Why signing in or out failed.",
});
export const trigger = defineAttribute({
	key: "trigger",
	type: "string",
	privacy: "plain",
	column: "low",
	values: ["auto", "manual", "shift_tab", "exit_plan_mode", "auto_gate_denied", "auto_opt_in"],
	brief: "What set it off: of a compaction, the full context or the person; of a mode change, the key, the tool or the gate.",
});
export const safeMode = defineAttribute({
	key: "safe_mode",
	type: "boolean",
	privacy: "plain",
	brief: "Claude Code ran in safe mode, which leaves extensions out.",
});
