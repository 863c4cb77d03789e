import type { Status } from "@purser/api";
import { endpointFor } from "./snippet.ts";

/** Reasons for missing telemetry, with their signs and next steps. */
export interface Reason {
	title: string;
	why: string;
	check: string;
}

export function reasonsFor(status: Status | undefined, pageHost: string): Reason[] {
	const listeners = status?.listeners ?? [];
	const grpc = endpointFor("grpc", listeners, pageHost);
	const http = endpointFor("http/protobuf", listeners, pageHost);
	const host = new URL(http).hostname;
	return [
		{
			title: "Claude Code was not restarted",
			why: "It reads these variables when it starts. Quit every session and start it from the shell that has them.",
			check: "env | grep -E 'CLAUDE_CODE_ENABLE_TELEMETRY|OTEL_'",
		},
		{
			title: "The exporter is unset, or set to none",
			why: "Enabling alone sends nothing: events need OTEL_LOGS_EXPORTER=otlp, metrics OTEL_METRICS_EXPORTER=otlp.",
			check: 'echo "$OTEL_LOGS_EXPORTER $OTEL_METRICS_EXPORTER"',
		},
		{
			title: "The protocol is wrong for the port",
			why: `gRPC goes to ${grpc}, HTTP to ${http}. The HTTP port answers this check; the gRPC port does not.`,
			check: `curl -sS -o /dev/null -w '%{http_code}\\n' -H 'content-type: application/json' -d '{}' ${http}/v1/logs`,
		},
		{
			title: "Managed settings send it elsewhere",
			why: "They win over your own variables. Look for OTEL_ in the machine's file; an administrator can also set them remotely: /status in Claude Code names the sources.",
			check: "cat /etc/claude-code/managed-settings.json '/Library/Application Support/ClaudeCode/managed-settings.json'",
		},
		{
			title: "It is set in a project's .claude/settings.json",
			why: "Since 2.1.282 a project's settings can't enable telemetry, and are ignored without a word. Use the shell, ~/.claude/settings.json or managed settings.",
			check: "grep -n OTEL_ .claude/settings.json .claude/settings.local.json ~/.claude/settings.json",
		},
		{
			title: "A proxy stands in between",
			why: `HTTP export goes through HTTPS_PROXY and HTTP_PROXY. Add ${host} to NO_PROXY.`,
			check: 'echo "$HTTP_PROXY $HTTPS_PROXY / $NO_PROXY"',
		},
		{
			title: "The key is refused",
			why: status?.keys_required
				? "This server asks for a key. Refused attempts appear on this page as they happen, with the reason."
				: "This server asks for no key at present. If that changes, refused attempts appear on this page as they happen.",
			check: 'echo "$OTEL_EXPORTER_OTLP_HEADERS"',
		},
		{
			title: "None of these",
			why: "Claude Code keeps export errors to itself. This makes it say them.",
			check: "CLAUDE_CODE_OTEL_DIAG_STDERR=1 claude -p 'say hi' 2>&1 | grep -i -E 'otel|otlp|export'",
		},
	];
}
