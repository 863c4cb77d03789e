import { setTimeout as sleep } from "node:timers/promises";
import { ClickHouseError } from "@clickhouse/client";
import { messageOf, RetryableError } from "../errors.ts";
import type { Journal, Segment } from "../journal/journal.ts";
import type { Block } from "../normalize/batch.ts";
import { type TableName, tables } from "../schema/tables.ts";
import { type Store, TooExpensiveError, UnreadableRowsError } from "./store.ts";

export type LoaderOptions = {
	readonly journal: Journal;
	readonly store: Store;
	/** Names this journal's segments among those of others that load into the same store. */
	readonly journalId: string;
	/** Under load, at most one insert a table in this time: few large parts are cheaper than many small ones. */
	readonly intervalMs: number;
	/** Returns true if the store answers and has its schema. */
	readonly canLoad: () => boolean;
	/** The number of times that the store's engine ended without being asked to. */
	readonly deaths: () => number;
	/** Loads a table's rows, whatever else must know of it. */
	readonly wrapLoad: (block: Block, load: () => Promise<void>) => Promise<void>;
	readonly onLoaded: (rows: Readonly<Record<TableName, number>>) => void;
	readonly log: (message: string) => void;
};

/** So often a segment is tried before it is taken for the reason. */
const maxStrikes = 3;
const firstDelayMs = 100;
const deathMs = 200;
const tableNames = Object.keys(tables) as TableName[];

/**
 * Returns true if an error is caused by the rows, and not by the store's state: they cannot be built, read, or held in its
 * memory.
 */
const isOfRows = (error: unknown): boolean =>
	error instanceof UnreadableRowsError ||
	error instanceof TooExpensiveError ||
	!(error instanceof RetryableError || error instanceof ClickHouseError || isSystemError(error));
/** Returns true for errors of a file or a disk. */
const isSystemError = (error: unknown): boolean => error instanceof Error && "syscall" in error;

/** Returns true for a part of a segment that could not be loaded. */
const isPart = ({ name }: Segment): boolean => /-[01]$/.test(name);

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
	flushNow(): void {
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
		let delayMs = firstDelayMs;
		let isAgain = false;
		let strikes = 0;
		for (let segment = this.#options.journal.oldestClosed(); segment && !this.#stopping; ) {
			const deaths = this.#options.deaths();
			try {
				await this.#load(segment, isAgain || segment.isOld);
			} catch (error) {
				isAgain = true;
				// That the engine has ended is known a moment after its connections have.
				if (error instanceof RetryableError) await sleep(deathMs);
				const isSuspect = isOfRows(error) || this.#options.deaths() > deaths;
				if (isSuspect && ++strikes >= (isPart(segment) ? 1 : maxStrikes)) {
					if (await this.#divide(segment, error, strikes)) {
						strikes = 0;
						isAgain = false;
						// Its halves are there to be loaded now.
						this.#again = true;
						if (segment.name >= last) return;
						segment = this.#options.journal.oldestClosed();
					}
					continue;
				}
				if (delayMs === firstDelayMs || !(error instanceof RetryableError)) {
					this.#options.log(`store: cannot load segment ${segment.name}: ${messageOf(error)}; it stays in the journal`);
				}
				await sleep(delayMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
				delayMs = Math.min(delayMs * 2, 5000);
				await this.#untilItAnswers();
				continue;
			}
			if (segment.name >= last) return;
			delayMs = firstDelayMs;
			isAgain = false;
			strikes = 0;
			segment = this.#options.journal.oldestClosed();
		}
	}

	/**
	 * Cuts a segment that cannot be loaded in halves, or sets it aside where it is one record: what is wrong with one keeps no other
	 * waiting. False where that has to be tried again.
	 */
	async #divide(segment: Segment, error: unknown, strikes: number): Promise<boolean> {
		const { journal, log } = this.#options;
		await this.#untilItAnswers();
		if (this.#stopping) return false;
		try {
			await this.#takeBack(segment);
			if (await journal.split(segment)) {
				log(`store: cannot load segment ${segment.name}: ${messageOf(error)}; it is loaded in halves`);
				return true;
			}
			if (strikes < maxStrikes) return false;
			await journal.quarantineSegment(segment, messageOf(error));
			log(
				`store: cannot load segment ${segment.name}, one record: ${messageOf(error)}; it is quarantined: see purser journal list`,
			);
			return true;
		} catch (failure) {
			log(`store: cannot divide segment ${segment.name}: ${messageOf(failure)}; it is tried again`);
			await sleep(5000, undefined, { signal: this.#stop.signal }).catch(() => undefined);
			return false;
		}
	}

	/**
	 * Removes rows of a segment that are in the store already: its halves have names of their own there, and would be stored
	 * twice.
	 */
	async #takeBack({ name }: Segment): Promise<void> {
		const { store, journalId } = this.#options;
		for (const table of tableNames) await store.unload(table, `${journalId}-${name}-${table}`);
	}

	/** An engine that was killed takes some time to come back: the next try would only be another failure. */
	async #untilItAnswers(): Promise<void> {
		while (!this.#stopping && !this.#options.canLoad()) {
			await sleep(100, undefined, { signal: this.#stop.signal }).catch(() => undefined);
		}
	}

	async #load(segment: Segment, isAgain: boolean): Promise<void> {
		const { journal, store, journalId, wrapLoad, onLoaded } = this.#options;
		const content = await journal.read(segment);
		const rows = { events: 0, points: 0, spans: 0 };
		for (const block of content.blocks) {
			const token = `${journalId}-${segment.name}-${block.table}`;
			await wrapLoad(block, () => store.load(block.table, block, token, isAgain));
			rows[block.table] = block.rows;
		}
		await journal.release(segment, content);
		onLoaded(rows);
	}
}
