import { createLog, type Log } from "../src/log.ts";

/** Returns a log that appends its entries to `lines`, without their times: `WARN store: cannot …`. */
export const logTo = (lines: string[]): Log =>
	createLog({ level: "debug", format: "text", write: (entry) => lines.push(entry.trimEnd().replace(/^\S+ /, "")) });

export const noLog: Log = logTo([]);
