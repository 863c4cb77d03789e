import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { resolveSettings } from "./resolve-settings.ts";
import { settingsOf, systemReaders } from "./system-readers.ts";

const folder = mkdtempSync(join(tmpdir(), "purser-settings-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("files and folders, there or not", () => {
	writeFileSync(join(folder, "a.json"), "{}");
	expect(systemReaders.readFile(join(folder, "a.json"))).toBe("{}");
	expect(systemReaders.readFile(join(folder, "b.json"))).toBeUndefined();
	expect(systemReaders.readFile(join(folder, "a.json", "below.json"))).toBeUndefined();
	expect(systemReaders.listFolder(folder)).toEqual(["a.json"]);
	expect(systemReaders.listFolder(join(folder, "b"))).toEqual([]);
	expect(systemReaders.listFolder(join(folder, "a.json"))).toEqual([]);
});

test.skipIf(process.platform === "darwin" || process.platform === "win32")("preferences and registry are other systems'", () => {
	expect(systemReaders.readPreferences()).toBeUndefined();
	expect(systemReaders.readRegistry("HKLM")).toBeUndefined();
	expect(systemReaders.readRegistry("HKCU")).toBeUndefined();
});

test("a whole home and project", () => {
	const homeDir = join(folder, "home");
	const cwd = join(folder, "loom");
	for (const each of [homeDir, cwd]) mkdirSync(join(each, ".claude"), { recursive: true });
	writeFileSync(
		join(homeDir, ".claude", "settings.json"),
		'{"env": {"A": "user", "B": "user"}, "otelHeadersHelper": "/bin/headers"}',
	);
	writeFileSync(join(cwd, ".claude", "settings.json"), '{"env": {"B": "project"}}');
	mkdirSync(join(cwd, ".claude", "settings.local.json"));
	const isOurs = (path: string) => path.startsWith(folder);
	const readers = {
		...systemReaders,
		readFile: (path: string) => (isOurs(path) ? systemReaders.readFile(path) : undefined),
		listFolder: (path: string) => (isOurs(path) ? systemReaders.listFolder(path) : []),
	};
	const { env, headersHelper, notes } = resolveSettings({ env: { C: "shell" }, platform: "linux", homeDir, cwd, readers });
	expect(env).toEqual({ A: "user", B: "project", C: "shell" });
	expect(headersHelper).toEqual({ command: "/bin/headers", source: join(homeDir, ".claude", "settings.json") });
	expect(notes).toEqual([`cannot read ${join(cwd, ".claude", "settings.local.json")}: EISDIR. Make it readable, or remove it`]);
});

test("what reg query prints", () => {
	const f = (lines: readonly string[], expected: string | undefined) => expect(settingsOf(lines.join("\r\n"))).toBe(expected);
	const key = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\ClaudeCode";
	f(["", key, '    Settings    REG_SZ    {"env": {"A": "REG_SZ  x"}}', "", ""], '{"env": {"A": "REG_SZ  x"}}');
	f(["", key, '    Settings    REG_EXPAND_SZ    {"env": {}}', "", ""], '{"env": {}}');
	f(["", key, "    Settings    REG_SZ    {", '  "env": {}', "}", "", ""], '{\r\n  "env": {}\r\n}');
	f(["", key, "    Settings    REG_DWORD    0x1", "", ""], undefined);
	f(["", key, "    Settings    REG_SZ    ", "", ""], undefined);
	f([""], undefined);
});
