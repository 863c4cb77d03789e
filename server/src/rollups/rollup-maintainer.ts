import { messageOf, RetryableError } from "../errors.ts";
import { Job } from "../job.ts";
import type { Log } from "../log.ts";
import type { Block } from "../normalize/batch.ts";
import { type TableName, tables } from "../schema/tables.ts";
import { inPeriod } from "../semantic/dataset.ts";
import type { RollupFreshness, TimeRange } from "../semantic/rollup-freshness.ts";
import { bind, identifier, join, parameter, type Sql, sql } from "../sql.ts";
import { formatTime } from "../store/format-time.ts";
import { retentionStart } from "../store/retention.ts";
import type { Store } from "../store/store.ts";
import { DirtyHours, hourMs } from "./dirty-hours.ts";
import { RecordVersions } from "./record-versions.ts";
import { FreshnessCache } from "./rollup-freshness-cache.ts";
import { definitionHash, rollupTables, staleHoursTable } from "./tables.ts";
import { VersionedCache } from "./versioned-cache.ts";

export type RollupMaintainerOptions = {
	readonly store: Store;
	/** The time without new records after which an hour is rolled up: longer than any question takes. */
	readonly restMs: number;
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
const dayMs = 24 * hourMs;
const lookMs = 5000;
/** Records rolled up in one statement, which must end long before it is taken for stuck. */
const batchRecords = 400_000;
/** And of no more than so many days, for which counting them takes no time. */
const batchMs = 14 * dayMs;
const lookbackHours = 31 * 24;
/** Spans come when they end, and of some hour long after it: it is left alone for so many times as long as after other records. */
const restsOfSpans = 15;
/** An hour that could not be rolled up is tried again after this, then after twice as long, up to an hour. */
const firstRetryMs = 60_000;
const maxRetryMs = hourMs;

/** The condition for tables whose times are whole seconds. */
const inSeconds = sql`time >= ${parameter("from", "DateTime('UTC')")} AND time < ${parameter("to", "DateTime('UTC')")}`;
const deletion = (table: string, condition: Sql): Sql =>
	sql`ALTER TABLE ${identifier(table)} DELETE WHERE ${condition} SETTINGS mutations_sync = 2`;

const recordTables = Object.keys(tables) as TableName[];

/**
 * Keeps the rollups. An hour whose rows change is noted as stale before they do, and is answered from its records until it was
 * left alone for a while and is rolled up again. Rollups are made of records only, never of rollups, and by the very SQL that
 * answers from records; so they can be thrown away at any time.
 */
export class RollupMaintainer {
	readonly #options: RollupMaintainerOptions;
	readonly #stale = new DirtyHours();
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
	/** Hours that could not be rolled up, and when they are tried again. */
	readonly #failed = new Map<number, { readonly delayMs: number; readonly retryMs: number }>();
	/** Changes of the table of stale hours, one after the other. */
	#noting: Promise<unknown> = Promise.resolve();
	#lastAt = 0;

	constructor(options: RollupMaintainerOptions) {
		this.#options = options;
		this.#freshness = new FreshnessCache(options.store, this.versions);
		this.#job = new Job({
			name: "roll up",
			run: () => this.#rollReady(),
			canRun: options.canAsk,
			everyMs: Math.min(lookMs, Math.max(100, options.restMs)),
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

	/** Makes the tables as they are to be, and learns which hours are stale. To be done whenever the store is there again. */
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
		await store.command(staleHoursTable);
		const tables = await store.rows<{ name: string; comment: string }>(
			sql`SELECT name, comment FROM system.tables WHERE database = currentDatabase() AND match(name, '^(rollup|rolled)_')`,
		);
		const known = new Map(tables.map(({ name, comment }) => [name, comment]));
		const isSame = known.size === rollupTables.length && rollupTables.every(({ name }) => known.get(name) === definitionHash);
		if (!isSame) {
			if (known.size > 0) log.info("rollups are rebuilt");
			// First noted, then dropped: killed between the two, an empty table is not taken for a quiet time.
			await this.#noteAll();
			for (const name of known.keys()) await store.command(sql`DROP TABLE ${identifier(name)} SYNC`);
			for (const { create } of rollupTables) await store.command(create);
		}
		const stale = await store.rows<{ hour: number }>(
			sql`SELECT toUnixTimestamp(hour) AS hour FROM stale_hours GROUP BY hour HAVING argMax(is_stale, at)`,
		);
		this.#stale.clear();
		for (const { hour } of stale) this.#stale.markDirty(hour * 1000, 0);
		await this.#dropExpired();
		this.versions.changedEverywhere();
		this.#isPrepared = true;
	}

	/** Loads rows while their hours are answered from records, and are not rolled up. */
	async wrapLoad<Result>({ table, hours, cumulative }: CommittedBlock, load: () => Promise<Result>): Promise<Result> {
		if (!this.#isPrepared) await this.prepare();
		const later = cumulative
			? await this.#rolledAfter(hours.reduce((first, hour) => Math.min(first, hour), Number.POSITIVE_INFINITY))
			: [];
		const touched = [...hours, ...later];
		await this.#note(touched);
		// A load that failed may yet succeed without us, so its hours are left alone until it is tried again.
		try {
			const result = await load();
			for (const hour of touched) this.#stale.markDirty(hour, Date.now(), table === "spans" ? restsOfSpans : 1);
			return result;
		} finally {
			this.versions.changed(touched);
		}
	}

	/** Has everything rolled up again, soon. Resolves to how many hours that are. */
	async rebuild(): Promise<number> {
		if (!this.#isPrepared) await this.prepare();
		const hours = await this.#hoursWithRecords();
		await this.#inTurn(async () => {
			await this.#noteAll();
			// Now and not long ago: questions that are under way still read what is there.
			for (const hour of hours) this.#stale.markDirty(hour, Math.max(Date.now(), this.#stale.touchedMsOf(hour)));
			this.versions.changedEverywhere();
		});
		return this.#stale.size;
	}

	async close(): Promise<void> {
		this.#isClosed = true;
		await this.#job.close();
		await this.#noting.catch(() => undefined);
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
		return this.#stale.ready(now, this.#options.restMs).filter((hour) => (this.#failed.get(hour)?.retryMs ?? 0) <= now);
	}

	/**
	 * Loops until no hour is ready. Queries again each round, because during an import more hours become ready and can share a
	 * batch.
	 */
	async #rollWhileReady(): Promise<void> {
		await this.#dropExpired();
		for (let rested = this.#ready; rested.length > 0 && !this.#isClosed && this.#isPrepared; rested = this.#ready) {
			await this.#rollEach(await this.#batch(rested));
		}
	}

	/** Rolls hours up together, or one by one where that fails: what is wrong with one of them keeps no other waiting. */
	async #rollEach(hours: readonly number[]): Promise<void> {
		try {
			await this.#roll(hours);
			for (const hour of hours) this.#failed.delete(hour);
		} catch (error) {
			// The store being away says nothing about these hours.
			if (error instanceof RetryableError || this.#isClosed) throw error;
			if (hours.length > 1) for (const hour of hours) await this.#rollEach([hour]);
			else this.#postpone(hours[0]!, error);
		}
	}

	/** An hour that cannot be rolled up is still answered from its records, and is retried at growing intervals. */
	#postpone(hour: number, error: unknown): void {
		const delayMs = Math.min((this.#failed.get(hour)?.delayMs ?? firstRetryMs / 2) * 2, maxRetryMs);
		this.#failed.set(hour, { delayMs, retryMs: Date.now() + delayMs });
		const when = new Date(hour).toISOString();
		this.#options.log.warn(
			`cannot roll up the hour from ${when}: ${messageOf(error)}; it is answered from its records, and tried again in ${delayMs / 60_000} minutes`,
		);
	}

	/**
	 * The latest hours with not too many records together, and nothing between them: what is there and not stale is being read, and an
	 * hour without records is rolled up in no time.
	 */
	async #batch(rested: readonly number[]): Promise<number[]> {
		const latest = rested[0]!;
		const own = new Set(rested.filter((hour) => hour > latest - batchMs));
		const counts = await this.#recordsOf(latest - batchMs, latest + hourMs);
		const batch: number[] = [];
		let records = 0;
		for (let hour = latest; hour > latest - batchMs; hour -= hourMs) {
			const count = counts.get(hour) ?? 0;
			records += count;
			if (batch.length > 0 && (records > batchRecords || (count > 0 && !own.has(hour)))) break;
			if (own.has(hour)) batch.unshift(hour);
		}
		return batch;
	}

	async #recordsOf(fromMs: number, toMs: number): Promise<Map<number, number>> {
		const counted = (table: string): Sql =>
			sql`SELECT toUnixTimestamp(toStartOfHour(time)) AS hour, count() AS records FROM ${identifier(table)} WHERE ${inPeriod} GROUP BY hour`;
		const rows = await this.#options.store.rows<{ hour: number; records: number }>(
			sql`SELECT hour, sum(records) AS records FROM (${join(recordTables.map(counted), " UNION ALL ")}) GROUP BY hour`,
			{ from: formatTime(fromMs), to: formatTime(toMs) },
		);
		return new Map(rows.map(({ hour, records }) => [hour * 1000, records]));
	}

	/** Rolls up hours with nothing between them. What comes meanwhile leaves its hour stale. */
	async #roll(hours: readonly number[]): Promise<void> {
		const { store } = this.#options;
		const generations = hours.map((hour) => this.#stale.generationOf(hour));
		const [first, end] = [hours[0]!, hours.at(-1)! + hourMs];
		for (const { name, fill, isDaily } of rollupTables) {
			// Of days with other stale hours, too: they are made again with each of these, and not read before the last.
			const [fromMs, toMs] = isDaily ? [Math.floor(first / dayMs) * dayMs, Math.ceil(end / dayMs) * dayMs] : [first, end];
			const period = { from: formatTime(fromMs), to: formatTime(toMs) };
			const seconds = { from: period.from.slice(0, 19), to: period.to.slice(0, 19) };
			const [there] = await store.rows<{ some: number }>(
				sql`SELECT count() > 0 AS some FROM ${identifier(name)} WHERE ${inSeconds}`,
				seconds,
			);
			if (there?.some) await store.command(deletion(name, inSeconds), seconds);
			await store.command(fill, period);
		}
		await this.#inTurn(async () => {
			const fresh = hours.filter((hour, i) => this.#stale.generationOf(hour) === generations[i]);
			await this.#write(fresh, false);
			this.#stale.remove(fresh);
			this.versions.changed(fresh);
		});
	}

	async #dropExpired(): Promise<void> {
		const { store, retainMonths } = this.#options;
		const parameters = Object.fromEntries(
			recordTables.map((table) => [table, String(retentionStart(retainMonths[table], Date.now()) / 1000)]),
		);
		for (const { name, expired } of rollupTables) {
			const [there] = await store.rows<{ some: number }>(
				sql`SELECT count() > 0 AS some FROM ${identifier(name)} WHERE ${expired}`,
				parameters,
			);
			if (!there?.some) continue;
			await store.command(deletion(name, expired), parameters);
			this.versions.changedEverywhere();
		}
	}

	/** Those that hold rollups of points, after an hour and as far as a counter is looked back for. */
	async #rolledAfter(hour: number): Promise<number[]> {
		if (hour + hourMs > Date.now()) return [];
		const rows = await this.#options.store.rows<{ hour: number }>(
			sql`SELECT DISTINCT toUnixTimestamp(toStartOfHour(time)) AS hour FROM rollup_points WHERE ${inSeconds}`,
			{ from: formatTime(hour).slice(0, 19), to: formatTime(hour + lookbackHours * hourMs).slice(0, 19) },
		);
		return rows.map(({ hour: later }) => later * 1000);
	}

	async #hoursWithRecords(): Promise<number[]> {
		const hours = [...recordTables, "rollup_ingest"].map(
			(table) => sql`SELECT DISTINCT toStartOfHour(time) AS hour FROM ${identifier(table)}`,
		);
		const rows = await this.#options.store.rows<{ hour: number }>(
			sql`SELECT DISTINCT toUnixTimestamp(hour) AS hour FROM (${join(hours, " UNION ALL ")})`,
		);
		return rows.map(({ hour }) => hour * 1000);
	}

	async #noteAll(): Promise<void> {
		const at = this.#nextAt();
		const hours = (table: string): Sql =>
			sql`SELECT DISTINCT toStartOfHour(toDateTime(time, 'UTC')) AS hour FROM ${identifier(table)}`;
		await this.#options.store.command(
			sql`INSERT INTO stale_hours (hour, is_stale, at) SELECT DISTINCT hour, 1, ${bind(at, "UInt64")} FROM (${join(recordTables.map(hours), " UNION ALL ")})`,
		);
	}

	/** Notes hours as stale, first in the store and then here. Those that are need nothing but to be touched. */
	#note(hours: readonly number[]): Promise<void> {
		return this.#inTurn(async () => {
			const fresh = hours.filter((hour) => !this.#stale.has(hour));
			await this.#write(fresh, true);
			for (const hour of hours) this.#stale.markDirty(hour, Number.POSITIVE_INFINITY);
			this.versions.changed(hours);
		});
	}

	async #write(hours: readonly number[], isStale: boolean): Promise<void> {
		if (hours.length === 0) return;
		const at = this.#nextAt();
		const rows = hours.map((hour) => ({ hour: hour / 1000, is_stale: isStale ? 1 : 0, at }));
		await this.#options.store.insert("stale_hours", ["hour", "is_stale", "at"], rows);
	}

	/** Later than all before, also those of a process whose clock was ahead by less than it took to start this one. */
	#nextAt(): number {
		this.#lastAt = Math.max(this.#lastAt + 1, Date.now() * 1000);
		return this.#lastAt;
	}

	#inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
		const turn = this.#noting.catch(() => undefined).then(act);
		this.#noting = turn;
		return turn;
	}
}
