import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A disk of our own that is soon full, or why there can't be one. */
export function smallDisk(size: string): { path: string; remove: () => void } | string {
	const path = mkdtempSync(join(tmpdir(), "purser-disk-"));
	try {
		execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path], { stdio: "pipe" });
	} catch {
		rmdirSync(path);
		return "mounting a small disk takes root on Linux";
	}
	const remove = () => {
		execFileSync("umount", [path]);
		rmdirSync(path);
	};
	return { path, remove };
}
