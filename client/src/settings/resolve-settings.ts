import { withoutLocked } from "./destination-lock.ts";
import { locate } from "./locations.ts";
import { readManaged } from "./managed-settings.ts";
import { withoutGuarded } from "./project-files.ts";
import { type HeadersHelper, headersHelperOf, parseScope, readScope, type Scope, type Variable, variablesOf } from "./scope.ts";
import type { SettingsSources } from "./settings-sources.ts";

export type EffectiveSettings = {
	/** The variables that the process really has. One that is empty is not set. */
	readonly env: Readonly<Record<string, string>>;
	/** The command that prints further headers for exports, and where it was set. */
	readonly headersHelper?: HeadersHelper;
	/** Problems and ignored settings, with the next step. They never quote a value. */
	readonly notes: readonly string[];
};

/**
 * Puts together what the environment and Claude Code's settings say: managed settings over the command line's, over the
 * project's own, over the user's, over the environment. Never throws: what cannot be used is left out, with a note.
 * Source: https://code.claude.com/docs/en/settings#settings-precedence
 */
export function resolveSettings(surroundings: SettingsSources): EffectiveSettings {
	const notes: string[] = [];
	const { env, readers, commandLineSettings } = surroundings;
	const locations = locate(surroundings);
	const { user, project, local } = locations;
	const read = (path: string): Scope | undefined => readScope(path, () => readers.readFile(path), notes);
	const readProject = (path: string): Scope | undefined => {
		// In the home directory the user's file lies where a project's would.
		const scope = path === user ? undefined : read(path);
		return scope && withoutGuarded(scope, surroundings, notes);
	};
	const managed = readManaged(surroundings, locations, notes);
	const developers = [
		commandLineSettings === undefined ? undefined : parseScope({ name: "--settings", settings: commandLineSettings }, notes),
		readProject(local),
		readProject(project),
		read(user),
	].filter((scope) => scope !== undefined);

	const own = new Map<string, Variable>();
	for (const [name, value] of Object.entries(env)) if (value !== undefined) own.set(name, { value, source: "the environment" });
	for (const scope of developers.toReversed()) {
		for (const [name, value] of variablesOf(scope)) own.set(name, { value, source: scope.name });
	}
	const variables = new Map([...withoutLocked(own, managed, notes), ...managed.variables]);
	const helper = managed.headersHelper ?? developers.map(headersHelperOf).find((each) => each !== undefined);
	return Object.freeze({
		env: Object.freeze(Object.fromEntries([...variables].flatMap(([name, { value }]) => (value === "" ? [] : [[name, value]])))),
		...(helper?.command && { headersHelper: Object.freeze(helper) }),
		notes: Object.freeze(notes),
	});
}
