import { bind, literal, sql } from "../sql.ts";
import type { Store } from "../store/store.ts";

/** Numbers of the store's records, the engine's version, and the time of the last event (ms since 1970; 0: there is none). */
export type StoredCounts = {
	readonly events: number;
	readonly points: number;
	readonly spans: number;
	readonly version: string;
	readonly lastEventMs: number;
};

const counts = sql`(SELECT count() FROM events) AS events, (SELECT count() FROM points) AS points, (SELECT count() FROM spans) AS spans`;
/** The latest event is in the latest month, so that no other partition is read. */
const latest = sql`SELECT toUnixTimestamp64Milli(CAST(max(time), 'DateTime64(3)')) AS ms FROM events WHERE toYYYYMM(time) = (SELECT max(toUInt32OrZero(partition)) FROM system.parts WHERE active AND database = currentDatabase() AND table = 'events')`;

/** Counts the stored records, at most once a second. */
export class StoredCountsReader {
	readonly #store: Store;
	#known: StoredCounts | undefined;
	#readMs = 0;

	constructor(store: Store) {
		this.#store = store;
	}

	/** Resolves to the counts of a moment ago while the store does not answer; undefined if it has not answered yet. */
	async read(): Promise<StoredCounts | undefined> {
		if (this.#known && Date.now() - this.#readMs < 1000) return this.#known;
		try {
			const [now] = await this.#store.rows<Omit<StoredCounts, "lastEventMs">>(sql`SELECT ${counts}, version() AS version`);
			const isSame = this.#known?.events === now!.events;
			const lastEventMs = isSame ? this.#known!.lastEventMs : ((await this.#store.rows<{ ms: number }>(latest))[0]?.ms ?? 0);
			this.#known = { ...now!, lastEventMs };
			this.#readMs = Date.now();
		} catch {
			// The state of the store says why it does not answer.
		}
		return this.#known;
	}
}

/** Counts the test events of the last hour whose ids are given. */
export async function countProbes(store: Store, event: string, ids: readonly string[]): Promise<number> {
	const [row] = await store.rows<{ found: number }>(
		sql`SELECT count() AS found FROM events WHERE event = ${literal(event)} AND time > now() - INTERVAL 1 HOUR AND attributes['probe.id'] IN ${bind(ids, "Array(String)")}`,
	);
	return row?.found ?? 0;
}
