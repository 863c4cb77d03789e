/** The instrumentation scopes and service names by which a sender of this telemetry is known. */
import { defineScope, type ScopeDefinition } from "../define.ts";

export const scopes: readonly ScopeDefinition[] = Object.freeze([
	defineScope({ signal: "metrics", name: "com.anthropic.claude_code", version: "the version of Claude Code" }),
	defineScope({ signal: "logs", name: "com.anthropic.claude_code.events", version: "the version of Claude Code" }),
	defineScope({ signal: "traces", name: "com.anthropic.claude_code.tracing", version: "1.0.0" }),
]);

/** Service names by default. Senders may override them: recognize their records by the scope instead. */
export const serviceNames: readonly string[] = Object.freeze(["claude-code", "claude-code-desktop"]);
