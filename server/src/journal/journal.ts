import { randomBytes } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { mkdir, open, readdir, rename, statfs, truncate, unlink } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, RetryableError } from "../errors.ts";
import { type Added, Batch } from "../normalize/batch.ts";
import { MemoryOfRequests } from "./memory-of-requests.ts";
import { encodeFrame, readSegment, type SegmentContent } from "./segment.ts";

export type JournalOptions = {
	readonly directory: string;
	/** How long requests are collected before they are made durable together. */
	readonly commitIntervalMs: number;
	/** A commit does not wait once this much is collected. */
	readonly commitBytes: number;
	/** A segment is closed when it is this large. */
	readonly segmentBytes: number;
	/** Below this much free space nothing more is accepted. */
	readonly floorBytes: number;
	/** How long the same bytes are taken for the same request. */
	readonly windowMs: number;
	/** Something can be loaded. */
	readonly onCommit: () => void;
	readonly log: (message: string) => void;
};

export type Appended = Added & { readonly duplicate: boolean };

/** A closed segment, to be loaded into the store and then forgotten. */
export type Segment = {
	readonly name: string;
	readonly path: string;
	readonly bytes: number;
	/** It was there when the journal was opened: whoever had it before may have loaded it. */
	readonly isOld: boolean;
};

type Commit = { readonly promise: Promise<void>; readonly done: () => void; readonly failed: (error: Error) => void };

/**
 * What was acknowledged and is not yet in the store. Requests are decoded into one batch; every few milliseconds the batch is
 * written as one frame and synced, and then all its requests are acknowledged. The store takes closed segments away.
 */
export class Journal {
	readonly #options: JournalOptions;
	readonly #memory: MemoryOfRequests;
	#batch = new Batch();
	#digests: Buffer[] = [];
	#commit: Commit | undefined;
	#timer: NodeJS.Timeout | undefined;
	#writing = false;
	/** The file is used by one at a time: a commit, or whoever closes it. */
	#file: Promise<void> = Promise.resolve();
	/** Requests whose commit is under way: the same bytes again wait for the same commit. */
	readonly #pending = new Map<string, Commit>();
	#segment: { handle: FileHandle; path: string; name: string; bytes: number; digests: number } | undefined;
	readonly #closed: Segment[] = [];
	#nextNumber: number;
	#full = false;
	#failing = false;
	#rowsWaiting = 0;
	readonly #spaceTimer: NodeJS.Timeout;

	private constructor(options: JournalOptions, memory: MemoryOfRequests, nextNumber: number) {
		this.#options = options;
		this.#memory = memory;
		this.#nextNumber = nextNumber;
		this.#spaceTimer = setInterval(() => void this.#checkSpace(), 1000);
		this.#spaceTimer.unref();
	}

	/** Opens the journal of a directory: torn tails are cut off, whole segments wait to be loaded. */
	static async open(options: JournalOptions, nowMs = Date.now()): Promise<Journal> {
		const { directory, log } = options;
		await mkdir(directory, { recursive: true, mode: 0o700 });
		const memory = await MemoryOfRequests.open(directory, options.windowMs, nowMs);
		const names = (await readdir(directory)).filter((name) => /^\d{12}-[0-9a-f]{8}\.segment$/.test(name)).sort();
		const journal = new Journal(options, memory, Number(names.at(-1)?.slice(0, 12) ?? 0) + 1);
		for (const name of names) {
			const path = join(directory, name);
			const { digests, validBytes, torn, damagedBytes, blocks } = await readSegment(path);
			if (damagedBytes > 0) {
				log(`journal: ${damagedBytes} bytes of ${name} can't be read: the disk damaged them. The rest is loaded, the file stays`);
			}
			if (torn) {
				log(`journal: ${name} ended in the middle of a commit that was never acknowledged; cut off after ${validBytes} bytes`);
				await truncate(path, validBytes);
			}
			if (validBytes === 0) {
				await unlink(path);
				continue;
			}
			for (const digest of digests) memory.add(digest);
			journal.#rowsWaiting += Object.values(blocks).reduce((rows, block) => rows + block.rows, 0);
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
		return { rows: this.#rowsWaiting, bytes: closed + (this.#segment?.bytes ?? 0) };
	}

	/**
	 * Adds a request's records by `add` and resolves when they are durable. The same digest again, within the window, adds
	 * nothing and resolves when the first is durable. Rejects with a PermanentError when it can't be decoded, and with a
	 * RetryableError when it can't be written.
	 */
	async append(digest: Buffer, add: (batch: Batch) => Added): Promise<Appended> {
		const key = digest.toString("latin1");
		const pending = this.#pending.get(key);
		if (pending) await pending.promise;
		if (pending || this.#memory.has(digest)) return { rows: 0, outcome: { rejected: 0, reason: "" }, duplicate: true };
		if (this.#full) throw this.#noSpace();
		const added = add(this.#batch);
		if (added.rows === 0) return { ...added, duplicate: false };
		this.#digests.push(digest);
		this.#commit ??= newCommit();
		const commit = this.#commit;
		this.#pending.set(key, commit);
		if (this.#batch.bytes >= this.#options.commitBytes) this.#flush();
		else this.#timer ??= setTimeout(() => this.#flush(), this.#options.commitIntervalMs);
		await commit.promise;
		return { ...added, duplicate: false };
	}

	/** Closes the open segment: all that is durable by now can be taken. Resolves with the name of the latest closed one. */
	async seal(): Promise<string> {
		await this.#alone(() => this.#closeSegment());
		return this.#closed.at(-1)?.name ?? "";
	}

	/** The oldest closed segment. */
	take(): Segment | undefined {
		return this.#closed[0];
	}

	read(segment: Segment): Promise<SegmentContent> {
		return readSegment(segment.path, segment.bytes);
	}

	/** The store has it: its digests are kept, its rows are deleted. */
	async forget(segment: Segment, content: SegmentContent): Promise<void> {
		await this.#memory.keep(content.digests);
		if (content.damagedBytes > 0) await rename(segment.path, `${segment.path}.damaged`);
		else await unlink(segment.path);
		const at = this.#closed.findIndex((each) => each.name === segment.name);
		if (at >= 0) this.#closed.splice(at, 1);
		this.#rowsWaiting -= Object.values(content.blocks).reduce((rows, block) => rows + block.rows, 0);
		await this.#memory.turn(Date.now());
	}

	/** Makes durable what is still waiting, and closes the files. */
	async close(): Promise<void> {
		clearInterval(this.#spaceTimer);
		while (this.#writing || this.#commit) {
			this.#flush();
			await this.#file;
		}
		await this.#alone(() => this.#closeSegment());
	}

	/** Writes the batch, unless one is being written: then it goes on collecting until that one is done. */
	#flush(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		const commit = this.#commit;
		if (this.#writing || !commit) return;
		const rows = this.#batch.rows;
		const digests = this.#digests;
		const frame = encodeFrame(digests, this.#batch.blocks());
		this.#batch.clear();
		this.#digests = [];
		this.#commit = undefined;
		this.#writing = true;
		void this.#alone(() => this.#write(frame, digests.length))
			.then(() => {
				for (const digest of digests) this.#memory.add(digest);
				this.#rowsWaiting += rows;
				if (this.#failing) this.#options.log("journal: can write again");
				this.#failing = false;
				commit.done();
				this.#options.onCommit();
			})
			.catch((error: unknown) => {
				if (!this.#failing) this.#options.log(`journal: cannot write: ${messageOf(error)}: senders are asked to wait`);
				this.#failing = true;
				commit.failed(this.#noSpace());
			})
			.then(() => {
				for (const digest of digests) this.#pending.delete(digest.toString("latin1"));
				this.#writing = false;
				if (this.#commit) this.#flush();
			});
	}

	#alone(use: () => Promise<void>): Promise<void> {
		const turn = this.#file.then(use);
		this.#file = turn.catch(() => undefined);
		return turn;
	}

	async #write(frame: Buffer, digests: number): Promise<void> {
		const segment = this.#segment ?? (await this.#openSegment());
		try {
			// On a disk that is about to be full a write may take less than it was given, and say no word.
			for (let written = 0; written < frame.length; ) {
				written += (await segment.handle.write(frame, written, frame.length - written, segment.bytes + written)).bytesWritten;
			}
			await segment.handle.datasync();
			segment.bytes += frame.length;
			segment.digests += digests;
			if (segment.bytes >= this.#options.segmentBytes) await this.#closeSegment();
		} catch (error) {
			// After a failed write or sync nobody knows what the file holds beyond the last good frame: end it there.
			await segment.handle.truncate(segment.bytes).catch(() => undefined);
			await this.#closeSegment();
			await this.#checkSpace();
			throw error;
		}
	}

	async #openSegment() {
		// The number is its place in the order. It begins again after a restart with nothing left, and a name must never come
		// again: the store takes a segment of the same name for the same.
		const name = `${String(this.#nextNumber++).padStart(12, "0")}-${randomBytes(4).toString("hex")}`;
		const path = join(this.#options.directory, `${name}.segment`);
		const handle = await open(path, "wx", 0o600);
		await syncDirectory(this.#options.directory);
		this.#segment = { handle, path, name, bytes: 0, digests: 0 };
		return this.#segment;
	}

	async #closeSegment(): Promise<void> {
		const segment = this.#segment;
		if (!segment) return;
		this.#segment = undefined;
		// What it holds has been synced: nothing can be lost by closing.
		await segment.handle.close().catch(() => undefined);
		if (segment.bytes === 0) await unlink(segment.path).catch(() => undefined);
		else this.#closed.push({ name: segment.name, path: segment.path, bytes: segment.bytes, isOld: false });
	}

	async #checkSpace(): Promise<void> {
		// A directory that can't be asked says so when it is written to.
		const disk = await statfs(this.#options.directory).catch(() => undefined);
		if (!disk) return;
		const { bavail, bsize } = disk;
		const full = bavail * bsize < this.#options.floorBytes;
		if (full !== this.#full) {
			this.#full = full;
			this.#options.log(
				full
					? `journal: less than ${Math.round(this.#options.floorBytes / 1048576)} MiB free in ${this.#options.directory}: senders are asked to wait`
					: "journal: there is space again",
			);
		}
	}

	#noSpace(): RetryableError {
		return new RetryableError("cannot accept: no space for the journal. Free some, Purser goes on by itself", 2);
	}
}

function newCommit(): Commit {
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	promise.catch(() => undefined);
	return { promise, done: resolve, failed: reject };
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
