import { isOff, type Scope, variablesOf } from "./scope.ts";
import type { SettingsSources } from "./settings-sources.ts";

const isNone = (value: string): boolean => value.trim() === "none";
const never = (): boolean => false;

/** Variables that a repository must not set, each with the values that switch something off and count nevertheless. */
const guarded: ReadonlyMap<string, (value: string) => boolean> = new Map([
	["CLAUDE_CODE_ENABLE_TELEMETRY", never],
	["CLAUDE_CODE_ENHANCED_TELEMETRY_BETA", never],
	["ENABLE_ENHANCED_TELEMETRY_BETA", never],
	["ENABLE_BETA_TRACING_DETAILED", never],
	["BETA_TRACING_ENDPOINT", never],
	["OTEL_METRICS_EXPORTER", isNone],
	["OTEL_LOGS_EXPORTER", isNone],
	["OTEL_TRACES_EXPORTER", isNone],
	["OTEL_LOG_USER_PROMPTS", isOff],
	["OTEL_LOG_TOOL_DETAILS", isOff],
	["OTEL_LOG_TOOL_CONTENT", isOff],
	["OTEL_LOG_MANAGED_SETTINGS", isOff],
	["OTEL_LOG_ASSISTANT_RESPONSES", never],
	["OTEL_LOG_RAW_API_BODIES", never],
	["OTEL_EXPORTER_PROMETHEUS_HOST", never],
	["OTEL_EXPORTER_PROMETHEUS_PORT", never],
	// Claude Code asks the user before it trusts a repository. This library cannot ask, so variables that lead its requests
	// elsewhere do not count either.
	...["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "NODE_EXTRA_CA_CERTS"].flatMap((name): [string, (value: string) => boolean][] => [
		[name, never],
		[name.toLowerCase(), never],
	]),
	["CLAUDE_CODE_CLIENT_CERT", never],
	["CLAUDE_CODE_CLIENT_KEY", never],
	["CLAUDE_CODE_CLIENT_KEY_PASSPHRASE", never],
]);

const route = /^OTEL_EXPORTER_OTLP_(.+_)?(ENDPOINT|HEADERS|PROTOCOL|CERTIFICATE|CLIENT_KEY|INSECURE)$/;

/**
 * A project's file without what it may not say. Who checks out a repository has not agreed to telemetry, to where it goes or to
 * more content in it: its files can only switch off, and not what the environment that started the process sets.
 * Source: https://code.claude.com/docs/en/settings-reference#variables-claude-code-ignores-in-env
 */
export function withoutGuarded(scope: Scope, { env }: SettingsSources, notes: string[]): Scope {
	const kept = variablesOf(scope).filter(([name, value]) => {
		const switchesOff = guarded.get(name) ?? (route.test(name) ? never : undefined);
		if (!switchesOff) return true;
		if (!switchesOff(value)) {
			notes.push(
				`cannot use "env.${name}" of ${scope.name}: a project's files can only switch telemetry off. Set it in your user settings or your environment`,
			);
			return false;
		}
		if (!env[name]) return true;
		notes.push(`cannot use "env.${name}" of ${scope.name}: the environment sets it. Unset it there`);
		return false;
	});
	const { otelHeadersHelper, ...settings } = scope.settings;
	if (otelHeadersHelper)
		notes.push(
			`cannot use "otelHeadersHelper" of ${scope.name}: no program is run because a repository names it. Name it in your user settings`,
		);
	return {
		...scope,
		settings: { ...settings, ...(otelHeadersHelper === "" && { otelHeadersHelper }), env: Object.fromEntries(kept) },
	};
}
