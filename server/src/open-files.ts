import { readFileSync } from "node:fs";

/** Returns how many files and connections this process may have open; the usual limit where the system does not report one. */
export function maxOpenFiles(): number {
	try {
		const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
		return soft ? Number(soft) : 1024;
	} catch {
		return 1024;
	}
}
