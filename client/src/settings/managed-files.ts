import type { SettingsPaths } from "./locations.ts";
import { attempt, isObject, readScope, type Scope, type Settings } from "./scope.ts";
import type { SettingsReaders } from "./settings-sources.ts";

/**
 * managed-settings.json and, over it in the order of their names, the files of managed-settings.d: one source. Undefined where
 * there are none. Source: https://code.claude.com/docs/en/managed-settings#split-a-file-based-policy-across-teams
 */
export function readManagedFiles(
	{ managedFolder, join }: SettingsPaths,
	readers: SettingsReaders,
	notes: string[],
): Scope | undefined {
	const folder = join(managedFolder, "managed-settings.d");
	const names = attempt(folder, () => readers.listFolder(folder), notes) ?? [];
	const dropIns = names.filter((name) => name.endsWith(".json") && !name.startsWith(".")).toSorted();
	const files = [join(managedFolder, "managed-settings.json"), ...dropIns.map((name) => join(folder, name))].flatMap(
		(path) => readScope(path, () => readers.readFile(path), notes) ?? [],
	);
	if (files.length < 2) return files[0];
	const settings = files.map((file) => file.settings).reduce((sum, each) => mergeSettings(sum, each) as Settings);
	return { name: `the files of ${managedFolder}`, settings };
}

/** The later one wins; lists are joined, each item once; objects are merged key by key. */
export function mergeSettings(earlier: unknown, later: unknown): unknown {
	if (Array.isArray(earlier) && Array.isArray(later)) {
		return [...new Map([...earlier, ...later].map((item) => [JSON.stringify(item), item])).values()];
	}
	if (!isObject(earlier) || !isObject(later)) return later;
	const merged = new Map(Object.entries(earlier));
	for (const [key, value] of Object.entries(later)) merged.set(key, mergeSettings(merged.get(key), value));
	return Object.fromEntries(merged);
}
