/**
 * The events: log records whose attribute `event.name` says what happened. A value's type on the wire varies with the
 * event and the version (numbers and flags come as strings, too); the attribute's definition says what it means.
 * Source: https://code.claude.com/docs/en/monitoring-usage#events
 */
import { defineEvent, type EventDefinition, sentAsText, use } from "../define.ts";
import * as administration from "./attributes/administration.ts";
import * as extension from "./attributes/extensions.ts";
import * as hook from "./attributes/hooks.ts";
import * as prompting from "./attributes/prompts.ts";
import * as record from "./attributes/records.ts";
import * as request from "./attributes/requests.ts";
import * as tooling from "./attributes/tools.ts";
import { attribution } from "./metrics.ts";

// Longer than 250 lines: one table of data.

const toolDetails = "OTEL_LOG_TOOL_DETAILS";
const userPrompts = "OTEL_LOG_USER_PROMPTS";
const managedSettings = "OTEL_LOG_MANAGED_SETTINGS";

const subsystem = use(request.querySource, {
	values: ["repl_main_thread", "sdk", "compact", "generate_session_title", "prompt_suggestion", "agent:builtin:general-purpose"],
	note: "The part of the program, or the subagent; an open list.",
});

export const userPrompt = defineEvent({
	name: "user_prompt",
	brief: "The user submitted a prompt or a slash command, or Claude Code gave itself a turn: a background agent came back.",
	attributes: sentAsText(
		use(prompting.promptLength),
		use(prompting.prompt, { gate: userPrompts }),
		use(prompting.promptText, { gate: userPrompts }),
		use(record.messageUuid, { note: "Absent when a command is carried out at once." }),
		use(prompting.commandName),
		use(prompting.commandSource),
	),
});

export const assistantResponse = defineEvent({
	name: "assistant_response",
	since: "2.1.193",
	brief: "The model answered with text.",
	attributes: [
		use(prompting.responseLength),
		use(prompting.response, { gate: "OTEL_LOG_ASSISTANT_RESPONSES" }),
		use(request.model),
		use(request.requestId),
		use(record.messageUuid),
		subsystem,
	],
});

export const toolResult = defineEvent({
	name: "tool_result",
	brief: "A tool finished, well or not. A rejected one has none.",
	attributes: sentAsText(
		use(tooling.toolName),
		use(tooling.toolUseId),
		use(tooling.useId),
		use(request.requestId, { note: "Not documented, seen on the wire." }),
		use(record.success),
		use(record.durationMs),
		use(record.errorType),
		use(record.error, { gate: toolDetails }),
		use(tooling.decisionType, { note: "Not with `-p`." }),
		use(tooling.decisionSource, { note: "Not with `-p`." }),
		use(tooling.toolInputSizeBytes),
		use(tooling.toolResultSizeBytes),
		use(tooling.mcpServerScope),
		use(tooling.headRevision, { gate: toolDetails }),
		use(tooling.headName, { gate: toolDetails }),
		use(tooling.headType, { gate: toolDetails }),
		use(tooling.toolParameters, { gate: toolDetails }),
		use(tooling.toolInput, { gate: toolDetails }),
	),
});

export const toolDecision = defineEvent({
	name: "tool_decision",
	brief: "A tool was allowed or refused.",
	attributes: [
		use(tooling.toolName),
		use(tooling.toolUseId),
		use(request.requestId, { note: "Not documented, seen on the wire." }),
		use(tooling.decision),
		use(tooling.source),
		use(tooling.toolSource),
		use(tooling.permissionMode),
		use(tooling.toolParameters, { gate: toolDetails, since: "2.1.157" }),
	],
});

export const apiRequest = defineEvent({
	name: "api_request",
	brief: "A request to the model succeeded: the one record from which cost and tokens are counted.",
	attributes: [
		use(request.model),
		use(request.costUsd),
		use(request.costUsdMicros),
		use(record.durationMs),
		use(request.ttftMs, { note: "Not documented, seen on the wire." }),
		use(request.inputTokens),
		use(request.outputTokens),
		use(request.cacheReadTokens),
		use(request.cacheCreationTokens),
		use(request.cacheCreation5mTokens),
		use(request.cacheCreation1hTokens),
		use(request.requestId),
		use(request.clientRequestId),
		use(request.speed),
		subsystem,
		use(request.effort),
		...attribution,
	],
});

export const apiError = defineEvent({
	name: "api_error",
	brief: "A request to the model failed for good. An attempt that failed and was repeated with success leaves no trace.",
	attributes: [
		use(request.model),
		use(record.error),
		use(request.statusCode),
		use(record.durationMs),
		use(request.attempt),
		use(request.requestId),
		use(request.clientRequestId),
		use(request.speed),
		subsystem,
		use(request.effort),
		...attribution,
	],
});

export const apiRetriesExhausted = defineEvent({
	name: "api_retries_exhausted",
	brief: "A request to the model was given up after several attempts; its last `api_error` comes with it.",
	attributes: [
		use(request.model),
		use(record.error),
		use(request.statusCode),
		use(request.totalAttempts),
		use(request.totalRetryDurationMs),
		use(request.speed),
		subsystem,
		use(request.effort),
	],
});

export const apiRefusal = defineEvent({
	name: "api_refusal",
	brief: "The model, or a safeguard before it, refused to answer.",
	attributes: [
		use(request.model),
		use(request.requestId),
		subsystem,
		use(request.speed),
		use(request.attempt),
		use(request.effort),
		use(request.serverFallbackHop),
		use(request.hasCategory),
		use(request.hasExplanation),
		use(request.category, { gate: toolDetails }),
		...attribution,
	],
});

export const apiRequestBody = defineEvent({
	name: "api_request_body",
	since: "2.1.111",
	brief: "The whole body of one attempt at a request. Only with OTEL_LOG_RAW_API_BODIES.",
	attributes: [
		use(request.body),
		use(request.bodyRef),
		use(request.bodyLength),
		use(request.bodyTruncated),
		use(request.model),
		subsystem,
		use(request.requestBodyId),
	],
});

export const apiResponseBody = defineEvent({
	name: "api_response_body",
	since: "2.1.111",
	brief: "The whole body of an answer. Only with OTEL_LOG_RAW_API_BODIES.",
	attributes: [
		use(request.body),
		use(request.bodyRef),
		use(request.bodyLength),
		use(request.bodyTruncated),
		use(request.model),
		subsystem,
		use(request.requestId),
		use(request.requestBodyId),
		use(record.messageId),
		use(record.messageUuid, { since: "2.1.274" }),
	],
});

export const permissionModeChanged = defineEvent({
	name: "permission_mode_changed",
	brief: "The permission mode changed, by the person or by the program.",
	attributes: [
		use(tooling.fromMode),
		use(tooling.toMode),
		use(record.trigger, { values: ["shift_tab", "exit_plan_mode", "auto_gate_denied", "auto_opt_in"] }),
	],
});

export const auth = defineEvent({
	name: "auth",
	brief: "The user signed in or out, or tried to.",
	attributes: [
		use(administration.action),
		use(record.success),
		use(administration.authMethod),
		use(record.errorCategory),
		use(request.statusCode, { asText: true }),
	],
});

export const mcpServerConnection = defineEvent({
	name: "mcp_server_connection",
	startup: true,
	brief: "An MCP server was connected, failed to connect or was disconnected. The last comes at the end or in between.",
	attributes: [
		use(extension.status),
		use(extension.transportType),
		use(extension.serverScope),
		use(record.durationMs, { asText: true }),
		use(record.errorCode),
		use(extension.isPlugin),
		use(extension.pluginIdHash),
		use(extension.pluginName),
		use(extension.serverName, { gate: toolDetails }),
		use(record.error, { gate: toolDetails }),
	],
});

export const internalError = defineEvent({
	name: "internal_error",
	brief: "Claude Code met an error it did not expect. Not sent on Bedrock, Vertex or Foundry, nor with DISABLE_ERROR_REPORTING.",
	attributes: [use(record.errorName), use(record.errorCode)],
});

export const pluginInstalled = defineEvent({
	name: "plugin_installed",
	brief: "A plugin was installed.",
	attributes: [
		use(extension.marketplaceIsOfficial),
		use(extension.installTrigger),
		use(extension.pluginName),
		use(extension.pluginVersion),
		use(extension.marketplaceName, { note: "Third parties' only with OTEL_LOG_TOOL_DETAILS." }),
	],
});

export const pluginLoaded = defineEvent({
	name: "plugin_loaded",
	startup: true,
	brief: "A plugin is enabled: one event each at every start, built-in ones included.",
	attributes: [
		use(extension.pluginName),
		use(extension.marketplaceName),
		use(extension.pluginVersion),
		use(extension.pluginScope),
		use(extension.enabledVia),
		use(extension.pluginIdHash),
		use(extension.hasHooks),
		use(extension.hasMcp),
		use(extension.hostOwnedMcp),
		use(extension.skillPathCount),
		use(extension.commandPathCount),
		use(extension.agentPathCount),
		use(record.safeMode, { asText: true }),
	],
});

export const skillActivated = defineEvent({
	name: "skill_activated",
	brief: "A skill was called.",
	attributes: [
		use(extension.skillName, { note: "`custom_skill` for people's own unless tool details are on." }),
		use(extension.invocationTrigger),
		use(extension.skillSource),
		use(extension.skillKind),
		use(extension.pluginName),
		use(extension.marketplaceName),
	],
});

export const atMention = defineEvent({
	name: "at_mention",
	since: "2.1.122",
	brief: "A prompt mentioned something with `@`.",
	attributes: [use(prompting.mentionType), use(record.success)],
});

export const hookRegistered = defineEvent({
	name: "hook_registered",
	startup: true,
	brief: "A hook is configured: one event each at every start.",
	attributes: sentAsText(
		use(hook.hookEvent),
		use(hook.hookType),
		use(hook.hookSource, {
			values: ["userSettings", "projectSettings", "localSettings", "flagSettings", "policySettings", "pluginHook"],
		}),
		use(record.safeMode),
		use(hook.hookMatcher, { gate: toolDetails }),
		use(extension.pluginName),
		use(extension.pluginIdHash),
	),
});

const hookExecution = sentAsText(
	use(hook.hookEvent),
	use(hook.hookName),
	use(hook.numHooks),
	use(hook.managedOnly),
	use(hook.hookSource, { values: ["policySettings", "merged"] }),
	use(record.safeMode),
	use(hook.hookDefinitions, { gate: toolDetails, note: "With detailed tracing only." }),
);

export const hookExecutionStart = defineEvent({
	name: "hook_execution_start",
	brief: "The hooks of one event begin.",
	attributes: hookExecution,
});

export const hookExecutionComplete = defineEvent({
	name: "hook_execution_complete",
	brief: "The hooks of one event have ended.",
	attributes: sentAsText(
		...hookExecution,
		use(hook.numSuccess),
		use(hook.numBlocking),
		use(hook.numNonBlockingError),
		use(hook.numCancelled),
		use(hook.totalDurationMs),
		use(hook.stdoutChars),
		use(hook.additionalContextChars),
		use(hook.systemMessageChars),
		use(hook.initialUserMessageChars),
		use(hook.numOutputsPersisted),
	),
});

export const hookPluginMetrics = defineEvent({
	name: "hook_plugin_metrics",
	brief: "What a hook of an official plugin measured: up to twenty numbers or flags under keys of its own.",
	attributes: [use(extension.pluginId), use(hook.hookEvent)],
});

export const compaction = defineEvent({
	name: "compaction",
	brief: "The conversation was summarized to make room in the context.",
	attributes: sentAsText(
		use(record.trigger, { values: ["auto", "manual"] }),
		use(record.success),
		use(record.durationMs),
		use(administration.preTokens),
		use(administration.postTokens),
		use(record.error),
		use(administration.precomputeReuse),
	),
});

export const subagentCompleted = defineEvent({
	name: "subagent_completed",
	brief: "A subagent came to its end.",
	attributes: [
		use(tooling.agentType),
		use(tooling.agentSource),
		use(tooling.isBuiltIn),
		use(tooling.isAsync),
		use(tooling.totalTokens),
		use(tooling.totalToolUses),
		use(record.durationMs),
		use(request.model),
		use(tooling.finalModel),
		use(tooling.modelSwapped),
		use(extension.pluginIdHash),
		use(extension.pluginName),
	],
});

export const feedbackSurvey = defineEvent({
	name: "feedback_survey",
	brief: "The survey about the session was shown or answered.",
	attributes: [
		use(prompting.eventType),
		use(prompting.appearanceId),
		use(prompting.surveyType),
		use(prompting.response, { note: "The choice that the person made." }),
		use(prompting.enabledViaOverride),
	],
});

export const retentionSweep = defineEvent({
	name: "retention_sweep",
	since: "2.1.227",
	startup: true,
	brief: "Old transcripts were deleted from the machine, or the sweep was skipped. All values are strings on the wire.",
	attributes: sentAsText(
		use(administration.result),
		use(administration.periodDays),
		use(administration.usedDefault),
		use(administration.skipReason),
		use(administration.transcriptsDeleted),
		use(administration.transcriptsExemptedDesktop),
		use(administration.sessionFilesDeleted),
		use(administration.artifactsDeleted),
		use(administration.filesRetainedFresh),
		use(administration.filesPastCutoff),
		use(administration.errorCount),
		use(administration.historyEntriesPruned),
	),
});

export const managedSettingsResolved = defineEvent({
	name: "managed_settings_resolved",
	since: "2.1.274",
	startup: true,
	brief: "The organization's policy was read, changed or refused; also sent where there is none.",
	attributes: [
		use(administration.managedSettingsTrigger),
		use(record.otelErrorType, {
			values: [
				"helper_failed",
				"policy_invalid",
				"provider_not_allowed",
				"consent_rejected",
				"force_refresh_failed",
				"gateway_rejected",
				"version_below_minimum",
				"_OTHER",
			],
		}),
		use(administration.managedSettingsSources),
		use(administration.managedSettingsSourceBehavior),
		use(administration.managedSettingsHelperState),
		use(administration.managedSettingsHelperApplied),
		use(administration.managedSettingsHelperEntry),
		use(administration.managedSettingsHelperPath),
		use(administration.managedSettingsSha256, { gate: managedSettings }),
		use(administration.managedSettingsSettings, { gate: managedSettings }),
		use(administration.managedSettingsTruncated, { gate: managedSettings }),
	],
});

export const systemPrompt = defineEvent({
	name: "system_prompt",
	brief:
		"The whole system prompt, once per distinct one. Only with detailed tracing and logged prompts; its attributes are not documented, and what it holds is content.",
	attributes: [],
});

export const safetyEvent = defineEvent({
	name: "safety_event",
	brief: "Known from the client's code only; its attributes are not documented.",
	attributes: [],
});

export const toolEvent = defineEvent({
	name: "tool",
	brief: "Known from the client's code only; its attributes are not documented.",
	attributes: [],
});

export const events: readonly EventDefinition[] = Object.freeze([
	userPrompt,
	assistantResponse,
	toolResult,
	toolDecision,
	apiRequest,
	apiError,
	apiRetriesExhausted,
	apiRefusal,
	apiRequestBody,
	apiResponseBody,
	permissionModeChanged,
	auth,
	mcpServerConnection,
	internalError,
	pluginInstalled,
	pluginLoaded,
	skillActivated,
	atMention,
	hookRegistered,
	hookExecutionStart,
	hookExecutionComplete,
	hookPluginMetrics,
	compaction,
	subagentCompleted,
	feedbackSurvey,
	retentionSweep,
	managedSettingsResolved,
	systemPrompt,
	safetyEvent,
	toolEvent,
]);
