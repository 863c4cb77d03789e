/** Attributes that only spans and their events carry. */
import { defineAttribute } from "../../define.ts";

export const spanType = defineAttribute({
	key: "span.type",
	type: "string",
	privacy: "plain",
	column: "low",
	values: ["interaction", "llm_request", "tool", "tool.blocked_on_user", "tool.execution", "hook"],
	brief: "The span's name without the prefix `claude_code.`.",
});
export const genAiProviderName = defineAttribute({
	key: "gen_ai.provider.name",
	type: "string",
	privacy: "plain",
	values: ["anthropic"],
	brief: "OpenTelemetry's name for the maker of the model.",
});
export const genAiSystem = defineAttribute({
	key: "gen_ai.system",
	type: "string",
	privacy: "plain",
	values: ["anthropic"],
	brief: "The older name of `gen_ai.provider.name`.",
});
export const genAiOperationName = defineAttribute({
	key: "gen_ai.operation.name",
	type: "string",
	privacy: "plain",
	values: ["invoke_agent", "execute_tool"],
	brief: "OpenTelemetry's name for what is done.",
});
export const genAiConversationId = defineAttribute({
	key: "gen_ai.conversation.id",
	type: "string",
	privacy: "plain",
	brief: "OpenTelemetry's name for the session, or for the subagent inside it.",
});
export const genAiRequestModel = defineAttribute({
	key: "gen_ai.request.model",
	type: "string",
	privacy: "plain",
	brief: "The model that was asked for.",
});
export const genAiResponseId = defineAttribute({
	key: "gen_ai.response.id",
	type: "string",
	privacy: "plain",
	brief: "The id that the API gave its answer.",
});
export const genAiFinishReasons = defineAttribute({
	key: "gen_ai.response.finish_reasons",
	type: "array",
	privacy: "plain",
	since: "2.1.121",
	values: ["end_turn", "tool_use", "max_tokens", "refusal"],
	brief: "Why the model stopped, as OpenTelemetry writes it.",
});
export const genAiToolName = defineAttribute({
	key: "gen_ai.tool.name",
	type: "string",
	privacy: "plain",
	brief: "The tool, as OpenTelemetry writes it: MCP tools by their own name.",
});
export const genAiToolCallId = defineAttribute({
	key: "gen_ai.tool.call.id",
	type: "string",
	privacy: "plain",
	brief: "The tool call, as OpenTelemetry writes it.",
});
export const anthropicMcpServerName = defineAttribute({
	key: "anthropic.mcp.server.name",
	type: "string",
	privacy: "plain",
	brief: "The MCP server of the tool.",
});
export const userPrompt = defineAttribute({
	key: "user_prompt",
	redactedAs: "<REDACTED>",
	type: "string",
	privacy: "content",
	control: "OTEL_LOG_USER_PROMPTS",
	brief: "The prompt that the interaction answers; `<REDACTED>` unless prompts are logged.",
});
export const userPromptLength = defineAttribute({
	key: "user_prompt_length",
	type: "int",
	unit: "{char}",
	privacy: "plain",
	brief: "The prompt's length in characters.",
});
export const interactionSequence = defineAttribute({
	key: "interaction.sequence",
	type: "int",
	privacy: "plain",
	brief: "A counter of the process, from 1.",
});
export const interactionDurationMs = defineAttribute({
	key: "interaction.duration_ms",
	type: "int",
	unit: "ms",
	privacy: "plain",
	brief: "How long the interaction took.",
});
export const parentSource = defineAttribute({
	key: "parent.source",
	type: "string",
	privacy: "plain",
	since: "2.1.268",
	values: ["env", "none"],
	brief: "Whether the trace continues one that TRACEPARENT named.",
});
export const queuedSends = defineAttribute({
	key: "queued_sends",
	type: "int",
	privacy: "plain",
	brief: "How many prompts had been waiting. Not documented, seen on the wire.",
});
export const llmRequestContext = defineAttribute({
	key: "llm_request.context",
	type: "string",
	privacy: "plain",
	values: ["interaction", "tool", "standalone"],
	brief: "Where the request was made.",
});
export const responseHasToolCall = defineAttribute({
	key: "response.has_tool_call",
	type: "boolean",
	privacy: "plain",
	brief: "The answer calls a tool.",
});
export const bashCommandClass = defineAttribute({
	key: "bash_command_class",
	type: "string",
	privacy: "plain",
	since: "2.1.268",
	values: ["shell_builtin", "file_search", "vcs", "github_cli"],
	brief: "The kind of shell command, from a closed list.",
});
export const bashArgv0 = defineAttribute({
	key: "bash_argv0",
	type: "string",
	privacy: "plain",
	since: "2.1.268",
	brief: "The program that the shell command runs, from a closed list.",
});
export const filePath = defineAttribute({
	key: "file_path",
	type: "string",
	privacy: "content",
	control: "OTEL_LOG_TOOL_DETAILS",
	brief: "The file that the tool worked on.",
});
export const fullCommand = defineAttribute({
	key: "full_command",
	type: "string",
	privacy: "content",
	control: "OTEL_LOG_TOOL_DETAILS",
	brief: "The whole shell command.",
});
export const spanSkillName = defineAttribute({
	key: "skill_name",
	type: "string",
	privacy: "plain",
	control: "OTEL_LOG_TOOL_DETAILS",
	brief: "The skill that the tool call runs.",
});
export const subagentType = defineAttribute({
	key: "subagent_type",
	type: "string",
	privacy: "plain",
	control: "OTEL_LOG_TOOL_DETAILS",
	brief: "The kind of subagent that the tool call starts.",
});
export const newContext = defineAttribute({
	key: "new_context",
	type: "string",
	privacy: "content",
	control: "ENABLE_BETA_TRACING_DETAILED",
	brief: "What was new in the context: a prompt or a tool's result.",
});
export const systemReminders = defineAttribute({
	key: "system_reminders",
	type: "string",
	privacy: "content",
	control: "ENABLE_BETA_TRACING_DETAILED",
	brief: "The reminders that Claude Code put into the context.",
});
export const systemPromptPreview = defineAttribute({
	key: "system_prompt_preview",
	type: "string",
	privacy: "content",
	control: "ENABLE_BETA_TRACING_DETAILED",
	brief: "The beginning of the system prompt.",
});
export const userSystemPrompt = defineAttribute({
	key: "user_system_prompt",
	since: "2.1.121",
	type: "string",
	privacy: "content",
	control: "ENABLE_BETA_TRACING_DETAILED",
	brief: "What people added to the system prompt.",
});
export const responseModelOutput = defineAttribute({
	key: "response.model_output",
	type: "string",
	privacy: "content",
	control: "ENABLE_BETA_TRACING_DETAILED",
	brief: "The text of the model's answer.",
});
export const content = defineAttribute({
	key: "content",
	type: "string",
	privacy: "content",
	control: "OTEL_LOG_TOOL_CONTENT",
	brief: "The content that the tool read or wrote.",
});
export const output = defineAttribute({
	key: "output",
	type: "string",
	privacy: "content",
	control: "OTEL_LOG_TOOL_CONTENT",
	brief: "What the tool printed.",
});
export const diff = defineAttribute({
	key: "diff",
	type: "string",
	privacy: "content",
	control: "OTEL_LOG_TOOL_CONTENT",
	brief: "The change that the tool made.",
});
export const bashCommand = defineAttribute({
	key: "bash_command",
	type: "string",
	privacy: "content",
	control: "OTEL_LOG_TOOL_CONTENT",
	brief: "The shell command that the output belongs to.",
});
