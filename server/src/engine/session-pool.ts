import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import type { Session } from "chdb";
import { checkedFormat, checkedName, checkSingle, literal } from "./single-statement.ts";

/** One statement, with the parameters and settings that it is run with. */
export type Query = {
	readonly sql: string;
	readonly format: string;
	readonly settings: Readonly<Record<string, string>>;
	readonly parameters: Readonly<Record<string, string>>;
};

/**
 * Lanes of queries: `load` inserts records, `rollup` inserts rows derived from rows, `query` reads, `admin` defines tables and checks,
 * `untrusted` runs SQL written by users. A long query of one lane delays no other lane.
 */
export type Lane = "load" | "rollup" | "query" | "admin" | "untrusted";

const lanes: Readonly<Record<Lane, { readonly sessions: number; readonly maxQueueSize: number }>> = Object.freeze({
	load: { sessions: 1, maxQueueSize: 256 },
	rollup: { sessions: 1, maxQueueSize: 256 },
	query: { sessions: 3, maxQueueSize: 256 },
	admin: { sessions: 1, maxQueueSize: 256 },
	untrusted: { sessions: 2, maxQueueSize: 32 },
});
/** Lanes whose queries cannot change anything, nor read files by naming them as tables. */
const readOnly: ReadonlySet<Lane> = new Set(["query", "untrusted"]);

export class BusyError extends Error {}

/** A place in a lane: it is held until it is given back. */
export type Place = { readonly lane: Lane };

/**
 * Queries of a lane run one after the other in each of its places; lanes run in parallel. Each query has a session of its own,
 * which is opened in a tenth of a millisecond: it never sees a parameter or setting of another.
 */
export class SessionPool {
	readonly #open: () => Session;
	/** The engine lives as long as one session does. */
	readonly #kept: Session;
	readonly #taken: Record<Lane, number> = { load: 0, rollup: 0, query: 0, admin: 0, untrusted: 0 };
	readonly #waiting: Readonly<Record<Lane, (() => void)[]>> = { load: [], rollup: [], query: [], admin: [], untrusted: [] };

	constructor(directory: string) {
		// Imported lazily: chdb is optional where a ClickHouse server is used.
		const { Session: ChdbSession } = createRequire(import.meta.url)("chdb") as typeof import("chdb");
		this.#open = () => new ChdbSession(directory);
		this.#kept = this.#open();
	}

	/** Runs a statement in its turn. Throws BusyError where too many wait. */
	async run(lane: Lane, query: Query): Promise<Uint8Array> {
		const place = await this.enter(lane);
		try {
			return await this.runAt(place, query);
		} finally {
			this.leave(place);
		}
	}

	/** Resolves when a place in the lane is free; the caller returns it with `leave`. */
	async enter(lane: Lane): Promise<Place> {
		const { sessions, maxQueueSize } = lanes[lane];
		if (this.#taken[lane] < sessions) this.#taken[lane]++;
		else {
			const queue = this.#waiting[lane];
			if (queue.length >= maxQueueSize) throw new BusyError(`more than ${maxQueueSize} queries are waiting`);
			// The place of who leaves is handed over, and never free in between.
			await new Promise<void>((resolve) => queue.push(resolve));
		}
		return { lane };
	}

	leave({ lane }: Place): void {
		const next = this.#waiting[lane].shift();
		if (next) next();
		else this.#taken[lane]--;
	}

	/** Runs a statement; when `signal` is aborted it is stopped where it is, and throws. */
	async runAt({ lane }: Place, query: Query, signal?: AbortSignal): Promise<Uint8Array> {
		checkSingle(query.sql);
		const format = checkedFormat(query.format);
		const id = signal && randomUUID();
		const changes = [
			...Object.entries(query.settings).map(([name, value]) => `${checkedName(name)} = ${literal(value)}`),
			...Object.entries(query.parameters).map(([name, value]) => `param_${checkedName(name)} = ${literal(value)}`),
			...(id ? [`log_comment = '${id}'`] : []),
			// The last: nothing can be set after it.
			...(readOnly.has(lane) ? ["readonly = 1"] : []),
		];
		signal?.throwIfAborted();
		const session = this.#open();
		const stop = () => id && void this.#stop(id);
		try {
			if (changes.length > 0) await session.queryAsync(`SET ${changes.join(", ")}`);
			signal?.addEventListener("abort", stop);
			signal?.throwIfAborted();
			return (await session.queryAsync(query.sql, { format })).bytes();
		} finally {
			signal?.removeEventListener("abort", stop);
			session.close();
		}
	}

	async close(): Promise<void> {
		this.#kept.close();
	}

	async #stop(id: string): Promise<void> {
		const sql = `KILL QUERY WHERE Settings['log_comment'] = '${id}' ASYNC`;
		await this.run("admin", { sql, format: "Null", settings: {}, parameters: {} }).catch(() => undefined);
	}
}
