import { createRequire } from "node:module";
import type { Session } from "chdb";

/** What a query needs of a session: its parameters and settings, which stay set there until others are wanted. */
export type Query = {
	readonly sql: string;
	readonly format: string;
	readonly settings: Readonly<Record<string, string>>;
	readonly parameters: Readonly<Record<string, string>>;
};

/**
 * `load` writes, `derive` makes rows of rows, `admin` defines and checks, `ask` reads, `guest` runs other people's SQL: a long
 * question never keeps the others waiting.
 */
export type Lane = "load" | "derive" | "ask" | "admin" | "guest";

const lanes: Readonly<Record<Lane, number>> = Object.freeze({ load: 1, derive: 1, ask: 3, admin: 1, guest: 2 });
/** Once set, a session can't leave it: neither tables nor settings can be changed there. */
const guestSettings = "SET max_execution_time = 60, max_memory_usage = 2000000000, max_result_bytes = 200000000, readonly = 1";
const maxWaiting = 256;

type Slot = { readonly session: Session; readonly settings: Map<string, string>; busy: boolean };

export class BusyError extends Error {}

/**
 * A session runs one query at a time; sessions run beside each other. A query's parameters and settings are set on the
 * session before it: bound this way they are not serialised for the whole process, as the binding's own are.
 */
export class SessionPool {
	readonly #slots: Readonly<Record<Lane, Slot[]>>;
	readonly #waiting: Readonly<Record<Lane, (() => void)[]>> = { load: [], derive: [], ask: [], admin: [], guest: [] };
	readonly #open: () => Slot;

	constructor(directory: string) {
		// Loaded here and not on top: whoever uses a ClickHouse server need not have it installed.
		const { Session: ChdbSession } = createRequire(import.meta.url)("chdb") as typeof import("chdb");
		this.#open = () => ({ session: new ChdbSession(directory), settings: new Map(), busy: false });
		this.#slots = {
			admin: Array.from({ length: lanes.admin }, this.#open),
			load: Array.from({ length: lanes.load }, this.#open),
			derive: Array.from({ length: lanes.derive }, this.#open),
			ask: Array.from({ length: lanes.ask }, this.#open),
			// Guests are rare: their sessions are opened when one comes.
			guest: [],
		};
	}

	async run(lane: Lane, query: Query): Promise<Uint8Array> {
		if (lane === "guest" && this.#slots.guest.length === 0) await this.#openGuests();
		const slot = await this.#acquire(lane);
		try {
			for (const statement of prepare(slot.settings, query)) await slot.session.queryAsync(statement);
			const result = await slot.session.queryAsync(query.sql, { format: query.format });
			return result.bytes();
		} finally {
			slot.busy = false;
			this.#waiting[lane].shift()?.();
		}
	}

	async close(): Promise<void> {
		for (const slot of Object.values(this.#slots).flat()) slot.session.close();
	}

	async #openGuests(): Promise<void> {
		const slots = Array.from({ length: lanes.guest }, this.#open);
		for (const { session } of slots) await session.queryAsync(guestSettings);
		if (this.#slots.guest.length === 0) this.#slots.guest.push(...slots);
		else for (const { session } of slots) session.close();
	}

	async #acquire(lane: Lane): Promise<Slot> {
		while (true) {
			const free = this.#slots[lane].find((slot) => !slot.busy);
			if (free) {
				free.busy = true;
				return free;
			}
			const queue = this.#waiting[lane];
			if (queue.length >= maxWaiting) throw new BusyError(`more than ${maxWaiting} queries are waiting`);
			await new Promise<void>((resolve) => queue.push(resolve));
		}
	}
}

/** The SET statements that bring a session from the settings it has to those wanted. */
function prepare(has: Map<string, string>, query: Query): string[] {
	const changes: string[] = [];
	for (const name of has.keys()) {
		if (name in query.settings) continue;
		changes.push(`${name} = DEFAULT`);
		has.delete(name);
	}
	for (const [name, value] of Object.entries(query.settings)) {
		if (has.get(name) === value) continue;
		changes.push(`${name} = ${literal(value)}`);
		has.set(name, value);
	}
	for (const [name, value] of Object.entries(query.parameters)) changes.push(`param_${name} = ${literal(value)}`);
	return changes.length === 0 ? [] : [`SET ${changes.join(", ")}`];
}

export const literal = (value: string): string => `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
