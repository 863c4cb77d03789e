import { randomBytes } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { Batch } from "../normalize/batch.ts";
import type { BatchPool } from "./batch-pool.ts";
import { syncDirectory } from "./files.ts";

/** A written segment that takes no more requests. */
export type SealedSegment = {
	readonly name: string;
	readonly path: string;
	readonly bytes: number;
	/** Rows and digests of exactly the requests in the file, if they are in memory. */
	readonly batch: Batch | undefined;
	readonly digests: readonly Buffer[];
};

type OpenFile = { readonly handle: FileHandle; readonly path: string; readonly name: string };

/** The segment that requests are written to: their rows in memory, and a file from the first write on. */
export class OpenSegment {
	readonly #directory: string;
	readonly #pool: BatchPool;
	readonly #nextNumber: () => number;
	#digests: Buffer[] = [];
	#file: OpenFile | undefined;
	#batch: Batch | undefined;
	/** Size of the file. */
	bytes = 0;
	/** Rows of the file. */
	rows = 0;
	/** True if the batch holds exactly the rows of the file. */
	isExact = true;

	constructor(directory: string, pool: BatchPool, nextNumber: () => number) {
		this.#directory = directory;
		this.#pool = pool;
		this.#batch = pool.take();
		this.#nextNumber = nextNumber;
	}

	/** The rows of all requests that were added, written or not. */
	get batch(): Batch {
		return this.#batch!;
	}

	/** Adds the digest of a written request. */
	addDigest(digest: Buffer): void {
		this.#digests.push(digest);
	}

	/** Appends a frame durably. After a rejection the file ends at its last good frame, and the segment must be sealed. */
	async write(frame: Buffer, rows: number): Promise<void> {
		try {
			this.#file ??= await this.#create();
			const { handle } = this.#file;
			// On a disk that is nearly full a write may take less than it was given without an error.
			for (let written = 0; written < frame.length; ) {
				written += (await handle.write(frame, written, frame.length - written, this.bytes + written)).bytesWritten;
			}
			await handle.datasync();
			this.bytes += frame.length;
			this.rows += rows;
		} catch (error) {
			// After a failed write or sync the content beyond the last good frame is unknown. The rows in memory are more than those.
			this.isExact = false;
			await this.#file?.handle.truncate(this.bytes).catch(() => undefined);
			throw error;
		}
	}

	/**
	 * Closes the file. Returns undefined if no request was written since the last time. A commit that was under way may still be written
	 * afterwards, to a file of its own, which is sealed in turn.
	 */
	async seal(): Promise<SealedSegment | undefined> {
		const [file, bytes, digests, isExact] = [this.#file, this.bytes, this.#digests, this.isExact];
		this.#file = undefined;
		this.bytes = 0;
		this.rows = 0;
		this.#digests = [];
		const batch = this.#batch;
		this.#batch = undefined;
		this.isExact = false;
		// Its content has been synced: closing cannot lose anything.
		await file?.handle.close().catch(() => undefined);
		if (file && bytes === 0) await unlink(file.path).catch(() => undefined);
		if (!file || bytes === 0) {
			if (batch) this.#pool.recycle(batch);
			return undefined;
		}
		if (batch && !isExact) this.#pool.recycle(batch);
		const { name, path } = file;
		return { name, path, bytes, batch: isExact ? batch : undefined, digests };
	}

	async #create(): Promise<OpenFile> {
		// The number orders segments. It restarts when none is left, and a name must never be used twice: the store takes a segment of the
		// same name for the same.
		const name = `${String(this.#nextNumber()).padStart(12, "0")}-${randomBytes(4).toString("hex")}`;
		const path = join(this.#directory, `${name}.segment`);
		const handle = await open(path, "wx", 0o600);
		await syncDirectory(this.#directory);
		return { handle, path, name };
	}
}
