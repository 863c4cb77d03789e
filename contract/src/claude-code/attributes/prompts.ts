/** Text that people typed and the model answered. */
import { defineAttribute } from "../../define.ts";

export const prompt = defineAttribute({
	key: "prompt",
	redactedAs: "<REDACTED>",
	noTruncation: true,
	type: "string",
	privacy: "content",
	control: "OTEL_LOG_USER_PROMPTS",
	brief: "The prompt, uncut; `<REDACTED>` unless prompts are logged.",
});
export const promptText = defineAttribute({
	key: "prompt_text",
	redactedAs: "<REDACTED>",
	noTruncation: true,
	type: "string",
	privacy: "content",
	since: "2.1.287",
	control: "OTEL_LOG_USER_PROMPTS",
	brief: "The same text again, under a name that does not collide with `prompt.id` in stores with nested keys.",
});
export const promptLength = defineAttribute({
	key: "prompt_length",
	type: "int",
	unit: "{char}",
	privacy: "plain",
	column: "high",
	brief: "The prompt's length in characters.",
});
export const commandName = defineAttribute({
	key: "command_name",
	redactedAs: "custom",
	values: [
		"clear",
		"compact",
		"config",
		"cost",
		"doctor",
		"exit",
		"help",
		"init",
		"login",
		"logout",
		"mcp",
		"memory",
		"model",
		"review",
		"status",
	],
	type: "string",
	privacy: "plain",
	column: "low",
	since: "2.1.117",
	brief: "The slash command: built-in ones by name, others as `custom` or `mcp` unless tool details are on.",
});
export const commandSource = defineAttribute({
	key: "command_source",
	type: "string",
	privacy: "plain",
	column: "low",
	since: "2.1.117",
	values: ["builtin", "custom", "mcp"],
	brief: "Where the slash command comes from.",
});
export const response = defineAttribute({
	key: "response",
	redactedAs: "<REDACTED>",
	type: "string",
	privacy: "content",
	control: "OTEL_LOG_ASSISTANT_RESPONSES",
	brief:
		"The text of the model's answer, cut at the content limit and `<REDACTED>` unless responses are logged; in a survey, the person's answer.",
});
export const responseLength = defineAttribute({
	key: "response_length",
	type: "int",
	unit: "{char}",
	privacy: "plain",
	column: "high",
	brief: "The length of the answer's text in characters.",
});
export const mentionType = defineAttribute({
	key: "mention_type",
	type: "string",
	privacy: "plain",
	values: ["file", "directory", "agent", "mcp_resource", "peer"],
	brief: "What was mentioned with `@`.",
});
export const eventType = defineAttribute({
	key: "event_type",
	type: "string",
	privacy: "plain",
	values: ["appeared", "responded", "transcript_prompt_appeared"],
	brief: "What happened to the survey.",
});
export const appearanceId = defineAttribute({
	key: "appearance_id",
	type: "string",
	privacy: "plain",
	brief: "One showing of the survey: joins an answer to it.",
});
export const surveyType = defineAttribute({
	key: "survey_type",
	type: "string",
	privacy: "plain",
	brief: "Which survey was shown.",
});
export const enabledViaOverride = defineAttribute({
	key: "enabled_via_override",
	type: "boolean",
	privacy: "plain",
	brief: "The survey was shown only because CLAUDE_CODE_ENABLE_FEEDBACK_SURVEY_FOR_OTEL is set.",
});
