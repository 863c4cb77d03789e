import { appendFile, readdir, readFile, stat, truncate, unlink } from "node:fs/promises";
import { join } from "node:path";
import { DigestSet } from "./digest-set.ts";
import { digestBytes } from "./segment.ts";

/** Half a million requests an hour for each of two hours is 32 MiB; more than this many end a generation early. */
const maxPerGeneration = 4_000_000;

/**
 * Remembers the requests that were counted within the window, across restarts. Two generations, each as long as the window: a
 * request is remembered for at least one window and at most two. Digests of requests whose rows are still in the journal are
 * found there; when a segment is deleted they move to a file here first.
 */
export class DedupWindow {
	readonly #directory: string;
	readonly #windowMs: number;
	#current = { startMs: 0, digests: new DigestSet() };
	#previous = { startMs: 0, digests: new DigestSet() };

	private constructor(directory: string, windowMs: number) {
		this.#directory = directory;
		this.#windowMs = windowMs;
	}

	static async open(directory: string, windowMs: number, nowMs: number): Promise<DedupWindow> {
		const memory = new DedupWindow(directory, windowMs);
		const starts = (await memory.#starts()).filter((start) => start + 2 * windowMs > nowMs);
		const [previous, current] = [starts.at(-2), starts.at(-1)];
		if (previous !== undefined) memory.#previous = { startMs: previous, digests: await memory.#read(previous) };
		memory.#current =
			current === undefined
				? { startMs: nowMs, digests: new DigestSet() }
				: { startMs: current, digests: await memory.#read(current) };
		await memory.rotate(nowMs);
		return memory;
	}

	has(digest: Buffer): boolean {
		return this.#current.digests.has(digest) || this.#previous.digests.has(digest);
	}

	add(digest: Buffer): void {
		this.#current.digests.add(digest);
	}

	/** Makes digests durable whose segment is about to be deleted. */
	async keep(digests: readonly Buffer[]): Promise<void> {
		if (digests.length === 0) return;
		const path = this.#path(this.#current.startMs);
		try {
			await appendFile(path, Buffer.concat(digests as Buffer[]), { flush: true });
		} catch (error) {
			// A full disk may have taken part of it: the next digest must begin where digests begin.
			const { size } = await stat(path);
			await truncate(path, size - (size % digestBytes));
			throw error;
		}
	}

	/** Begins a new generation when it is time, and forgets the oldest. */
	async rotate(nowMs: number): Promise<void> {
		const { startMs, digests } = this.#current;
		if (nowMs < startMs + this.#windowMs && digests.size < maxPerGeneration) return;
		this.#previous = this.#current;
		this.#current = { startMs: Math.max(nowMs, startMs + 1), digests: new DigestSet() };
		for (const start of await this.#starts()) if (start < startMs) await unlink(this.#path(start));
	}

	async #starts(): Promise<number[]> {
		const names = await readdir(this.#directory);
		return names
			.flatMap((name) => /^requests-(\d+)$/.exec(name)?.[1] ?? [])
			.map(Number)
			.sort((a, b) => a - b);
	}

	async #read(startMs: number): Promise<DigestSet> {
		const bytes = await readFile(this.#path(startMs));
		const digests = new DigestSet();
		for (let at = 0; at + digestBytes <= bytes.length; at += digestBytes) digests.add(bytes.subarray(at, at + digestBytes));
		const torn = bytes.length % digestBytes;
		if (torn > 0) await truncate(this.#path(startMs), bytes.length - torn);
		return digests;
	}

	#path(startMs: number): string {
		return join(this.#directory, `requests-${startMs}`);
	}
}
