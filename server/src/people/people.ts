import { Job } from "../job.ts";
import type { Log } from "../log.ts";
import { bind, sql } from "../sql.ts";
import { formatTime } from "../store/format-time.ts";
import type { Store } from "../store/store.ts";
import { type DirectoryEntry, type DirectoryPeriod, periodsOf } from "./directory-file.ts";
import { type IdentityObservation, resolveIdentities } from "./identity.ts";

export type PeopleOptions = {
	readonly store: Store;
	/** Returns the current entries of the directory. */
	readonly directory: () => readonly DirectoryEntry[];
	/** At most one refresh in this time. */
	readonly intervalMs: number;
	/** Returns true if the store answers and has its schema. */
	readonly canAsk: () => boolean;
	/** Called when records belong to other people, or people to other teams. */
	readonly onChanged: () => void;
	readonly log: Log;
};

/** Keeps the names of people up to date with observed identities, soon after rows were stored. */
export class People {
	readonly #options: PeopleOptions;
	readonly #job: Job;
	/** The directory as it was last written to the store. */
	#written = "";

	constructor(options: PeopleOptions) {
		this.#options = options;
		const { canAsk: canRun, intervalMs, log } = options;
		this.#job = new Job({
			name: "resolve identities",
			run: () => this.#refresh(),
			canRun,
			intervalMs,
			retryMs: intervalMs,
			maxRetryMs: 60_000,
			log,
		});
	}

	/** Schedules a refresh (new identity or changed directory). Does not wait. */
	notify(): void {
		this.#job.notify();
	}

	close(): Promise<void> {
		return this.#job.close();
	}

	/** Writes changed names, including those that no longer differ. */
	async #refresh(): Promise<void> {
		const { store } = this.#options;
		const sightings = await store.rows<IdentityObservation>(
			sql`SELECT user_email, enduser, user_account_uuid, user_account_id, user_id, toUInt32(max(last_seen)) AS last_seen FROM identities GROUP BY user_email, enduser, user_account_uuid, user_account_id, user_id`,
		);
		const known = await store.rows<{ person: string; name: string }>(
			sql`SELECT person, argMax(name, at) AS name FROM person_names GROUP BY person`,
		);
		const before = new Map(known.map(({ person, name }) => [person, name]));
		const now = resolveIdentities(sightings);
		for (const person of before.keys()) if (!now.has(person)) now.set(person, person);
		const changed = [...now].filter(([person, name]) => before.get(person) !== name && (before.has(person) || name !== person));
		if (changed.length > 0) await this.#writeNames(changed);
		await this.#writeDirectory(periodsOf(this.#options.directory(), now));
	}

	async #writeNames(changed: readonly (readonly [string, string])[]): Promise<void> {
		const { store } = this.#options;
		const at = formatTime(Date.now());
		await store.insert(
			"person_names",
			["person", "name", "at"],
			changed.map(([person, name]) => ({ person, name, at })),
		);
		await store.command(sql`SYSTEM RELOAD DICTIONARY person_name_of`);
		this.#options.onChanged();
	}

	/** Returns true if the store still has people of a directory that was removed. */
	async #hadDirectory(): Promise<boolean> {
		const [row] = await this.#options.store.rows<{ some: number }>(
			sql`SELECT count() > 0 AS some FROM directory WHERE person != ''`,
		);
		return row?.some === 1;
	}

	/** Replaces the batch of rows before; no query sees half of it. */
	async #writeDirectory(periods: readonly DirectoryPeriod[]): Promise<void> {
		const { store } = this.#options;
		const text = JSON.stringify(periods);
		if (text === this.#written || (this.#written === "" && periods.length === 0 && !(await this.#hadDirectory()))) return;
		const batch = Date.now();
		// One empty row more, so that an emptied directory is one.
		const rows = [...periods, emptyRow].map((period) => ({ ...period, batch }));
		await store.insert("directory", ["batch", ...(Object.keys(emptyRow) as (keyof DirectoryPeriod)[])], rows);
		await store.command(sql`SYSTEM RELOAD DICTIONARY directory_of`);
		await store.command(sql`ALTER TABLE directory DELETE WHERE batch < ${bind(batch, "UInt64")}`);
		this.#written = text;
		this.#options.onChanged();
	}
}

const emptyRow: DirectoryPeriod = {
	person: "",
	valid_from: "1970-01-01",
	valid_to: "1970-01-01",
	name: "",
	team: "",
	department: "",
	cost_center: "",
	manager: "",
	start_date: "",
};
