import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, RetryableError } from "../errors.ts";
import type { Journal, Segment } from "../journal/journal.ts";
import type { Block } from "../normalize/batch.ts";
import type { TableName } from "../normalize/tables.ts";
import { type Store, UnreadableRowsError } from "./store.ts";

export type LoaderOptions = {
	readonly journal: Journal;
	readonly store: Store;
	/** Names this journal's segments among those of others that load into the same store. */
	readonly journalId: string;
	/** Under load, at most one insert a table in this time: few large parts are cheaper than many small ones. */
	readonly intervalMs: number;
	/** Whether the store is there and has its schema. */
	readonly canLoad: () => boolean;
	/** Loads a table's rows, whatever else must know of it. */
	readonly around: (block: Block, load: () => Promise<void>) => Promise<void>;
	readonly onLoaded: (rows: Readonly<Record<TableName, number>>) => void;
	readonly log: (message: string) => void;
};

const maxRefused = 5;

/** Moves closed segments from the journal into the store, each exactly once. */
export class Loader {
	readonly #options: LoaderOptions;
	#lastLoadMs = 0;
	#running: Promise<void> | undefined;
	#again = false;
	#stopping = false;
	readonly #stop = new AbortController();
	#pause = new AbortController();

	constructor(options: LoaderOptions) {
		this.#options = options;
	}

	/** There is something to load. Returns at once. */
	notify(): void {
		this.#again = true;
		if (this.#running || this.#stopping || !this.#options.canLoad()) return;
		this.#running = this.#run().finally(() => {
			this.#running = undefined;
			if (this.#again && !this.#stopping) this.notify();
		});
	}

	/** There is enough for an insert of its own: waiting for more would only pile up. */
	hurry(): void {
		this.#pause.abort();
		this.notify();
	}

	/** Loads what is there, once, and stops: what can't be loaded now stays in the journal. */
	async close(): Promise<void> {
		this.#stopping = true;
		this.#stop.abort();
		await this.#running;
	}

	async #run(): Promise<void> {
		while (this.#again && !this.#stopping) {
			const { journal, intervalMs } = this.#options;
			if (!journal.lastClosed) await this.#wait(Math.max(30, this.#lastLoadMs + intervalMs - Date.now()));
			if (this.#stopping) return;
			// Closed segments first, as they are. The open one is closed in a turn of its own, when it has had its time.
			const closed = journal.lastClosed;
			this.#again = closed !== undefined;
			await this.#loadTo(closed ?? (await journal.seal()));
			this.#lastLoadMs = Date.now();
		}
	}

	async #wait(ms: number): Promise<void> {
		this.#pause = new AbortController();
		const signal = AbortSignal.any([this.#stop.signal, this.#pause.signal]);
		await sleep(ms, undefined, { signal }).catch(() => undefined);
	}

	/** Loads the segments up to that one; what comes meanwhile waits for the next turn. */
	async #loadTo(last: string): Promise<void> {
		let delayMs = 100;
		let isAgain = false;
		let refused = 0;
		let next = this.#options.journal.take();
		while (next && !this.#stopping) {
			const segment = next;
			try {
				await this.#load(segment, isAgain || segment.isOld);
				delayMs = 100;
				isAgain = false;
				refused = 0;
				if (segment.name >= last) return;
				next = this.#options.journal.take();
			} catch (error) {
				isAgain = true;
				if (error instanceof UnreadableRowsError && ++refused >= maxRefused) {
					// One segment must not keep all behind it until the disk is full.
					await this.#options.journal.setAside(segment);
					this.#options.log(
						`store: it refused segment ${segment.name} ${refused} times: ${messageOf(error)}. Its file stays, set aside`,
					);
					refused = 0;
					if (segment.name >= last) return;
					next = this.#options.journal.take();
					continue;
				}
				if (delayMs === 100 || !(error instanceof RetryableError)) {
					this.#options.log(`store: cannot load segment ${segment.name}: ${messageOf(error)}; it stays in the journal`);
				}
				await sleep(delayMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
				delayMs = Math.min(delayMs * 2, 5000);
			}
		}
	}

	async #load(segment: Segment, isAgain: boolean): Promise<void> {
		const { journal, store, journalId, around, onLoaded } = this.#options;
		const content = await journal.read(segment);
		const rows = { events: 0, points: 0, spans: 0 };
		for (const block of content.blocks) {
			const token = `${journalId}-${segment.name}-${block.table}`;
			await around(block, () => store.load(block.table, block, token, isAgain));
			rows[block.table] = block.rows;
		}
		await journal.forget(segment, content);
		onLoaded(rows);
	}
}
