/**
 * The spans of the tracing beta: one tree per prompt, `claude_code.interaction` at its root. All are of kind INTERNAL;
 * children arrive before their parents. Source: https://code.claude.com/docs/en/monitoring-usage#traces-beta
 */
import { defineSpan, type SpanDefinition, use } from "../define.ts";
import * as hooking from "./attributes/hooks.ts";
import * as record from "./attributes/records.ts";
import * as request from "./attributes/requests.ts";
import * as tooling from "./attributes/tools.ts";
import * as tracing from "./attributes/tracing.ts";

const toolDetails = "OTEL_LOG_TOOL_DETAILS";
const userPrompts = "OTEL_LOG_USER_PROMPTS";
const toolContent = "OTEL_LOG_TOOL_CONTENT";

const whoseWork = [use(record.agentId), use(record.parentAgentId), use(record.workflowRunId), use(record.workflowName)];

export const interaction = defineSpan({
	name: "claude_code.interaction",
	brief:
		"One turn, from the prompt to the end of the answer: the root, or the child of the caller whose TRACEPARENT was given. Work of a background agent may go on after its end.",
	attributes: [
		use(tracing.genAiOperationName, { values: ["invoke_agent"] }),
		use(tracing.userPrompt, { gate: userPrompts }),
		use(tracing.userPromptLength),
		use(tracing.interactionSequence),
		use(tracing.interactionDurationMs),
		use(tracing.parentSource),
		use(tracing.queuedSends),
		use(tracing.newContext, { gate: userPrompts }),
	],
});

export const llmRequest = defineSpan({
	name: "claude_code.llm_request",
	brief: "One request to the model with all its attempts.",
	attributes: [
		use(request.model),
		use(tracing.genAiSystem),
		use(tracing.genAiRequestModel),
		use(request.querySource, { gate: "ENABLE_BETA_TRACING_DETAILED" }),
		use(request.querySourceSafe),
		...whoseWork,
		use(request.speed),
		use(request.effort, { since: "2.1.274" }),
		use(tracing.llmRequestContext),
		use(record.durationMs),
		use(request.ttftMs),
		use(request.firstContentMs),
		use(request.inputTokens),
		use(request.outputTokens),
		use(request.cacheReadTokens),
		use(request.cacheCreationTokens),
		use(request.requestId),
		use(tracing.genAiResponseId),
		use(request.clientRequestId),
		use(request.attempt),
		use(record.success),
		use(request.statusCode),
		use(record.error),
		use(record.errorClass),
		use(tracing.responseHasToolCall),
		use(request.stopReason),
		use(tracing.genAiFinishReasons),
		use(tracing.newContext, { gate: userPrompts }),
		use(tracing.systemReminders, { gate: userPrompts }),
		use(tracing.systemPromptPreview, { gate: userPrompts }),
		use(tracing.userSystemPrompt, { gate: userPrompts }),
		use(tracing.responseModelOutput, { gate: userPrompts }),
	],
	events: [
		{
			name: "gen_ai.request.attempt",
			brief: "One attempt at the request.",
			attributes: [use(request.attempt), use(request.clientRequestId)],
		},
	],
});

export const tool = defineSpan({
	name: "claude_code.tool",
	brief: "One tool call: the wait for permission and the run. A subagent's spans lie inside the call that started it.",
	attributes: [
		use(tracing.genAiOperationName, { values: ["execute_tool"] }),
		use(tooling.toolName, { note: "MCP tools by their full name: `mcp__server__tool`." }),
		use(tooling.toolNameSafe),
		use(tracing.genAiToolName),
		use(tracing.anthropicMcpServerName),
		use(tracing.bashCommandClass),
		use(tracing.bashArgv0),
		use(record.durationMs),
		use(tooling.resultTokens),
		...whoseWork,
		use(tooling.toolUseId),
		use(tracing.genAiToolCallId),
		use(tracing.filePath, { gate: toolDetails }),
		use(tracing.fullCommand, { gate: toolDetails }),
		use(tracing.spanSkillName, { gate: toolDetails }),
		use(tracing.subagentType, { gate: toolDetails }),
		use(tooling.toolInput, { gate: toolDetails, note: "With detailed tracing only." }),
		use(tracing.newContext, { gate: toolContent }),
	],
	events: [
		{
			name: "tool.output",
			brief:
				"What went into the tool and came out. A value that was cut has its length in `<key>_original_length`, and `<key>_truncated` is true.",
			gate: toolContent,
			attributes: [use(tracing.content), use(tracing.output), use(tracing.diff), use(tracing.filePath), use(tracing.bashCommand)],
		},
	],
});

export const toolBlockedOnUser = defineSpan({
	name: "claude_code.tool.blocked_on_user",
	brief: "The wait for permission, however short.",
	attributes: [
		use(record.durationMs),
		use(tooling.decision, { values: ["accept", "reject", "unknown"] }),
		use(tooling.source, {
			values: ["config", "hook", "user_permanent", "user_temporary", "user_abort", "user_reject", "unknown"],
		}),
	],
});

export const toolExecution = defineSpan({
	name: "claude_code.tool.execution",
	brief: "The run itself. A refused call has none.",
	attributes: [
		use(record.durationMs),
		use(tooling.toolUseId),
		use(tracing.genAiToolCallId),
		use(record.success),
		use(record.error, { note: "A category; the full message needs OTEL_LOG_TOOL_DETAILS." }),
		use(record.errorClass),
		use(record.otelErrorType, { values: ["tool_error"] }),
	],
});

export const hook = defineSpan({
	name: "claude_code.hook",
	brief: "The hooks of one event. Only with detailed tracing.",
	attributes: [
		use(hooking.hookEvent),
		use(hooking.hookName),
		use(hooking.numHooks),
		use(hooking.hookDefinitions, { gate: toolDetails }),
		use(record.durationMs),
		use(hooking.numSuccess),
		use(hooking.numBlocking),
		use(hooking.numNonBlockingError),
		use(hooking.numCancelled),
	],
});

export const spans: readonly SpanDefinition[] = Object.freeze([
	interaction,
	llmRequest,
	tool,
	toolBlockedOnUser,
	toolExecution,
	hook,
]);
