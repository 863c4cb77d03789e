/**
 * Resolves the effective variables and headers helper of a process of the agent, from its environment and Claude Code's
 * settings.
 */

export { type EffectiveSettings, resolveSettings } from "./resolve-settings.ts";

export type { SettingsSources } from "./settings-sources.ts";
export { systemReaders } from "./system-readers.ts";
