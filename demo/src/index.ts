/** An invented organization: its people, what they do day by day, and how that is told through the client. */
export { type Organization, sessionsOf } from "./daily-sessions.ts";
export type { Destination } from "./emitter.ts";
export { type Told, tellHistory } from "./history.ts";
export { tellLive } from "./live.ts";
export { directoryOf, type Person, peopleOf } from "./organization.ts";
