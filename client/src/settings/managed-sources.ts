import type { SettingsPaths } from "./locations.ts";
import { readManagedFiles } from "./managed-files.ts";
import { attempt, parseScope, readScope, type Scope } from "./scope.ts";
import type { SettingsSources } from "./settings-sources.ts";

/** They say how sources are combined, and are no policy. */
const controlKeys: ReadonlySet<string> = new Set(["managedSourcesBehavior", "wslInheritsWindowsSettings"]);

/**
 * The sources that have a policy, highest first: what a server said, the operating system's policy, files. Only without any
 * of them, that of an embedding program, else that of the user's part of Windows' registry: no administrator's, so it stands
 * alone. Source: https://code.claude.com/docs/en/managed-settings#how-claude-code-combines-managed-sources
 */
export function readManagedSources(surroundings: SettingsSources, locations: SettingsPaths, notes: string[]): Scope[] {
	const { readers, remoteSettings, parentSettings, platform } = surroundings;
	const remote = given("the server-managed settings", remoteSettings, notes);
	const system = platform === "darwin" ? preferences : platform === "win32" ? machineRegistry : () => undefined;
	const local = [system(surroundings, notes), readManagedFiles(locations, readers, notes)].filter(hasPolicy);
	const admin = [
		remote ?? readScope(locations.remoteCache, () => readers.readFile(locations.remoteCache), notes),
		...local,
	].filter(hasPolicy);
	const parent = given("the embedding program's settings", parentSettings, notes);
	const [winner] = admin;
	if (!winner) {
		if (hasPolicy(parent)) return [parent];
		const own = platform === "win32" ? registry("HKCU", surroundings, notes) : undefined;
		return hasPolicy(own) ? [own] : [];
	}
	if (hasPolicy(parent)) notes.push(`cannot use ${parent.name}: ${winner.name} has a policy, and administrators' come first`);
	if (winner === local[0] && winner.settings["policyHelper"] !== undefined) {
		notes.push(
			`cannot follow "policyHelper" of ${winner.name}: it is not run here, so its policy is unknown. Repeat the telemetry settings in "env"`,
		);
	}
	return admin;
}

const hasPolicy = (scope: Scope | undefined): scope is Scope =>
	scope !== undefined && Object.keys(scope.settings).some((key) => !controlKeys.has(key));

const given = (name: string, settings: unknown, notes: string[]): Scope | undefined =>
	settings === undefined ? undefined : parseScope({ name, settings }, notes);

function preferences({ readers }: SettingsSources, notes: string[]): Scope | undefined {
	const name = "the managed preferences com.anthropic.claudecode";
	const settings = attempt(name, () => readers.readPreferences(), notes);
	return given(name, settings, notes);
}

const registry = (root: "HKLM" | "HKCU", { readers }: SettingsSources, notes: string[]): Scope | undefined =>
	readScope(`${root}\\SOFTWARE\\Policies\\ClaudeCode, value Settings`, () => readers.readRegistry(root), notes);

const machineRegistry = (surroundings: SettingsSources, notes: string[]): Scope | undefined =>
	registry("HKLM", surroundings, notes);
