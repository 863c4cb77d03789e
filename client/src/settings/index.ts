/** What variables and headers helper a process of the agent really has, from its environment and Claude Code's settings. */

export { type EffectiveSettings as Settled, resolveSettings as settle } from "./resolve-settings.ts";
export type { HeadersHelper } from "./scope.ts";
export type { SettingsReaders, SettingsSource, SettingsSources as Surroundings } from "./settings-sources.ts";
export { systemReaders } from "./system-readers.ts";
