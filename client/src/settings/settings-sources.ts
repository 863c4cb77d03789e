/** Settings of one source, not trusted yet. `name` identifies the source in notes, e.g. a path. */
export type SettingsSource = { readonly name: string; readonly settings: unknown };

/**
 * Readers of settings. No other code here reads the machine, so that tests can define its content. A reader that throws has
 * found a source and cannot read it: that becomes a note, never an error of the host.
 */
export type SettingsReaders = {
	/** The text of a file, or undefined if it is not there. */
	readonly readFile: (path: string) => string | undefined;
	/** The names in a folder; none if it is not there. */
	readonly listFolder: (path: string) => readonly string[];
	/** macOS: the managed preferences of the domain com.anthropic.claudecode as an object. */
	readonly readPreferences: () => unknown | undefined;
	/** Windows: the value Settings of SOFTWARE\Policies\ClaudeCode under that root, a JSON text. */
	readonly readRegistry: (root: "HKLM" | "HKCU") => string | undefined;
};

export type SettingsSources = {
	/** The environment the process was started with. */
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly platform: NodeJS.Platform;
	readonly homeDir: string;
	readonly cwd: string;
	readonly readers: SettingsReaders;
	/** The parsed value of `--settings`. */
	readonly commandLineSettings?: unknown;
	/** Server-managed settings. Without them the cache of those that Claude Code fetched last is read. */
	readonly remoteSettings?: unknown;
	/** Policy of a program that embeds the agent. It counts where no administrator has one. */
	readonly parentSettings?: unknown;
};
