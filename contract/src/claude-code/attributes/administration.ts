/** Signing in, managed settings, retention, compaction: how an installation is kept. */
import { defineAttribute } from "../../define.ts";

export const action = defineAttribute({
	key: "action",
	type: "string",
	privacy: "plain",
	values: ["login", "logout"],
	brief: "Signing in or out.",
});
export const authMethod = defineAttribute({
	key: "auth_method",
	type: "string",
	privacy: "plain",
	brief: "How the person signed in.",
});
export const preTokens = defineAttribute({
	key: "pre_tokens",
	type: "int",
	unit: "{token}",
	privacy: "plain",
	brief: "The size of the context before compaction.",
});
export const postTokens = defineAttribute({
	key: "post_tokens",
	type: "int",
	unit: "{token}",
	privacy: "plain",
	brief: "The size of the context after compaction.",
});
export const precomputeReuse = defineAttribute({
	key: "precompute_reuse",
	type: "string",
	privacy: "plain",
	values: ["hit", "miss_custom_instructions", "miss_hook", "miss_not_ready"],
	brief: "Whether a summary prepared beforehand could be used, or why not.",
});
export const managedSettingsTrigger = defineAttribute({
	key: "managed_settings.trigger",
	type: "string",
	privacy: "plain",
	values: ["startup", "change", "refused"],
	brief: "Why the policy was resolved.",
});
export const managedSettingsSources = defineAttribute({
	key: "managed_settings.sources",
	type: "array",
	privacy: "plain",
	values: ["remote", "plist", "hklm", "file", "parent", "hkcu"],
	brief: "Where the policy came from. Empty: there is none.",
});
export const managedSettingsSourceBehavior = defineAttribute({
	key: "managed_settings.source_behavior",
	type: "string",
	privacy: "plain",
	values: ["first-wins", "merge"],
	brief: "Whether the first source supplies the whole policy or all are merged.",
});
export const managedSettingsHelperState = defineAttribute({
	key: "managed_settings.helper.state",
	type: "string",
	privacy: "plain",
	values: [
		"ok",
		"bad_path",
		"not_a_file",
		"exit_nonzero",
		"timed_out",
		"oversize",
		"parse_failed",
		"envelope_invalid",
		"schema_rejected",
		"none",
	],
	brief: "How the policy helper fared.",
});
export const managedSettingsHelperApplied = defineAttribute({
	key: "managed_settings.helper.applied",
	type: "string",
	privacy: "plain",
	values: ["output", "none"],
	brief: "Whether the helper's output became the policy.",
});
export const managedSettingsHelperEntry = defineAttribute({
	key: "managed_settings.helper.entry",
	type: "string",
	privacy: "content",
	brief: "The configuration entry that names the policy helper.",
});
export const managedSettingsHelperPath = defineAttribute({
	key: "managed_settings.helper.path",
	type: "string",
	privacy: "content",
	brief: "The program that is the policy helper.",
});
export const managedSettingsSha256 = defineAttribute({
	key: "managed_settings.resolved_sha256",
	type: "string",
	privacy: "plain",
	control: "OTEL_LOG_MANAGED_SETTINGS",
	brief: "A hash of the policy in force: finds the machines that run another one.",
});
export const managedSettingsSettings = defineAttribute({
	key: "managed_settings.settings",
	type: "string",
	privacy: "content",
	control: "OTEL_LOG_MANAGED_SETTINGS",
	brief: "The policy in force as JSON text, with secrets left out, cut at 8 KB.",
});
export const managedSettingsTruncated = defineAttribute({
	key: "managed_settings.settings_truncated",
	type: "boolean",
	privacy: "plain",
	control: "OTEL_LOG_MANAGED_SETTINGS",
	brief: "The policy's text was cut.",
});
export const result = defineAttribute({
	key: "result",
	type: "string",
	privacy: "plain",
	values: ["complete", "skipped"],
	brief: "Whether the sweep ran.",
});
export const periodDays = defineAttribute({
	key: "period_days",
	type: "int",
	unit: "d",
	privacy: "plain",
	brief: "How long transcripts are kept.",
});
export const usedDefault = defineAttribute({
	key: "used_default",
	type: "boolean",
	privacy: "plain",
	brief: "The period is the built-in one, because none is set.",
});
export const skipReason = defineAttribute({
	key: "skip_reason",
	type: "string",
	privacy: "plain",
	values: ["user_source_disabled", "settings_unknowable", "settings_invalid_key_set"],
	brief: "Why the sweep did not run.",
});
export const transcriptsDeleted = defineAttribute({
	key: "transcripts_deleted",
	type: "int",
	privacy: "plain",
	brief: "How many transcripts were deleted.",
});
export const transcriptsExemptedDesktop = defineAttribute({
	key: "transcripts_exempted_desktop",
	type: "int",
	privacy: "plain",
	since: "2.1.248",
	brief: "How many transcripts were kept because the desktop app shows them.",
});
export const sessionFilesDeleted = defineAttribute({
	key: "session_files_deleted",
	type: "int",
	privacy: "plain",
	brief: "How many other files of sessions were deleted.",
});
export const artifactsDeleted = defineAttribute({
	key: "artifacts_deleted",
	type: "int",
	privacy: "plain",
	brief: "How many artifacts were deleted.",
});
export const filesRetainedFresh = defineAttribute({
	key: "files_retained_fresh",
	type: "int",
	privacy: "plain",
	brief: "How many files were kept for being younger than the period.",
});
export const filesPastCutoff = defineAttribute({
	key: "files_past_cutoff",
	type: "int",
	privacy: "plain",
	brief: "How many files older than the period are still there.",
});
export const errorCount = defineAttribute({
	key: "error_count",
	type: "int",
	privacy: "plain",
	brief: "How many files could not be deleted.",
});
export const historyEntriesPruned = defineAttribute({
	key: "history_entries_pruned",
	type: "int",
	privacy: "plain",
	brief: "How many entries of the prompt history were removed. Not documented, seen on the wire.",
});
