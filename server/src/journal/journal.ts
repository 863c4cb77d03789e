import { mkdir } from "node:fs/promises";
import { type Clock, systemClock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { BatchResult } from "../normalize/batch.ts";
import { maxRecords } from "../normalize/record-writer.ts";
import { nothingRejected } from "../otlp/responses.ts";
import type { Signal } from "../otlp/signals.ts";
import { BatchPool } from "./batch-pool.ts";
import { CommitQueue } from "./commit-queue.ts";
import { type ConsumerOptions, Consumers } from "./consumers.ts";
import { DedupWindow } from "./dedup-window.ts";
import { DiskSpace, noSpace } from "./disk-space.ts";
import { OpenSegment } from "./open-segment.ts";
import type { Quarantine } from "./quarantine.ts";
import type { JournaledRequest } from "./segment.ts";
import { maxInMemory, type Segment, type SegmentRows, SegmentStore } from "./segment-store.ts";

export type { Segment, SegmentRows } from "./segment-store.ts";

export type JournalOptions = {
	readonly directory: string;
	/** The time for which requests are collected before they are made durable together. */
	readonly commitIntervalMs: number;
	/** A commit does not wait once this many bytes are collected. */
	readonly commitBytes: number;
	/** A segment is closed when it is this large, */
	readonly segmentBytes: number;
	/** or has so many rows. */
	readonly segmentRows: number;
	/** Below this much free space no request is accepted. */
	readonly minFreeBytes: number;
	/** The time during which equal bytes are the same request. */
	readonly windowMs: number;
	/** Readers of all requests in addition to the store. */
	readonly consumers?: readonly ConsumerOptions[];
	/** Called when there is something to load. */
	readonly onCommit: () => void;
	/** Called when a segment is full: waiting for more would only pile up work. */
	readonly onFull: () => void;
	readonly clock?: Clock;
	readonly log: Log;
};

export type AppendResult = BatchResult & { readonly duplicate: boolean };

/**
 * Holds acknowledged requests until their records are in the store. A request is decoded into the open segment's batch; every
 * few milliseconds the collected requests are written as one frame and synced, and then all of them are acknowledged. The store
 * loads closed segments, each as one block a table: many small blocks would cost it several times as much. After a crash the
 * rows are decoded again from the requests in the file.
 */
export class Journal {
	readonly #options: JournalOptions;
	readonly #clock: Clock;
	readonly #pool: BatchPool;
	readonly #segments: SegmentStore;
	readonly #dedup: DedupWindow;
	readonly #space: DiskSpace;
	readonly #commits: CommitQueue;
	readonly consumers: Consumers;
	#segment: OpenSegment;
	#nextNumber: number;
	#rowsWaiting: number;

	private constructor(
		options: JournalOptions,
		parts: { pool: BatchPool; segments: SegmentStore; dedup: DedupWindow; consumers: Consumers; rowsWaiting: number },
	) {
		const { directory, minFreeBytes, commitIntervalMs, commitBytes, log, clock = systemClock } = options;
		this.#options = options;
		this.#clock = clock;
		this.#pool = parts.pool;
		this.#segments = parts.segments;
		this.#dedup = parts.dedup;
		this.consumers = parts.consumers;
		this.#rowsWaiting = parts.rowsWaiting;
		const latest = [parts.segments.closed.at(-1)?.name, parts.consumers.latestName].map((name) =>
			Number(name?.slice(0, 12) ?? 0),
		);
		this.#nextNumber = Math.max(...latest) + 1;
		this.#space = new DiskSpace(directory, minFreeBytes, log);
		this.#commits = new CommitQueue({
			commitIntervalMs,
			commitBytes,
			space: this.#space,
			onDurable: (segment, requests) => this.#committed(segment, requests),
			onBroken: (segment) => this.#replace(segment),
			log,
		});
		this.#segment = this.#newSegment();
	}

	/** Opens the journal of a directory: torn tails are cut off, whole segments wait to be loaded. */
	static async open(options: JournalOptions): Promise<Journal> {
		const { directory, windowMs, consumers: named = [], log, clock = systemClock } = options;
		await mkdir(directory, { recursive: true, mode: 0o700 });
		const dedup = await DedupWindow.open(directory, windowMs, clock.nowMs());
		const pool = new BatchPool(maxInMemory);
		let rowsWaiting = 0;
		const segments = await SegmentStore.open(directory, pool, log, ({ digest, rows }) => {
			dedup.add(Buffer.from(digest));
			rowsWaiting += rows;
		});
		const consumers = await Consumers.open(directory, named, log);
		// Parts of a split segment are in the segment that consumers read.
		for (const { name, path } of segments.closed) if (!/-[01]$/.test(name)) await consumers.retain(name, path);
		const journal = new Journal(options, { pool, segments, dedup, consumers, rowsWaiting });
		await journal.#space.look();
		return journal;
	}

	get state(): "ok" | "full" {
		return this.#space.isFull ? "full" : "ok";
	}

	get quarantine(): Quarantine {
		return this.#segments.quarantine;
	}

	get backlog(): { readonly rows: number; readonly bytes: number } {
		return { rows: this.#rowsWaiting, bytes: this.#segments.bytes + this.#segment.bytes };
	}

	/**
	 * Adds a request's records and resolves when they are durable. The same digest again, within the window, adds nothing and
	 * resolves when the first is durable. Rejects with a PermanentError when it can't be decoded, and with a RetryableError when
	 * it can't be written.
	 */
	async append(digest: Buffer, signal: Signal, wire: Uint8Array): Promise<AppendResult> {
		const pending = this.#commits.pending(digest);
		if (pending) await pending;
		if (pending || this.#dedup.has(digest)) return { rows: 0, outcome: nothingRejected, cut: 0, duplicate: true };
		if (this.#space.isFull) throw noSpace();
		const receivedMs = this.#clock.nowMs();
		const added = this.#segment.batch.add(signal, wire, receivedMs, maxRecords);
		if (added.rows > 0) await this.#commits.add(this.#segment, { digest, signal, receivedMs, rows: added.rows, wire });
		return { ...added, duplicate: false };
	}

	/** Closes the open segment, so that all of its requests can be loaded. Resolves with the name of the latest closed one. */
	async seal(): Promise<string> {
		const segment = this.#segment;
		if (this.#commits.isBusy || segment.bytes > 0) {
			// Later requests go to the next one; those under way still go to this one.
			this.#segment = this.#newSegment();
			await this.#commits.after(() => this.#close(segment));
		}
		return this.lastClosed ?? "";
	}

	/** The latest closed segment's name, while any is waiting. */
	get lastClosed(): string | undefined {
		return this.#segments.closed.at(-1)?.name;
	}

	/** The closed segments, the oldest first. */
	get closed(): readonly Segment[] {
		return this.#segments.closed;
	}

	oldestClosed(): Segment | undefined {
		return this.#segments.closed[0];
	}

	/** Returns a segment's rows: those in memory, or decoded again from its file. Valid until it is released. */
	read(segment: Segment): Promise<SegmentRows> {
		return this.#segments.read(segment);
	}

	/** Releases a segment that the store has loaded: its digests are remembered, its file is deleted. */
	async release(segment: Segment, rows: SegmentRows): Promise<void> {
		await this.#dedup.keep(rows.digests);
		const released = rows.blocks.reduce((sum, block) => sum + block.rows, 0);
		await this.#segments.remove(segment, rows);
		this.#rowsWaiting -= released;
		await this.#dedup.rotate(this.#clock.nowMs());
	}

	/** Replaces a segment by its halves. Returns false if it has only one record. */
	split(segment: Segment): Promise<boolean> {
		return this.#segments.split(segment);
	}

	/** Quarantines a segment that cannot be loaded, until an operator retries it. */
	async quarantineSegment(segment: Segment, reason: string): Promise<void> {
		this.#rowsWaiting -= await this.#segments.quarantineSegment(segment, reason);
	}

	/** Loads a quarantined segment again. Throws a UsageError where none has that name. */
	async retry(name: string): Promise<void> {
		this.#rowsWaiting += await this.#segments.unquarantine(name);
		this.#options.onFull();
	}

	/** Makes waiting requests durable, and closes the files. */
	async close(): Promise<void> {
		this.#space.close();
		await this.seal();
		await this.#commits.idle();
	}

	#committed(segment: OpenSegment, requests: readonly JournaledRequest[]): void {
		for (const { digest, rows } of requests) {
			this.#dedup.add(digest);
			segment.addDigest(digest);
			this.#rowsWaiting += rows;
		}
		this.#options.onCommit();
		const isFull = segment.bytes >= this.#options.segmentBytes || segment.rows >= this.#options.segmentRows;
		if (isFull && segment === this.#segment) void this.seal().then(() => this.#options.onFull());
	}

	/** Closes a segment that could not be written to. Requests go to another one from now on. */
	#replace(segment: OpenSegment): { next: OpenSegment; closed: Promise<void> } {
		if (this.#segment === segment) this.#segment = this.#newSegment();
		return { next: this.#segment, closed: this.#close(segment) };
	}

	async #close(segment: OpenSegment): Promise<void> {
		const sealed = await segment.seal();
		if (!sealed) return;
		await this.consumers.retain(sealed.name, sealed.path);
		this.#segments.add(sealed);
	}

	#newSegment(): OpenSegment {
		return new OpenSegment(this.#options.directory, this.#pool, () => this.#nextNumber++);
	}
}
