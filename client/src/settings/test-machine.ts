import { type EffectiveSettings, resolveSettings } from "./resolve-settings.ts";
import type { SettingsSources } from "./settings-sources.ts";

/** A machine as a plain object, for tests. Contents are texts, or what becomes JSON. */
export type Machine = Partial<Omit<SettingsSources, "readers">> & {
	readonly files?: Readonly<Record<string, unknown>>;
	readonly preferences?: unknown;
	readonly registry?: { readonly HKLM?: unknown; readonly HKCU?: unknown };
};

export const user = "/home/ada/.claude/settings.json";
export const project = "/work/loom/.claude/settings.json";
export const local = "/work/loom/.claude/settings.local.json";
export const managed = "/etc/claude-code/managed-settings.json";
export const dropIns = "/etc/claude-code/managed-settings.d";

/** Every path that was read is passed to `seen`, in order. */
export function surroundingsOf(
	{ files = {}, preferences, registry = {}, ...rest }: Machine,
	seen: string[] = [],
): SettingsSources {
	const textOf = (content: unknown): string | undefined =>
		content === undefined || typeof content === "string" ? content : JSON.stringify(content);
	return {
		env: {},
		platform: "linux",
		homeDir: "/home/ada",
		cwd: "/work/loom",
		...rest,
		readers: {
			readFile: (path) => {
				seen.push(path);
				return textOf(files[path]);
			},
			listFolder: (path) => {
				seen.push(path);
				const inside = Object.keys(files).filter((each) => each.startsWith(path));
				return inside.map((each) => each.slice(path.length + 1)).reverse();
			},
			readPreferences: () => {
				seen.push("preferences");
				return preferences;
			},
			readRegistry: (root) => {
				seen.push(root);
				return textOf(registry[root]);
			},
		},
	};
}

export const resolvedOn = (machine: Machine): EffectiveSettings => resolveSettings(surroundingsOf(machine));
