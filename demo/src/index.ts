/** An invented organization: its people, what they do day by day, and how that is told through the client. */
export { type Organization, sessionsOf } from "./daily-sessions.ts";
export type { Destination } from "./emitter.ts";
export { emitHistory as tellHistory, type HistoryResult as Told } from "./history.ts";
export { emitLive as tellLive } from "./live.ts";
export { directoryOf, type Person, peopleOf } from "./organization.ts";
