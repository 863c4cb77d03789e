/** An invented organization: its people, what they do day by day, and how that is told through the client. */
export { type Organization, sessionsOf } from "./daily-sessions.ts";
export type { Destination } from "./emitter.ts";
export { emitHistory, type HistoryResult } from "./history.ts";
export { emitLive } from "./live.ts";
export { directoryOf, type Person, peopleOf } from "./organization.ts";
