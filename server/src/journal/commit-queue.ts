import { messageOf } from "../errors.ts";
import type { Log } from "../log.ts";
import { type DiskSpace, noSpace } from "./disk-space.ts";
import type { OpenSegment } from "./open-segment.ts";
import { encodeFrame, type JournaledRequest } from "./segment.ts";

export type CommitQueueOptions = {
	/** The time for which requests are collected before they are made durable together. */
	readonly commitIntervalMs: number;
	/** A commit does not wait once this many bytes are collected. */
	readonly commitBytes: number;
	readonly space: DiskSpace;
	/** Called after requests became durable in a segment. */
	readonly onDurable: (segment: OpenSegment, requests: readonly JournaledRequest[]) => void;
	/** Called after a write to a segment failed: closes it. Requests that wait for it go to `next`. */
	readonly onBroken: (segment: OpenSegment) => { readonly next: OpenSegment; readonly closed: Promise<void> };
	readonly log: Log;
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

/** A frame's memory is reused for the next one, unless it is unusually large. */
const maxFrameKept = 8 * 1024 * 1024;

/** Group commit: requests of some milliseconds share one frame and one sync. */
export class CommitQueue {
	readonly #options: CommitQueueOptions;
	#commit: Commit | undefined;
	#timer: NodeJS.Timeout | undefined;
	#writing = 0;
	#frame: Buffer = Buffer.alloc(0);
	/** Serializes file access between commits and segment rotation. */
	#file: Promise<void> = Promise.resolve();
	#isFailing = false;
	/** Commits under way by the digests of their requests: a duplicate waits for the same commit. */
	readonly #pending = new Map<string, Commit>();

	constructor(options: CommitQueueOptions) {
		this.#options = options;
	}

	/** Resolves when the request with that digest is durable, if it is under way. */
	pending(digest: Buffer): Promise<void> | undefined {
		return this.#pending.get(digest.toString("latin1"))?.promise;
	}

	/** Resolves when the request is durable. Rejects with a RetryableError when it cannot be written. */
	add(segment: OpenSegment, request: JournaledRequest): Promise<void> {
		this.#commit ??= newCommit(segment);
		const commit = this.#commit;
		commit.requests.push(request);
		commit.rows += request.rows;
		commit.bytes += request.wire.length;
		this.#pending.set(request.digest.toString("latin1"), commit);
		if (commit.bytes >= this.#options.commitBytes) this.#flush();
		else this.#timer ??= setTimeout(() => this.#flush(), this.#options.commitIntervalMs);
		return commit.promise;
	}

	/** True if requests are collected or being written. */
	get isBusy(): boolean {
		return this.#commit !== undefined || this.#writing > 0;
	}

	/** Writes all collected requests, and then calls `use` alone with the files. */
	async after(use: () => Promise<void>): Promise<void> {
		const commit = this.#takeCommit();
		if (commit) void this.#persist(commit);
		await this.#serialize(use);
	}

	/** Resolves when no file is in use. */
	idle(): Promise<void> {
		return this.#file;
	}

	/** Writes the collected requests, unless a write is under way: then more are collected until it ends. */
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
		const { log, onDurable } = this.#options;
		this.#writing++;
		try {
			await this.#serialize(() => this.#write(commit));
			if (this.#isFailing) log.info("can write again");
			this.#isFailing = false;
			onDurable(commit.segment, commit.requests);
			commit.done();
		} catch (error) {
			if (!this.#isFailing) log.error(`cannot write: ${messageOf(error)}: senders are asked to wait`);
			this.#isFailing = true;
			commit.failed(noSpace());
		}
		for (const { digest } of commit.requests) this.#pending.delete(digest.toString("latin1"));
		this.#writing--;
		if (this.#commit) this.#flush();
	}

	async #write(commit: Commit): Promise<void> {
		const frame = encodeFrame(commit.requests, this.#frame);
		if (frame.length > this.#frame.length && frame.length <= maxFrameKept) this.#frame = frame;
		const { segment } = commit;
		try {
			await segment.write(frame, commit.rows);
		} catch (error) {
			const { next, closed } = this.#options.onBroken(segment);
			if (this.#commit?.segment === segment) {
				// The rows of these requests are in the batch that was given up.
				this.#commit.segment = next;
				next.isExact = false;
			}
			await closed;
			await this.#options.space.look();
			throw error;
		}
	}

	#serialize(use: () => Promise<void>): Promise<void> {
		const turn = this.#file.then(use);
		this.#file = turn.catch(() => undefined);
		return turn;
	}
}

function newCommit(segment: OpenSegment): Commit {
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	promise.catch(() => undefined);
	return { segment, requests: [], bytes: 0, rows: 0, promise, done: resolve, failed: reject };
}
