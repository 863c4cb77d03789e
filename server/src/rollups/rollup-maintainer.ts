import { messageOf, RetryableError } from "../errors.ts";
import { Job } from "../job.ts";
import type { Log } from "../log.ts";
import type { Block } from "../normalize/batch.ts";
import type { TableName } from "../schema/tables.ts";
import type { RollupFreshness, TimeRange } from "../semantic/rollup-freshness.ts";
import { identifier, sql } from "../sql.ts";
import type { Store } from "../store/store.ts";
import { DirtyHours, hourMs } from "./dirty-hours.ts";
import { FailedHours, firstRetryMs } from "./failed-hours.ts";
import { batchOf } from "./hour-batch.ts";
import { RecordVersions } from "./record-versions.ts";
import { dropExpiredRollups, hoursOfLaterPoints, hoursWithRecords, rollUp } from "./roll-up.ts";
import { FreshnessCache } from "./rollup-freshness-cache.ts";
import { StaleHours } from "./stale-hours.ts";
import { definitionHash, rollupTables } from "./tables.ts";
import { VersionedCache } from "./versioned-cache.ts";

// Longer than 250 lines: one state machine of dirty hours.

export type RollupMaintainerOptions = {
	readonly store: Store;
	/** The time without new records after which an hour is rolled up: longer than any question takes. */
	readonly delayMs: number;
	/** Months that records are kept: their rollups go with them. */
	readonly retainMonths: Readonly<Record<TableName, number>>;
	/** Returns true if the store answers and has its schema. */
	readonly canAsk: () => boolean;
	readonly log: Log;
};

/** Rows about to be loaded. */
export type CommittedBlock = Pick<Block, "table" | "hours" | "cumulative">;

const maxResults = 64;
const maxKeptRows = 1000;
const lookMs = 5000;
/** Spans come when they end, long after the hour in which they began: it is rolled up after a multiple of the usual delay. */
const delayFactorOfSpans = 15;

/**
 * Keeps the rollups up to date. An hour whose rows change is recorded as stale before they do, and is answered from its records until it
 * is rolled up again, after some time without new rows. Rollups are derived from records by the SQL that answers from records, so they can
 * be deleted at any time.
 */
export class RollupMaintainer {
	readonly #options: RollupMaintainerOptions;
	readonly #stale = new DirtyHours();
	readonly #staleHours: StaleHours;
	/** Numbers the changes of records, so that answers about other hours stay valid. */
	readonly versions = new RecordVersions();
	readonly #freshness: FreshnessCache;
	/** Recent results. Large ones, which are exports rather than panels of a page, are not kept. */
	readonly #results = new VersionedCache<{ readonly rows: readonly unknown[] }>(
		maxResults,
		({ rows }) => rows.length <= maxKeptRows,
	);
	#isPrepared = false;
	#preparing: Promise<void> | undefined;
	readonly #job: Job;
	#rolling: Promise<void> | undefined;
	#isClosed = false;
	readonly #failed = new FailedHours();
	/** Serializes changes of the list of stale hours. */
	#writing: Promise<unknown> = Promise.resolve();

	constructor(options: RollupMaintainerOptions) {
		this.#options = options;
		this.#staleHours = new StaleHours(options.store);
		this.#freshness = new FreshnessCache(options.store, this.versions);
		this.#job = new Job({
			name: "roll up",
			run: () => this.#rollReady(),
			canRun: options.canAsk,
			everyMs: Math.min(lookMs, Math.max(100, options.delayMs)),
			retryMs: lookMs,
			maxRetryMs: firstRetryMs,
			log: options.log,
		});
	}

	/**
	 * Returns the freshness for questions about a period: the hours for which the rollups hold, or undefined while that is not
	 * known.
	 */
	async freshnessOf(period: TimeRange): Promise<RollupFreshness> {
		return await this.#freshness.of(period, this.freshnessWithoutHints(period));
	}

	/** Resolves to the result for a key, which is computed again only when records that a question about the period reads changed. */
	reuse<Value extends { readonly rows: readonly unknown[] }>(
		key: string,
		period: TimeRange,
		compute: () => Promise<Value>,
	): Promise<Value> {
		return this.#results.get(key, this.versions.of(period), compute) as Promise<Value>;
	}

	/** Returns the freshness for questions that ask for no increments: finding plan hints would take longer than they do. */
	freshnessWithoutHints(period: TimeRange): RollupFreshness {
		const isKnown = this.#isPrepared && this.#options.canAsk();
		return isKnown ? { stale: this.#stale.around(period) } : undefined;
	}

	/**
	 * The number of hours that are answered from their records, of those that have ended and wait to be rolled up, and of those
	 * that failed the last time.
	 */
	get hours(): { readonly stale: number; readonly waiting: number; readonly failed: number } {
		const waiting = this.#stale.ready(Date.now(), 0).filter((hour) => !this.#failed.has(hour)).length;
		return { stale: this.#stale.size, waiting, failed: this.#failed.size };
	}

	/** Creates the tables of this version, and loads the stale hours. Called whenever the store becomes ready. */
	prepare(): Promise<void> {
		this.#isPrepared = false;
		this.#preparing ??= this.#prepare().finally(() => {
			this.#preparing = undefined;
		});
		return this.#preparing;
	}

	async #prepare(): Promise<void> {
		const { store, log } = this.#options;
		await this.#rolling?.catch(() => undefined);
		await this.#staleHours.prepare();
		const tables = await store.rows<{ name: string; comment: string }>(
			sql`SELECT name, comment FROM system.tables WHERE database = currentDatabase() AND match(name, '^(rollup|rolled)_')`,
		);
		const known = new Map(tables.map(({ name, comment }) => [name, comment]));
		const isSame = known.size === rollupTables.length && rollupTables.every(({ name }) => known.get(name) === definitionHash);
		if (!isSame) {
			if (known.size > 0) log.info("rollups are rebuilt");
			// First recorded, then dropped: after a kill between the two an empty table is not taken for a time without records.
			await this.#staleHours.writeAll();
			for (const name of known.keys()) await store.command(sql`DROP TABLE ${identifier(name)} SYNC`);
			for (const { create } of rollupTables) await store.command(create);
		}
		const stale = await this.#staleHours.list();
		this.#stale.clear();
		for (const hour of stale) this.#stale.markDirty(hour, 0);
		await this.#dropExpired();
		this.versions.changedEverywhere();
		this.#isPrepared = true;
	}

	/** Loads rows while their hours are answered from records, and are not rolled up. */
	async wrapLoad<Result>({ table, hours, cumulative }: CommittedBlock, load: () => Promise<Result>): Promise<Result> {
		if (!this.#isPrepared) await this.prepare();
		const later = cumulative
			? await hoursOfLaterPoints(
					this.#options.store,
					hours.reduce((first, hour) => Math.min(first, hour), Number.POSITIVE_INFINITY),
				)
			: [];
		const touched = [...hours, ...later];
		await this.#markStale(touched);
		// A load that failed here may yet succeed in the store, so its hours stay dirty until it is retried.
		try {
			const result = await load();
			for (const hour of touched) this.#stale.markDirty(hour, Date.now(), table === "spans" ? delayFactorOfSpans : 1);
			return result;
		} finally {
			this.versions.changed(touched);
		}
	}

	/** Schedules a rollup of all hours. Resolves to their number. */
	async rebuild(): Promise<number> {
		if (!this.#isPrepared) await this.prepare();
		const hours = await hoursWithRecords(this.#options.store);
		await this.#serialize(async () => {
			await this.#staleHours.writeAll();
			// Dated now, because questions under way still read the rollups.
			for (const hour of hours) this.#stale.markDirty(hour, Math.max(Date.now(), this.#stale.touchedMsOf(hour)));
			this.versions.changedEverywhere();
		});
		return this.#stale.size;
	}

	async close(): Promise<void> {
		this.#isClosed = true;
		await this.#job.close();
		await this.#writing.catch(() => undefined);
	}

	async #rollReady(): Promise<void> {
		if (!this.#isPrepared) {
			// The failure has been logged; until it succeeds all questions are answered from records.
			this.prepare().catch(() => undefined);
			return;
		}
		if (this.#ready.length === 0) return;
		this.#rolling = this.#rollWhileReady();
		await this.#rolling;
	}

	get #ready(): number[] {
		const now = Date.now();
		return this.#stale.ready(now, this.#options.delayMs).filter((hour) => this.#failed.isReady(hour, now));
	}

	/**
	 * Loops until no hour is ready. Queries again each round, because during an import more hours become ready and can share a
	 * batch.
	 */
	async #rollWhileReady(): Promise<void> {
		await this.#dropExpired();
		for (let ready = this.#ready; ready.length > 0 && !this.#isClosed && this.#isPrepared; ready = this.#ready) {
			await this.#rollEach(await batchOf(this.#options.store, ready));
		}
	}

	/** Rolls hours up together, or one by one where that fails, so that one bad hour delays no others. */
	async #rollEach(hours: readonly number[]): Promise<void> {
		try {
			await this.#roll(hours);
			this.#failed.succeeded(hours);
		} catch (error) {
			// An unavailable store is no fault of these hours.
			if (error instanceof RetryableError || this.#isClosed) throw error;
			if (hours.length > 1) for (const hour of hours) await this.#rollEach([hour]);
			else this.#postpone(hours[0]!, error);
		}
	}

	/** An hour that cannot be rolled up is still answered from its records, and is retried at growing intervals. */
	#postpone(hour: number, error: unknown): void {
		const delayMs = this.#failed.postpone(hour, Date.now());
		const when = new Date(hour).toISOString();
		this.#options.log.warn(
			`cannot roll up the hour from ${when}: ${messageOf(error)}; it is answered from its records, and tried again in ${delayMs / 60_000} minutes`,
		);
	}

	/** Rolls up consecutive hours. Rows that arrive meanwhile leave their hour dirty. */
	async #roll(hours: readonly number[]): Promise<void> {
		const { store } = this.#options;
		const generations = hours.map((hour) => this.#stale.generationOf(hour));
		await rollUp(store, hours[0]!, hours.at(-1)! + hourMs);
		await this.#serialize(async () => {
			const fresh = hours.filter((hour, i) => this.#stale.generationOf(hour) === generations[i]);
			await this.#staleHours.write(fresh, false);
			this.#stale.remove(fresh);
			this.versions.changed(fresh);
		});
	}

	async #dropExpired(): Promise<void> {
		const { store, retainMonths } = this.#options;
		if (await dropExpiredRollups(store, retainMonths)) this.versions.changedEverywhere();
	}

	/** Notes hours as stale, first in the store and then here. Those that are need nothing but to be touched. */
	#markStale(hours: readonly number[]): Promise<void> {
		return this.#serialize(async () => {
			const fresh = hours.filter((hour) => !this.#stale.has(hour));
			await this.#staleHours.write(fresh, true);
			for (const hour of hours) this.#stale.markDirty(hour, Number.POSITIVE_INFINITY);
			this.versions.changed(hours);
		});
	}

	#serialize<Result>(act: () => Promise<Result>): Promise<Result> {
		const turn = this.#writing.catch(() => undefined).then(act);
		this.#writing = turn;
		return turn;
	}
}
