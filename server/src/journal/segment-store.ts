import { rename, truncate, unlink } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Batch, Block } from "../normalize/batch.ts";
import type { BatchPool } from "./batch-pool.ts";
import { segmentFilesIn, syncDirectory, writeDurably } from "./files.ts";
import { halve } from "./halve.ts";
import type { SealedSegment } from "./open-segment.ts";
import { Quarantine } from "./quarantine.ts";
import { encodeFrame, type JournaledRequest, readSegment } from "./segment.ts";

/** A closed segment, to be loaded into the store and then released. */
export type Segment = {
	/** Its number and eight random digits; a part of one that was split has the suffix `-0` or `-1`. */
	readonly name: string;
	readonly path: string;
	readonly bytes: number;
	/** Recovered at start-up, or a part of another: it may have been loaded. */
	readonly isOld: boolean;
	/** Its rows and digests, while they are in memory. */
	readonly kept?: { readonly batch: Batch; readonly digests: readonly Buffer[] } | undefined;
};

/** The rows of a segment, as the store loads them. */
export type SegmentRows = {
	readonly blocks: readonly Block[];
	readonly digests: readonly Buffer[];
	readonly isDamaged: boolean;
	readonly batch: Batch;
};

/** Closed segments whose rows stay in memory: while the store is unavailable the others are read from their files later. */
export const maxInMemory = 2;

/** The closed segments of a directory, the oldest first. */
export class SegmentStore {
	readonly #directory: string;
	readonly #pool: BatchPool;
	readonly #log: Log;
	readonly #closed: Segment[] = [];
	readonly quarantine: Quarantine;

	private constructor(directory: string, pool: BatchPool, quarantine: Quarantine, log: Log) {
		this.#directory = directory;
		this.#pool = pool;
		this.quarantine = quarantine;
		this.#log = log;
	}

	/**
	 * Opens the segments of a directory. Torn tails, which were never acknowledged, are cut off. `onRequest` is called for every request
	 * that waits to be loaded.
	 */
	static async open(
		directory: string,
		pool: BatchPool,
		log: Log,
		onRequest: (request: JournaledRequest) => void,
	): Promise<SegmentStore> {
		const store = new SegmentStore(directory, pool, await Quarantine.open(directory), log);
		for (const file of await segmentFilesIn(directory)) await store.#recover(file, onRequest);
		return store;
	}

	get closed(): readonly Segment[] {
		return this.#closed;
	}

	get bytes(): number {
		return this.#closed.reduce((sum, { bytes }) => sum + bytes, 0);
	}

	add({ name, path, bytes, batch, digests }: SealedSegment): void {
		const isKept = batch !== undefined && this.#closed.filter(({ kept }) => kept).length < maxInMemory;
		if (batch && !isKept) this.#pool.recycle(batch);
		this.#closed.push({ name, path, bytes, isOld: false, kept: isKept ? { batch, digests } : undefined });
	}

	/** Returns a segment's rows: those in memory, or decoded again from its file. Valid until it is released. */
	async read({ kept, path, bytes }: Segment): Promise<SegmentRows> {
		if (kept) return { ...kept, blocks: kept.batch.blocks(), isDamaged: false };
		const { requests, damagedBytes } = await readSegment(path, bytes);
		const batch = this.#pool.take();
		let isDamaged = damagedBytes > 0;
		for (const { signal, wire, receivedMs } of requests) {
			try {
				batch.add(signal, wire, receivedMs);
			} catch (error) {
				isDamaged = true;
				this.#log.error(`a request of ${path} cannot be decoded any more: ${messageOf(error)}; the file stays`);
			}
		}
		return { blocks: batch.blocks(), digests: requests.map(({ digest }) => digest), isDamaged, batch };
	}

	/** Deletes a loaded segment; a damaged file stays under another name. */
	async remove({ name, path }: Segment, { isDamaged, batch }: SegmentRows): Promise<void> {
		if (isDamaged) await rename(path, `${path}.damaged`);
		else await unlink(path);
		this.#closed.splice(this.#indexOf(name), 1);
		this.#pool.recycle(batch);
	}

	/**
	 * Replaces a segment by two, each with half of its records, so that a record that cannot be loaded delays no others.
	 * Returns false if it has only one record. The parts count once the whole is deleted: after a crash before that they are
	 * written again.
	 */
	async split({ name, path, bytes, kept }: Segment): Promise<boolean> {
		const halves = halve((await readSegment(path, bytes)).requests);
		if (!halves) return false;
		const parts: Segment[] = [];
		for (const [i, requests] of halves.entries()) {
			const part = join(this.#directory, `${name}-${i}.segment`);
			const frame = encodeFrame(requests);
			await writeDurably(part, frame);
			parts.push({ name: `${name}-${i}`, path: part, bytes: frame.length, isOld: true });
		}
		await syncDirectory(this.#directory);
		await unlink(path);
		await syncDirectory(this.#directory);
		this.#closed.splice(this.#indexOf(name), 1, ...parts);
		if (kept) this.#pool.recycle(kept.batch);
		return true;
	}

	/** Quarantines a segment that cannot be loaded. Returns its number of records. */
	async quarantineSegment({ name, path, kept }: Segment, reason: string): Promise<number> {
		const { records } = await this.quarantine.add(name, path, reason);
		this.#closed.splice(this.#indexOf(name), 1);
		if (kept) this.#pool.recycle(kept.batch);
		return records;
	}

	/** Takes a segment out of quarantine. Returns its number of records. Throws a UsageError where none has that name. */
	async unquarantine(name: string): Promise<number> {
		const { path, bytes, records } = await this.quarantine.take(name);
		this.#closed.push({ name, path, bytes, isOld: true });
		return records;
	}

	async #recover(file: string, onRequest: (request: JournaledRequest) => void): Promise<void> {
		const path = join(this.#directory, file);
		const { requests, validBytes, torn, damagedBytes } = await readSegment(path);
		if (damagedBytes > 0) {
			this.#log.error(
				`${damagedBytes} bytes of ${file} cannot be read: the disk damaged them. The rest is loaded, the file stays`,
			);
		}
		if (torn) {
			this.#log.warn(`${file} ended in the middle of a commit that was never acknowledged; cut off after ${validBytes} bytes`);
			await truncate(path, validBytes);
		}
		if (validBytes === 0) {
			await unlink(path);
			return;
		}
		for (const request of requests) onRequest(request);
		this.#closed.push({ name: file.slice(0, -".segment".length), path, bytes: validBytes, isOld: true });
	}

	#indexOf(name: string): number {
		const index = this.#closed.findIndex((each) => each.name === name);
		if (index < 0) throw new Error(`there is no segment ${name}`);
		return index;
	}
}
