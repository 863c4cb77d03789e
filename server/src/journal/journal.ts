import { randomBytes } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { mkdir, open, readdir, rename, statfs, truncate, unlink } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, RetryableError } from "../errors.ts";
import type { Log } from "../log.ts";
import { Batch, type BatchResult, type Block } from "../normalize/batch.ts";
import { maxRecords } from "../normalize/record-writer.ts";
import { partOfRequest, recordsOf } from "../otlp/part-of-request.ts";
import { nothingRejected } from "../otlp/responses.ts";
import type { Signal } from "../otlp/signals.ts";
import { DedupWindow } from "./dedup-window.ts";
import { Quarantine } from "./quarantine.ts";
import { digestBytes, encodeFrame, type JournaledRequest, readSegment } from "./segment.ts";

export type JournalOptions = {
	readonly directory: string;
	/** The time for which requests are collected before they are made durable together. */
	readonly commitIntervalMs: number;
	/** A commit does not wait once this much is collected. */
	readonly commitBytes: number;
	/** A segment is closed when it is this large, */
	readonly segmentBytes: number;
	/** or has so many rows. */
	readonly segmentRows: number;
	/** Below this much free space nothing more is accepted. */
	readonly floorBytes: number;
	/** The time during which equal bytes are the same request. */
	readonly windowMs: number;
	/** Something can be loaded. */
	readonly onCommit: () => void;
	/** A segment is full: there is no use in waiting for more. */
	readonly onFull: () => void;
	readonly log: Log;
};

export type AppendResult = BatchResult & { readonly duplicate: boolean };

/** A closed segment, to be loaded into the store and then forgotten. */
export type Segment = {
	/** Its number and eight digits by chance; a part of one that was split has `-0` or `-1` behind it. */
	readonly name: string;
	readonly path: string;
	readonly bytes: number;
	/** Recovered at start-up: an earlier process may have loaded it. */
	readonly isOld: boolean;
	/** Its rows and digests, while they are in memory. */
	readonly kept?: InMemorySegment | undefined;
};

type InMemorySegment = { readonly batch: Batch; readonly digests: readonly Buffer[] };

/** The rows of a segment, as the store loads them. */
export type SegmentRows = {
	readonly blocks: readonly Block[];
	readonly digests: readonly Buffer[];
	readonly isDamaged: boolean;
	readonly batch: Batch;
};

type OpenFile = { readonly handle: FileHandle; readonly path: string; readonly name: string };

/** The segment that requests go to: its rows in memory, and its file once something was written. */
type OpenSegment = {
	/** Undefined once it was closed. */
	batch: Batch | undefined;
	readonly digests: Buffer[];
	file: OpenFile | undefined;
	bytes: number;
	rows: number;
	/** True if the batch holds exactly the rows of the file. */
	isExact: boolean;
};

/** Requests that will be made durable together. */
type Commit = {
	segment: OpenSegment;
	readonly requests: JournaledRequest[];
	bytes: number;
	rows: number;
	readonly promise: Promise<void>;
	readonly done: () => void;
	readonly failed: (error: Error) => void;
};

/** A frame's memory is used again for the next one, unless it is unusually large. */
const maxFrameKept = 8 * 1024 * 1024;
/** Closed segments whose rows stay in memory: while the store is away the others are read from their files later. */
const maxKept = 2;

/**
 * Holds acknowledged requests until their records are in the store. A request is decoded into the open segment's batch; every
 * few milliseconds the collected requests are written as one frame and synced, and then all of them are acknowledged. The store
 * loads closed segments, each as one block a table: many small blocks would cost it several times as much. After a crash the
 * rows are decoded again from the requests in the file.
 */
export class Journal {
	readonly #options: JournalOptions;
	readonly #memory: DedupWindow;
	readonly quarantine: Quarantine;
	/** Batches whose segment has been loaded. */
	readonly #spare: Batch[] = [];
	#segment: OpenSegment;
	#commit: Commit | undefined;
	#timer: NodeJS.Timeout | undefined;
	#writing = 0;
	/** The frame being written: one at a time. */
	#frame: Buffer = Buffer.alloc(0);
	/** Serializes file access between commits and segment rotation. */
	#file: Promise<void> = Promise.resolve();
	/** Requests whose commit is under way: the same bytes again wait for the same commit. */
	readonly #pending = new Map<string, Commit>();
	readonly #closed: Segment[] = [];
	#nextNumber: number;
	#full = false;
	#failing = false;
	#rowsWaiting = 0;
	readonly #spaceTimer: NodeJS.Timeout;

	private constructor(options: JournalOptions, memory: DedupWindow, quarantine: Quarantine, nextNumber: number) {
		this.#options = options;
		this.#memory = memory;
		this.quarantine = quarantine;
		this.#nextNumber = nextNumber;
		this.#segment = this.#newSegment();
		this.#spaceTimer = setInterval(() => void this.#checkSpace(), 1000);
		this.#spaceTimer.unref();
	}

	/** Opens the journal of a directory: torn tails are cut off, whole segments wait to be loaded. */
	static async open(options: JournalOptions, nowMs = Date.now()): Promise<Journal> {
		const { directory, log } = options;
		await mkdir(directory, { recursive: true, mode: 0o700 });
		const memory = await DedupWindow.open(directory, options.windowMs, nowMs);
		const quarantine = await Quarantine.open(directory);
		const names = await wholeSegments(directory);
		const journal = new Journal(options, memory, quarantine, Number(names.at(-1)?.slice(0, 12) ?? 0) + 1);
		for (const name of names) {
			const path = join(directory, name);
			const { requests, validBytes, torn, damagedBytes } = await readSegment(path);
			if (damagedBytes > 0) {
				log.error(`${damagedBytes} bytes of ${name} can't be read: the disk damaged them. The rest is loaded, the file stays`);
			}
			if (torn) {
				log.warn(`${name} ended in the middle of a commit that was never acknowledged; cut off after ${validBytes} bytes`);
				await truncate(path, validBytes);
			}
			if (validBytes === 0) {
				await unlink(path);
				continue;
			}
			for (const { digest, rows } of requests) {
				memory.add(Buffer.from(digest));
				journal.#rowsWaiting += rows;
			}
			journal.#closed.push({ name: name.slice(0, -".segment".length), path, bytes: validBytes, isOld: true });
		}
		await journal.#checkSpace();
		return journal;
	}

	get state(): "ok" | "full" {
		return this.#full ? "full" : "ok";
	}

	get backlog(): { readonly rows: number; readonly bytes: number } {
		const closed = this.#closed.reduce((bytes, segment) => bytes + segment.bytes, 0);
		return { rows: this.#rowsWaiting, bytes: closed + this.#segment.bytes };
	}

	/**
	 * Adds a request's records and resolves when they are durable. The same digest again, within the window, adds nothing and
	 * resolves when the first is durable. Rejects with a PermanentError when it can't be decoded, and with a RetryableError when
	 * it can't be written.
	 */
	async append(digest: Buffer, signal: Signal, wire: Uint8Array): Promise<AppendResult> {
		const key = digest.toString("latin1");
		const pending = this.#pending.get(key);
		if (pending) await pending.promise;
		if (pending || this.#memory.has(digest)) return { rows: 0, outcome: nothingRejected, cut: 0, duplicate: true };
		if (this.#full) throw this.#noSpace();
		const receivedMs = Date.now();
		const added = this.#segment.batch!.add(signal, wire, receivedMs, maxRecords);
		if (added.rows === 0) return { ...added, duplicate: false };
		this.#commit ??= newCommit(this.#segment);
		const commit = this.#commit;
		commit.requests.push({ digest, signal, receivedMs, rows: added.rows, wire });
		commit.rows += added.rows;
		commit.bytes += wire.length;
		this.#pending.set(key, commit);
		if (commit.bytes >= this.#options.commitBytes) this.#flush();
		else this.#timer ??= setTimeout(() => this.#flush(), this.#options.commitIntervalMs);
		await commit.promise;
		return { ...added, duplicate: false };
	}

	/** Closes the open segment: all that has come by now can be taken. Resolves with the name of the latest closed one. */
	async seal(): Promise<string> {
		const segment = this.#segment;
		if (this.#commit || segment.bytes > 0 || this.#writing > 0) {
			// What comes from now on goes to the next one; what is under way still goes to this one.
			this.#segment = this.#newSegment();
			const commit = this.#takeCommit();
			if (commit) void this.#persist(commit);
			await this.#serialize(() => this.#closeSegment(segment));
		}
		return this.#closed.at(-1)?.name ?? "";
	}

	/** The latest closed segment's name, while any is waiting. */
	get lastClosed(): string | undefined {
		return this.#closed.at(-1)?.name;
	}

	/** The closed segments, the oldest first. */
	get closed(): readonly Segment[] {
		return this.#closed;
	}

	/** The oldest closed segment. */
	oldestClosed(): Segment | undefined {
		return this.#closed[0];
	}

	/** A segment's rows: those in memory, or made once more from its file. Valid until it is forgotten. */
	async read({ kept, path, bytes }: Segment): Promise<SegmentRows> {
		if (kept) return { ...kept, blocks: kept.batch.blocks(), isDamaged: false };
		const { requests, damagedBytes } = await readSegment(path, bytes);
		const batch = this.#spare.pop() ?? new Batch();
		let isDamaged = damagedBytes > 0;
		for (const { signal, wire, receivedMs } of requests) {
			try {
				batch.add(signal, wire, receivedMs);
			} catch (error) {
				isDamaged = true;
				this.#options.log.error(`a request of ${path} can't be read any more: ${messageOf(error)}; the file stays`);
			}
		}
		return { blocks: batch.blocks(), digests: requests.map(({ digest }) => digest), isDamaged, batch };
	}

	/** The store has it: its digests are kept, its rows are deleted. */
	async release(segment: Segment, { digests, blocks, isDamaged, batch }: SegmentRows): Promise<void> {
		await this.#memory.keep(digests);
		if (isDamaged) await rename(segment.path, `${segment.path}.damaged`);
		else await unlink(segment.path);
		const at = this.#closed.findIndex((each) => each.name === segment.name);
		if (at >= 0) this.#closed.splice(at, 1);
		this.#rowsWaiting -= blocks.reduce((rows, block) => rows + block.rows, 0);
		this.#recycle(batch);
		await this.#memory.rotate(Date.now());
	}

	/**
	 * Replaces a segment by two, each with half of its records, so that a record that cannot be loaded delays no others.
	 * Returns false if it has only one record. The parts count once the whole is deleted: after a crash before that they are
	 * written again.
	 */
	async split({ name, path, bytes, kept }: Segment): Promise<boolean> {
		const halves = halvesOf((await readSegment(path, bytes)).requests);
		if (!halves) return false;
		const parts: Segment[] = [];
		for (const [i, requests] of halves.entries()) {
			const part = join(this.#options.directory, `${name}-${i}.segment`);
			const frame = encodeFrame(requests);
			const handle = await open(part, "w", 0o600);
			try {
				await handle.writeFile(frame);
				await handle.sync();
			} finally {
				await handle.close();
			}
			parts.push({ name: `${name}-${i}`, path: part, bytes: frame.length, isOld: true });
		}
		await syncDirectory(this.#options.directory);
		await unlink(path);
		await syncDirectory(this.#options.directory);
		this.#closed.splice(this.#placeOf(name), 1, ...parts);
		if (kept) this.#recycle(kept.batch);
		return true;
	}

	/** It cannot be loaded: it is kept under another name, for people to look at, and loaded no more until they say so. */
	async quarantineSegment({ name, path, kept }: Segment, reason: string): Promise<void> {
		const { records } = await this.quarantine.add(name, path, reason);
		this.#closed.splice(this.#placeOf(name), 1);
		this.#rowsWaiting -= records;
		if (kept) this.#recycle(kept.batch);
	}

	/** Has what was quarantined loaded again, as if it had just come. Throws a MisuseError where there is none of that name. */
	async retry(name: string): Promise<void> {
		const { path, bytes, records } = await this.quarantine.take(name);
		this.#closed.push({ name, path, bytes, isOld: true });
		this.#rowsWaiting += records;
		this.#options.onFull();
	}

	#placeOf(name: string): number {
		const at = this.#closed.findIndex((each) => each.name === name);
		if (at < 0) throw new Error(`there is no segment ${name}`);
		return at;
	}

	/** Makes durable what is still waiting, and closes the files. */
	async close(): Promise<void> {
		clearInterval(this.#spaceTimer);
		await this.seal();
		await this.#file;
	}

	/** Writes what has come, unless something is being written: then more is collected until that is done. */
	#flush(): void {
		if (this.#writing > 0) return;
		const commit = this.#takeCommit();
		if (commit) void this.#persist(commit);
	}

	#takeCommit(): Commit | undefined {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		const commit = this.#commit;
		this.#commit = undefined;
		return commit;
	}

	/** Makes a commit durable and resolves its requests. Never rejects. */
	async #persist(commit: Commit): Promise<void> {
		this.#writing++;
		try {
			await this.#serialize(() => this.#write(commit));
			for (const { digest } of commit.requests) {
				this.#memory.add(digest);
				commit.segment.digests.push(digest);
			}
			this.#rowsWaiting += commit.rows;
			if (this.#failing) this.#options.log.info("can write again");
			this.#failing = false;
			commit.done();
			this.#options.onCommit();
		} catch (error) {
			if (!this.#failing) this.#options.log.error(`cannot write: ${messageOf(error)}: senders are asked to wait`);
			this.#failing = true;
			commit.failed(this.#noSpace());
		}
		for (const { digest } of commit.requests) this.#pending.delete(digest.toString("latin1"));
		this.#writing--;
		if (commit.segment === this.#segment && this.#isFull(commit.segment)) {
			void this.seal().then(() => this.#options.onFull());
		} else if (this.#commit) this.#flush();
	}

	#isFull({ bytes, rows }: OpenSegment): boolean {
		return bytes >= this.#options.segmentBytes || rows >= this.#options.segmentRows;
	}

	#serialize(use: () => Promise<void>): Promise<void> {
		const rotate = this.#file.then(use);
		this.#file = rotate.catch(() => undefined);
		return rotate;
	}

	async #write(commit: Commit): Promise<void> {
		const { segment } = commit;
		const frame = encodeFrame(commit.requests, this.#frame);
		if (frame.length > this.#frame.length && frame.length <= maxFrameKept) this.#frame = frame;
		try {
			segment.file ??= await this.#openFile();
			const { handle } = segment.file;
			// On a disk that is about to be full a write may take less than it was given, and say no word.
			for (let written = 0; written < frame.length; ) {
				written += (await handle.write(frame, written, frame.length - written, segment.bytes + written)).bytesWritten;
			}
			await handle.datasync();
			segment.bytes += frame.length;
			segment.rows += commit.rows;
		} catch (error) {
			await this.#abandon(segment);
			throw error;
		}
	}

	/**
	 * After a failed write or sync the content of the file beyond the last good frame is unknown: the segment ends there. Its
	 * rows in memory are more than what was acknowledged, so they will be read from the file.
	 */
	async #abandon(segment: OpenSegment): Promise<void> {
		segment.isExact = false;
		await segment.file?.handle.truncate(segment.bytes).catch(() => undefined);
		if (this.#segment === segment) this.#segment = this.#newSegment();
		if (this.#commit?.segment === segment) {
			// Its rows are in the batch that was given up.
			this.#commit.segment = this.#segment;
			this.#segment.isExact = false;
		}
		await this.#closeSegment(segment);
		await this.#checkSpace();
	}

	#newSegment(): OpenSegment {
		return { batch: this.#spare.pop() ?? new Batch(), digests: [], file: undefined, bytes: 0, rows: 0, isExact: true };
	}

	#recycle(batch: Batch): void {
		batch.clear();
		if (this.#spare.length < maxKept) this.#spare.push(batch);
	}

	async #openFile(): Promise<OpenFile> {
		// The number is its place in the order. It begins again after a restart with nothing left, and a name must never come
		// again: the store takes a segment of the same name for the same.
		const name = `${String(this.#nextNumber++).padStart(12, "0")}-${randomBytes(4).toString("hex")}`;
		const path = join(this.#options.directory, `${name}.segment`);
		const handle = await open(path, "wx", 0o600);
		await syncDirectory(this.#options.directory);
		return { handle, path, name };
	}

	async #closeSegment(segment: OpenSegment): Promise<void> {
		const { batch, digests, file, bytes, isExact } = segment;
		Object.assign(segment, { batch: undefined, file: undefined, bytes: 0, rows: 0 });
		// What it holds has been synced: nothing can be lost by closing.
		await file?.handle.close().catch(() => undefined);
		if (file && bytes === 0) await unlink(file.path).catch(() => undefined);
		const isKept = bytes > 0 && isExact && batch !== undefined && this.#closed.filter(({ kept }) => kept).length < maxKept;
		if (batch && !isKept) this.#recycle(batch);
		if (!file || bytes === 0) return;
		const { name, path } = file;
		this.#closed.push({ name, path, bytes, isOld: false, kept: isKept ? { batch, digests } : undefined });
	}

	async #checkSpace(): Promise<void> {
		// A directory that can't be asked says so when it is written to.
		const disk = await statfs(this.#options.directory).catch(() => undefined);
		if (!disk) return;
		const { bavail, bsize } = disk;
		const full = bavail * bsize < this.#options.floorBytes;
		if (full !== this.#full) {
			this.#full = full;
			this.#options.log.warn(
				full
					? `less than ${Math.round(this.#options.floorBytes / 1048576)} MiB free in ${this.#options.directory}: senders are asked to wait`
					: "there is space again",
			);
		}
	}

	#noSpace(): RetryableError {
		return new RetryableError("cannot accept: no space for the journal. Free some, Purser then continues by itself", 2);
	}
}

function newCommit(segment: OpenSegment): Commit {
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	promise.catch(() => undefined);
	return { segment, requests: [], bytes: 0, rows: 0, promise, done: resolve, failed: reject };
}

/** The names of segments' files. Parts of one that is still there are of a split that was not finished: it holds all that they do. */
async function wholeSegments(directory: string): Promise<string[]> {
	const names = (await readdir(directory)).filter((name) => /^\d{12}-[0-9a-f]{8}(-[01])*\.segment$/.test(name)).sort();
	const known = new Set(names);
	const isWhole = (name: string) => !known.has(name.replace(/-[01]\.segment$/, ".segment")) || !/-[01]\.segment$/.test(name);
	for (const name of names) if (!isWhole(name)) await unlink(join(directory, name));
	return names.filter(isWhole);
}

/** Requests in two halves of about as many records, or the only request's records in two; undefined where it has one only. */
function halvesOf(requests: readonly JournaledRequest[]): [JournaledRequest[], JournaledRequest[]] | undefined {
	if (requests.length > 1) {
		const half = requests.reduce((sum, { rows }) => sum + rows, 0) / 2;
		let rows = requests[0]!.rows;
		let at = 1;
		while (at < requests.length - 1 && rows + requests[at]!.rows <= half) rows += requests[at++]!.rows;
		return [requests.slice(0, at), requests.slice(at)];
	}
	const [request] = requests;
	const records = request ? recordsOf(request.wire) : 0;
	if (!request || records < 2) return undefined;
	const half = records >> 1;
	const part = (from: number, to: number): JournaledRequest => {
		const wire = partOfRequest(request.wire, from, to);
		const isFirst = from === 0;
		const digest = isFirst ? request.digest : randomBytes(digestBytes);
		// How many rows they become is known when they are read; here they are as many as records, but for what has several points.
		const rows = isFirst ? Math.floor(request.rows / 2) : request.rows - Math.floor(request.rows / 2);
		return { ...request, digest, rows, wire };
	};
	return [[part(0, half)], [part(half, records)]];
}

/** A new file's name is durable only when its directory is. */
async function syncDirectory(directory: string): Promise<void> {
	const handle = await open(directory, "r");
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}
