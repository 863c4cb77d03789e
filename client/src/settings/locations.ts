import { posix, win32 } from "node:path";
import type { SettingsSources } from "./settings-sources.ts";

/** Paths of settings files. Source: https://code.claude.com/docs/en/managed-settings#where-each-mechanism-stores-the-policy */
export type SettingsPaths = {
	/** The administrators' folder, with managed-settings.json and managed-settings.d. */
	readonly managedFolder: string;
	readonly remoteCache: string;
	readonly user: string;
	/** The repository's committed file. */
	readonly project: string;
	/** The repository's file that is not committed. */
	readonly local: string;
	readonly join: (...parts: string[]) => string;
};

/** Fixed paths that only administrators can write. A variable would not do: the user that starts the process could set it. */
const managedFolders: Partial<Record<NodeJS.Platform, string>> = {
	darwin: "/Library/Application Support/ClaudeCode",
	win32: "C:\\Program Files\\ClaudeCode",
};

export function locate({ env, platform, homeDir, cwd }: SettingsSources): SettingsPaths {
	const { join } = platform === "win32" ? win32 : posix;
	const own = env["CLAUDE_CONFIG_DIR"] || join(homeDir, ".claude");
	return {
		managedFolder: managedFolders[platform] ?? "/etc/claude-code",
		remoteCache: join(own, "remote-settings.json"),
		user: join(own, "settings.json"),
		project: join(cwd, ".claude", "settings.json"),
		local: join(cwd, ".claude", "settings.local.json"),
		join,
	};
}
