import { type Logger, pino } from "pino";

export const logLevels = ["debug", "info", "warn", "error"] as const;
export const logFormats = ["text", "json"] as const;

/**
 * A structured log. Each module has a child of its own (`moduleLog`). Messages read `cannot <verb> <object>: <why>`; they contain no
 * secret and no content of records.
 */
export type Log = Pick<Logger, (typeof logLevels)[number]> & { readonly child: (bindings: { readonly module: string }) => Log };

export type LogOptions = {
	readonly level: string;
	readonly format: string;
	/** Writes one entry, with its line feed. */
	readonly write: (entry: string) => void;
};

type Entry = { readonly time: string; readonly level: string; readonly module?: string; readonly msg: string };

/** Formats an entry for people: `2026-11-27T08:00:00.000Z WARN store: cannot …`. */
function textOf(json: string): string {
	const { time, level, module, msg } = JSON.parse(json) as Entry;
	return `${time} ${level.toUpperCase()} ${module === undefined ? "" : `${module}: `}${msg}\n`;
}

/** Creates the process's log. Entries are written synchronously, so that the last one before an exit is complete. */
export function createLog({ level, format, write }: LogOptions): Log {
	const options = {
		level,
		base: null,
		timestamp: pino.stdTimeFunctions.isoTime,
		formatters: { level: (label: string) => ({ level: label }) },
	};
	return pino(options, { write: format === "json" ? write : (entry) => write(textOf(entry)) });
}

/** Returns the log of one module. */
export const moduleLog = (log: Log, module: string): Log => log.child({ module });
