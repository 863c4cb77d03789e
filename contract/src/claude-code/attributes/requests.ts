/** Requests to the model: what was asked of whom, how much it took, what it cost. */
import { defineAttribute } from "../../define.ts";

export const model = defineAttribute({
	key: "model",
	type: "string",
	privacy: "plain",
	column: "low",
	brief:
		"The model. On metrics it may carry a suffix that events lack: `claude-sonnet-4-6[1m]` is `claude-sonnet-4-6` with the long context.",
});
export const querySource = defineAttribute({
	key: "query_source",
	type: "string",
	privacy: "plain",
	column: "low",
	values: [
		"main",
		"subagent",
		"auxiliary",
		"repl_main_thread",
		"sdk",
		"compact",
		"generate_session_title",
		"prompt_suggestion",
		"agent:builtin:general-purpose",
	],
	brief: "On whose behalf. Metrics say `main`, `subagent` or `auxiliary`; events name the part of the program.",
});
export const querySourceSafe = defineAttribute({
	key: "query_source_safe",
	type: "string",
	privacy: "plain",
	since: "2.1.268",
	values: ["sdk", "repl_main_thread", "agent.builtin.general-purpose"],
	brief: "The span's query source, with people's own names left out.",
});
export const effort = defineAttribute({
	key: "effort",
	type: "string",
	privacy: "plain",
	column: "low",
	since: "2.1.117",
	values: ["low", "medium", "high", "xhigh", "max"],
	brief: "The effort the model was asked for. Absent for models without that setting.",
});
export const speed = defineAttribute({
	key: "speed",
	type: "string",
	privacy: "plain",
	column: "low",
	since: "2.1.41",
	values: ["fast", "normal"],
	brief: "Whether fast mode was on, which costs more per token. Metrics say `fast` or nothing.",
});
export const inputTokens = defineAttribute({
	key: "input_tokens",
	type: "int",
	unit: "{token}",
	privacy: "plain",
	column: "high",
	brief: "Input tokens that were neither read from nor written to the prompt cache.",
});
export const outputTokens = defineAttribute({
	key: "output_tokens",
	type: "int",
	unit: "{token}",
	privacy: "plain",
	column: "high",
	brief: "Tokens that the model wrote.",
});
export const cacheReadTokens = defineAttribute({
	key: "cache_read_tokens",
	type: "int",
	unit: "{token}",
	privacy: "plain",
	column: "high",
	brief: "Input tokens read from the prompt cache, at a fraction of the price.",
});
export const cacheCreationTokens = defineAttribute({
	key: "cache_creation_tokens",
	type: "int",
	unit: "{token}",
	privacy: "plain",
	column: "high",
	brief: "Input tokens written to the prompt cache, at a premium.",
});
export const cacheCreation5mTokens = defineAttribute({
	key: "cache_creation_5m_tokens",
	type: "int",
	unit: "{token}",
	privacy: "plain",
	column: "high",
	brief: "Of the tokens written to the cache, those kept for five minutes. Not documented, seen on the wire.",
});
export const cacheCreation1hTokens = defineAttribute({
	key: "cache_creation_1h_tokens",
	type: "int",
	unit: "{token}",
	privacy: "plain",
	column: "high",
	brief: "Of the tokens written to the cache, those kept for an hour, which cost more. Not documented, seen on the wire.",
});
export const costUsd = defineAttribute({
	key: "cost_usd",
	type: "double",
	unit: "USD",
	privacy: "plain",
	column: "high",
	brief: "The client's own estimate at list prices. It is no bill.",
});
export const costUsdMicros = defineAttribute({
	key: "cost_usd_micros",
	type: "int",
	unit: "uUSD",
	privacy: "plain",
	column: "high",
	brief: "The same estimate in millionths of a dollar, rounded.",
});
export const ttftMs = defineAttribute({
	key: "ttft_ms",
	type: "int",
	unit: "ms",
	privacy: "plain",
	column: "high",
	brief: "Time to the first token of the answer.",
});
export const firstContentMs = defineAttribute({
	key: "first_content_ms",
	type: "int",
	unit: "ms",
	privacy: "plain",
	since: "2.1.268",
	brief: "Time to the first content of the answer.",
});
export const requestId = defineAttribute({
	key: "request_id",
	type: "string",
	privacy: "plain",
	column: "high",
	brief: "The id that the API gave the request; on Bedrock since 2.1.282.",
});
export const clientRequestId = defineAttribute({
	key: "client_request_id",
	type: "string",
	privacy: "plain",
	column: "high",
	since: "2.1.214",
	brief: "The id that the client gave the request. Only with Anthropic's own API.",
});
export const requestBodyId = defineAttribute({
	key: "request_body_id",
	type: "string",
	privacy: "plain",
	since: "2.1.274",
	brief: "Joins a recorded response body to its request body.",
});
export const attempt = defineAttribute({
	key: "attempt",
	type: "int",
	privacy: "plain",
	column: "low",
	brief: "How many attempts it took altogether; 1 is none repeated.",
});
export const statusCode = defineAttribute({
	key: "status_code",
	type: "int",
	privacy: "plain",
	column: "low",
	brief: "The HTTP status of the failure. Absent when there was no answer; the text `undefined` before 2.1.122.",
});
export const totalAttempts = defineAttribute({
	key: "total_attempts",
	type: "int",
	privacy: "plain",
	brief: "How many attempts were made before giving up.",
});
export const totalRetryDurationMs = defineAttribute({
	key: "total_retry_duration_ms",
	type: "int",
	unit: "ms",
	privacy: "plain",
	brief: "How long all attempts took together.",
});
export const stopReason = defineAttribute({
	key: "stop_reason",
	since: "2.1.121",
	type: "string",
	privacy: "plain",
	column: "low",
	values: ["end_turn", "tool_use", "max_tokens", "refusal"],
	brief: "Why the model stopped.",
});
export const serverFallbackHop = defineAttribute({
	key: "server_fallback_hop",
	type: "boolean",
	privacy: "plain",
	brief: "The refusal came from a model that the server had fallen back to.",
});
export const hasCategory = defineAttribute({
	key: "has_category",
	type: "boolean",
	privacy: "plain",
	brief: "The refusal names a category.",
});
export const hasExplanation = defineAttribute({
	key: "has_explanation",
	type: "boolean",
	privacy: "plain",
	brief: "The refusal comes with an explanation.",
});
export const category = defineAttribute({
	key: "category",
	type: "string",
	privacy: "plain",
	control: "OTEL_LOG_TOOL_DETAILS",
	values: ["cyber", "bio", "frontier_llm", "reasoning_extraction"],
	brief: "The policy category of the refusal.",
});
export const body = defineAttribute({
	key: "body",
	type: "string",
	privacy: "content",
	control: "OTEL_LOG_RAW_API_BODIES",
	brief: "The whole request or answer as JSON, cut at the content limit; thinking is always left out.",
});
export const bodyRef = defineAttribute({
	key: "body_ref",
	type: "string",
	privacy: "content",
	control: "OTEL_LOG_RAW_API_BODIES",
	brief: "The file on the sender's machine that holds the whole body.",
});
export const bodyLength = defineAttribute({
	key: "body_length",
	type: "int",
	privacy: "plain",
	brief: "The body's length: UTF-16 units when it is sent along, bytes when it is in a file.",
});
export const bodyTruncated = defineAttribute({
	key: "body_truncated",
	type: "boolean",
	privacy: "plain",
	brief: "The body was cut.",
});
