import { readFileSync } from "node:fs";

/** How many files and connections this process may have open; what is usual where the system does not say. */
export function maxOpenFiles(): number {
	try {
		const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
		return soft ? Number(soft) : 1024;
	} catch {
		return 1024;
	}
}
