import { ClickHouseError } from "@clickhouse/client";
import { systemClock } from "../clock.ts";
import { messageOf, RetryableError } from "../errors.ts";
import { Job } from "../job.ts";
import type { Journal, Segment } from "../journal/journal.ts";
import type { Log } from "../log.ts";
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
	/** Wraps the load of a table's rows, so that their hours are dirty before the rows change. */
	readonly wrapLoad: (block: Block, load: () => Promise<void>) => Promise<void>;
	readonly onLoaded: (rows: Readonly<Record<TableName, number>>) => void;
	readonly log: Log;
};

/** Time in which further commits join a load, and the time after a failure of the journal. */
const delayMs = 30;
const retryMs = 1000;
/** A segment is the suspected cause after so many failures. */
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
	readonly #job: Job;
	#signal = new AbortController().signal;

	constructor(options: LoaderOptions) {
		this.#options = options;
		const { canLoad: canRun, intervalMs, log } = options;
		this.#job = new Job({ name: "load records", run: (signal) => this.#run(signal), canRun, delayMs, intervalMs, retryMs, log });
	}

	/** Schedules a load. Does not wait. */
	notify(): void {
		this.#job.notify();
	}

	/** Loads soon, because there is enough for an insert of its own: waiting for more would only pile up work. */
	flushNow(): void {
		this.#job.notifyUrgent();
	}

	/** Finishes the current load. Segments that are not loaded stay in the journal. */
	close(): Promise<void> {
		return this.#job.close();
	}

	async #run(signal: AbortSignal): Promise<void> {
		this.#signal = signal;
		const { journal } = this.#options;
		// Closed segments first. The open one is closed in a run of its own, when it has had its time.
		const closed = journal.lastClosed;
		await this.#loadTo(closed ?? (await journal.seal()));
		if (journal.lastClosed) this.#job.notifyUrgent();
		else if (closed) this.#job.notify();
	}

	get #isStopping(): boolean {
		return this.#signal.aborted;
	}

	#wait(ms: number): Promise<void> {
		return systemClock.wait(ms, this.#signal);
	}

	/** Loads the segments up to that one; later ones wait for the next run. */
	async #loadTo(last: string): Promise<void> {
		let pauseMs = firstDelayMs;
		let isAgain = false;
		let strikes = 0;
		for (let segment = this.#options.journal.oldestClosed(); segment && !this.#isStopping; ) {
			const deaths = this.#options.deaths();
			try {
				await this.#load(segment, isAgain || segment.isOld);
			} catch (error) {
				isAgain = true;
				// That the engine has ended is known a moment after its connections have.
				if (error instanceof RetryableError) await this.#wait(deathMs);
				const isSuspect = isOfRows(error) || this.#options.deaths() > deaths;
				if (isSuspect && ++strikes >= (isPart(segment) ? 1 : maxStrikes)) {
					if (await this.#divide(segment, error, strikes)) {
						strikes = 0;
						isAgain = false;
						if (segment.name >= last) return;
						segment = this.#options.journal.oldestClosed();
					}
					continue;
				}
				if (pauseMs === firstDelayMs || !(error instanceof RetryableError)) {
					this.#options.log.warn(`cannot load segment ${segment.name}: ${messageOf(error)}; it stays in the journal`);
				}
				await this.#wait(pauseMs);
				pauseMs = Math.min(pauseMs * 2, 5000);
				await this.#untilItAnswers();
				continue;
			}
			if (segment.name >= last) return;
			pauseMs = firstDelayMs;
			isAgain = false;
			strikes = 0;
			segment = this.#options.journal.oldestClosed();
		}
	}

	/**
	 * Halves a segment that cannot be loaded, or quarantines it if it is one record, so that no other record waits for it. Returns false
	 * where that has to be retried.
	 */
	async #divide(segment: Segment, error: unknown, strikes: number): Promise<boolean> {
		const { journal, log } = this.#options;
		await this.#untilItAnswers();
		if (this.#isStopping) return false;
		try {
			await this.#takeBack(segment);
			if (await journal.split(segment)) {
				log.warn(`cannot load segment ${segment.name}: ${messageOf(error)}; it is loaded in halves`);
				return true;
			}
			if (strikes < maxStrikes) return false;
			await journal.quarantineSegment(segment, messageOf(error));
			log.error(
				`cannot load segment ${segment.name}, one record: ${messageOf(error)}; it is quarantined: see purser journal list`,
			);
			return true;
		} catch (failure) {
			log.error(`cannot divide segment ${segment.name}: ${messageOf(failure)}; it is tried again`);
			await this.#wait(5000);
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

	/** Waits for the store: a killed engine takes some time to restart, and a retry before would only fail. */
	async #untilItAnswers(): Promise<void> {
		while (!this.#isStopping && !this.#options.canLoad()) {
			await this.#wait(100);
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
