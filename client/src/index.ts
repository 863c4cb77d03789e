/** Claude Code's telemetry from any agent. `createTelemetry()` is all there is; the rest are its types. */

export { createTelemetry } from "./create-telemetry.ts";
export type { Counter, Counters, Events, SpanHandle, Spans } from "./emit/derived.ts";
export type { Identity, RuntimeEnvironment } from "./emit/identity.ts";
export type { DeliveryCounts } from "./export/delivery-stats.ts";
export type { Status, Telemetry, TelemetryOptions } from "./telemetry.ts";
