import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A variable as Claude Code would see it if it were started here. */
type SetVariable = { readonly value: string; readonly from: string };
export type SenderEnvironment = ReadonlyMap<string, SetVariable>;

const relevant = /^(CLAUDE_CODE_ENABLE_TELEMETRY|CLAUDE_CODE_ENHANCED_TELEMETRY_BETA|OTEL_.*|(HTTPS?|NO)_PROXY)$/i;

const managedPaths: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
	darwin: "/Library/Application Support/ClaudeCode/managed-settings.json",
	linux: "/etc/claude-code/managed-settings.json",
	win32: "C:\\Program Files\\ClaudeCode\\managed-settings.json",
};

/**
 * This shell's variables and, above them, the `env` of the settings files that Claude Code would read here; managed settings
 * win. What comes from a server, a device management or a drop-in file is not seen.
 * @see https://code.claude.com/docs/en/settings
 */
export function readSenderEnvironment(shell: Readonly<Record<string, string | undefined>>, directory: string): SenderEnvironment {
	const found = new Map<string, SetVariable>();
	const add = (env: Readonly<Record<string, unknown>>, from: string) => {
		for (const [name, value] of Object.entries(env)) {
			if (value !== undefined && relevant.test(name)) found.set(name, { value: String(value), from });
		}
	};
	add(shell, "this shell");
	const home = shell["HOME"] ?? shell["USERPROFILE"];
	const files = [
		home && join(shell["CLAUDE_CONFIG_DIR"] ?? join(home, ".claude"), "settings.json"),
		join(directory, ".claude/settings.json"),
		join(directory, ".claude/settings.local.json"),
		managedPaths[process.platform],
	];
	for (const path of new Set(files)) if (path) add(envIn(path), path);
	// An empty value cancels.
	for (const [name, { value }] of found) if (value.trim() === "") found.delete(name);
	return found;
}

function envIn(path: string): Readonly<Record<string, unknown>> {
	try {
		const { env } = JSON.parse(readFileSync(path, "utf8")) as { env?: Record<string, unknown> };
		return typeof env === "object" && env !== null ? env : {};
	} catch {
		return {};
	}
}

/** `a=b,c=d`, percent-encoded, as OTEL_EXPORTER_OTLP_HEADERS is written; undefined for an entry that is not so. */
export function parseHeaders(text: string): Record<string, string> | undefined {
	const headers: Record<string, string> = {};
	for (const entry of text.split(",").map((each) => each.trim())) {
		if (entry === "") continue;
		const at = entry.indexOf("=");
		if (at < 1) return undefined;
		try {
			headers[entry.slice(0, at).trim().toLowerCase()] = decodeURIComponent(entry.slice(at + 1).trim());
		} catch {
			return undefined;
		}
	}
	return headers;
}

/** The ingest key that the headers carry, if it is sent as a bearer token. */
export function keyFromHeaders(environment: SenderEnvironment): string | undefined {
	const names = ["OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_LOGS_HEADERS"];
	const headers = Object.assign({}, ...names.map((name) => parseHeaders(environment.get(name)?.value ?? "") ?? {})) as Record<
		string,
		string
	>;
	return /^Bearer +(\S+)$/i.exec(headers["authorization"] ?? "")?.[1];
}
