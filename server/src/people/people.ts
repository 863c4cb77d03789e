import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../errors.ts";
import type { Store } from "../store/store.ts";
import { joinPeople, type Sighting } from "./identity.ts";

export type PeopleOptions = {
	readonly store: Store;
	/** At most one look in this time. */
	readonly intervalMs: number;
	/** Whether the store is there and has its schema. */
	readonly canAsk: () => boolean;
	readonly log: (message: string) => void;
};

/** Keeps the names that people go by up to date with what was seen, soon after rows were stored. */
export class People {
	readonly #options: PeopleOptions;
	readonly #stop = new AbortController();
	#again = false;
	#running: Promise<void> | undefined;

	constructor(options: PeopleOptions) {
		this.#options = options;
	}

	/** There may be somebody new. Returns at once. */
	notify(): void {
		this.#again = true;
		if (this.#running || this.#stop.signal.aborted || !this.#options.canAsk()) return;
		this.#running = this.#run().finally(() => {
			this.#running = undefined;
			if (this.#again) this.notify();
		});
	}

	async close(): Promise<void> {
		this.#stop.abort();
		await this.#running;
	}

	async #run(): Promise<void> {
		while (this.#again && !this.#stop.signal.aborted) {
			this.#again = false;
			try {
				await this.#refresh();
			} catch (error) {
				this.#options.log(`people: cannot be joined now: ${messageOf(error)}`);
			}
			await sleep(this.#options.intervalMs, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined);
		}
	}

	/** Writes what has changed. Names that stand for themselves again are written so. */
	async #refresh(): Promise<void> {
		const { store } = this.#options;
		const sightings = await store.rows<Sighting>(
			"SELECT user_email, enduser, user_account_uuid, user_account_id, user_id, toUInt32(max(last_seen)) AS last_seen FROM identities GROUP BY user_email, enduser, user_account_uuid, user_account_id, user_id",
		);
		const known = await store.rows<{ person: string; name: string }>(
			"SELECT person, argMax(name, at) AS name FROM person_names GROUP BY person",
		);
		const before = new Map(known.map(({ person, name }) => [person, name]));
		const now = joinPeople(sightings);
		for (const person of before.keys()) if (!now.has(person)) now.set(person, person);
		const changed = [...now].filter(([person, name]) => before.get(person) !== name && (before.has(person) || name !== person));
		if (changed.length === 0) return;
		await store.command(
			"INSERT INTO person_names (person, name) SELECT pair.1, pair.2 FROM (SELECT arrayJoin(arrayZip({people:Array(String)}, {names:Array(String)})) AS pair)",
			{ people: changed.map(([person]) => person), names: changed.map(([, name]) => name) },
		);
		await store.command("SYSTEM RELOAD DICTIONARY person_name_of");
	}
}
