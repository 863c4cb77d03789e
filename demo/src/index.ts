/** An invented organization: its people, their sessions day by day, and the emission of these through the client. */
export { type Organization, sessionsOf } from "./daily-sessions.ts";
export type { Destination } from "./emitter.ts";
export { emitHistory, type HistoryResult } from "./history.ts";
export { emitLive } from "./live.ts";
export { directoryOf, type Person, peopleOf } from "./organization.ts";
