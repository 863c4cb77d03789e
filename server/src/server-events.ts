import { EventEmitter } from "node:events";

/** The rows of a load, by table. */
type LoadedRows = { readonly events: number; readonly points: number; readonly spans: number };

/** Everything that one module of a running server announces to others, with its arguments. */
type Announcements = {
	/** Records are durable in the journal and wait to be loaded. */
	committed: [];
	/** The open segment is full: it can be loaded without waiting for more. */
	segmentFull: [];
	/** The store answers and has this version's tables, for the first time or again. */
	storeReady: [];
	loaded: [rows: LoadedRows];
	/** A request of that signal was acknowledged. */
	received: [signal: "logs" | "metrics" | "traces"];
	priceFileChanged: [];
	directoryFileChanged: [];
	/** Records belong to other people, or people to other teams. */
	peopleChanged: [];
	/** Models have other prices. */
	pricesChanged: [];
};

export type ServerEvents = EventEmitter<Announcements>;
export const createServerEvents = (): ServerEvents => new EventEmitter<Announcements>();
