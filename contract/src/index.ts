/** The meaning of Claude Code's telemetry, as data: every list below is frozen, and everything else is derived from them. */
export * as attribute from "./claude-code/attributes.ts";
export { attributes } from "./claude-code/attributes.ts";
export * as event from "./claude-code/events.ts";
export { events } from "./claude-code/events.ts";
export * as metric from "./claude-code/metrics.ts";
export { metrics } from "./claude-code/metrics.ts";
export { quirks } from "./claude-code/quirks.ts";
export { scopes, serviceNames } from "./claude-code/scopes.ts";
export * as span from "./claude-code/spans.ts";
export { spans } from "./claude-code/spans.ts";
export * from "./claude-code/standard.ts";
export { variables } from "./claude-code/variables.ts";
export { columnsOf } from "./columns.ts";
export * from "./define.ts";
export { compareVersions, quirksOf } from "./versions.ts";
