import type { Listener } from "@purser/api";
import type { Health } from "../api/status.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";

export type Purser = {
	readonly listeners: readonly Listener[];
	readonly health: Health;
	/** The engine's process, where there is one. */
	readonly enginePid: () => number | undefined;
	/** Stops accepting, finishes what was accepted, and gives everything back in the reverse order of opening. */
	readonly close: () => Promise<void>;
};

export type OpenPurser = (config: Config, log: Log) => Promise<Purser>;

export type OptionDefinition = {
	/** Flags in the notation of commander: `--by <dimensions>`, `-q, --words <words>`, `--print-config`. */
	readonly flags: string;
	readonly brief: string;
	readonly default?: string;
	readonly choices?: readonly string[];
	/** May be given several times. */
	readonly many?: boolean;
	/** True for an option that help does not list. */
	readonly isHidden?: boolean;
};

export type Options = Readonly<Record<string, string | readonly string[] | boolean | undefined>>;

/** The environment of a command, in addition to its arguments. */
export type CommandContext = {
	readonly openPurser: OpenPurser;
	readonly environment: Readonly<Record<string, string | undefined>>;
};

/** One command: help, docs/cli.md and the parser are made of it. */
export type CommandDefinition = {
	/** `usage`, or `keys add` for one of a group. */
	readonly name: string;
	/** Arguments in the notation of commander: `[measures...]`. */
	readonly args?: string;
	readonly brief: string;
	/** More about the command than its options, in whole sentences. */
	readonly detail?: string;
	readonly options: readonly OptionDefinition[];
	readonly examples?: readonly { readonly command: string; readonly brief: string }[];
	readonly run: (args: readonly string[], options: Options, surroundings: CommandContext) => Promise<void>;
};

/** An option's text, or undefined where it was not given. */
export const optionOf = (options: Options, name: string): string | undefined => {
	const value = options[name];
	return typeof value === "string" ? value : undefined;
};

export const optionsOf = (options: Options, name: string): readonly string[] => {
	const value = options[name];
	return Array.isArray(value) ? value : typeof value === "string" ? [value] : [];
};
