import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { win32 } from "node:path";
import type { SettingsReaders } from "./settings-sources.ts";

/** Reads this machine. A program is started only on macOS where managed preferences exist, and on Windows. */
export const systemReaders: SettingsReaders = Object.freeze({
	readFile: (path: string) => unlessMissing(() => readFileSync(path, "utf8")),
	listFolder: (path: string) => unlessMissing(() => readdirSync(path)) ?? [],
	readPreferences: () => (process.platform === "darwin" ? readManagedPreferences() : undefined),
	readRegistry: (root: "HKLM" | "HKCU") => (process.platform === "win32" ? readPolicyValue(root) : undefined),
});

function unlessMissing<T>(read: () => T): T | undefined {
	try {
		return read();
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === "ENOENT" || code === "ENOTDIR") return undefined;
		throw error;
	}
}

/**
 * The files that device management writes, the user's own one first. Not by `defaults`, which also shows what users wrote into
 * their own preferences.
 */
function readManagedPreferences(): unknown {
	const folder = "/Library/Managed Preferences";
	const name = "com.anthropic.claudecode.plist";
	try {
		const path = [`${folder}/${userInfo().username}/${name}`, `${folder}/${name}`].find((each) => existsSync(each));
		return path && JSON.parse(run("/usr/bin/plutil", ["-convert", "json", "-o", "-", path]));
	} catch {
		// There, but no settings: that is for a note.
		return null;
	}
}

function readPolicyValue(root: "HKLM" | "HKCU"): string | undefined {
	const reg = win32.join(process.env["SystemRoot"] ?? "C:\\Windows", "System32", "reg.exe");
	try {
		return settingsOf(run(reg, ["query", `${root}\\SOFTWARE\\Policies\\ClaudeCode`, "/v", "Settings"]));
	} catch {
		// So it ends where there is no such value: on most machines.
		return undefined;
	}
}

/** The value in what `reg query` prints. */
export const settingsOf = (output: string): string | undefined =>
	/^ +Settings +REG_(?:EXPAND_)?SZ +([\s\S]*)/m.exec(output)?.[1]?.trim() || undefined;

const run = (file: string, parameters: readonly string[]): string =>
	execFileSync(file, parameters, { encoding: "utf8", timeout: 2000, stdio: ["ignore", "pipe", "ignore"], windowsHide: true });
