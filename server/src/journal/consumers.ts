import { link, mkdir, readdir, readFile, rename, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../errors.ts";
import type { Log } from "../log.ts";
import { syncDirectory, writeDurably } from "./files.ts";
import { type JournaledRequest, readSegment } from "./segment.ts";

/**
 * A reader of all journaled requests in addition to the store, e.g. delivery to another system. The store's own reading loses nothing;
 * a consumer may fall behind by so many bytes and is then advanced, which is counted.
 */
export type ConsumerOptions = { readonly name: string; readonly maxBacklogBytes: number };

/** A position: the next request to read is the `request`th of that segment, or the first of the next one where it has no more. */
export type Offset = { readonly segment: string; readonly request: number };

export type ConsumerStatus = {
	readonly name: string;
	readonly backlogBytes: number;
	/** Records that the consumer was advanced past, since it exists. */
	readonly skippedRecords: number;
};

/** Requests that a consumer has not read, of one segment, and the offset after them. */
export type Consumable = { readonly requests: readonly JournaledRequest[]; readonly next: Offset };

type Consumer = ConsumerOptions & { offset: Offset; skippedRecords: number };
type Retained = { readonly name: string; readonly bytes: number };

const start: Offset = Object.freeze({ segment: "", request: 0 });
const suffix = ".frames";

/**
 * The named consumers of a journal, with durable offsets. A closed segment gets a second name (a hard link) that lives until every consumer
 * has read it: so the store loads, splits, quarantines and deletes segments independently of them.
 */
export class Consumers {
	readonly #directory: string;
	readonly #consumers: readonly Consumer[];
	readonly #log: Log;
	#retained: Retained[] = [];

	private constructor(directory: string, consumers: readonly Consumer[], log: Log) {
		this.#directory = directory;
		this.#consumers = consumers;
		this.#log = log;
	}

	/** Opens the consumers of a journal's directory. Segments that no consumer needs any more are deleted. */
	static async open(journalDirectory: string, named: readonly ConsumerOptions[], log: Log): Promise<Consumers> {
		const directory = join(journalDirectory, "consumers");
		if (named.length > 0) await mkdir(directory, { recursive: true, mode: 0o700 });
		const files = await readdir(directory).catch(() => []);
		const loaded = await Promise.all(
			named.map(
				async (options): Promise<Consumer> => ({ ...options, ...(await readState(join(directory, `${options.name}.json`))) }),
			),
		);
		const consumers = new Consumers(directory, loaded, log);
		for (const file of files.filter((each) => each.endsWith(suffix)).sort()) {
			const { size } = await stat(join(directory, file));
			consumers.#retained.push({ name: file.slice(0, -suffix.length), bytes: size });
		}
		await consumers.#deleteRead();
		return consumers;
	}

	/** The name of the latest segment that is retained or was read; undefined where there is none. */
	get latestName(): string | undefined {
		const names = [...this.#retained.map(({ name }) => name), ...this.#consumers.map(({ offset }) => offset.segment)];
		return names
			.filter((name) => name !== "")
			.sort()
			.at(-1);
	}

	get status(): readonly ConsumerStatus[] {
		return this.#consumers.map((consumer) => ({
			name: consumer.name,
			backlogBytes: this.#backlogOf(consumer).reduce((sum, { bytes }) => sum + bytes, 0),
			skippedRecords: consumer.skippedRecords,
		}));
	}

	/** Retains a closed segment for its consumers. Never rejects: ingest does not stop for a consumer. */
	async retain(name: string, path: string): Promise<void> {
		const isNeeded = this.#consumers.some(({ offset }) => name > offset.segment);
		if (!isNeeded || this.#retained.some((each) => each.name === name)) return;
		try {
			await link(path, this.#path(name));
			await syncDirectory(this.#directory);
			const { size } = await stat(path);
			this.#retained = [...this.#retained, { name, bytes: size }].sort((a, b) => (a.name < b.name ? -1 : 1));
			for (const consumer of this.#consumers) await this.#bound(consumer);
		} catch (error) {
			this.#log.error(`cannot retain segment ${name} for consumers: ${messageOf(error)}; they will not read it`);
		}
	}

	/** Returns the unread requests of the first segment with some; undefined when there are none. */
	async next(name: string): Promise<Consumable | undefined> {
		const { offset } = this.#consumerOf(name);
		for (const retained of this.#backlogOf(this.#consumerOf(name))) {
			const { requests } = await readSegment(this.#path(retained.name));
			const unread = retained.name === offset.segment ? requests.slice(offset.request) : requests;
			if (unread.length > 0) return { requests: unread, next: { segment: retained.name, request: requests.length } };
		}
		return undefined;
	}

	/** Moves a consumer forward, durably. Segments that all consumers have read are deleted. */
	async advance(name: string, offset: Offset): Promise<void> {
		const consumer = this.#consumerOf(name);
		const { segment, request } = consumer.offset;
		if (offset.segment < segment || (offset.segment === segment && offset.request < request)) {
			throw new Error(`cannot move the consumer ${name} back`);
		}
		consumer.offset = offset;
		await this.#persist(consumer);
		await this.#deleteRead();
	}

	/** Advances a consumer that is too far behind, past its oldest segments. */
	async #bound(consumer: Consumer): Promise<void> {
		let bytes = this.#backlogOf(consumer).reduce((sum, each) => sum + each.bytes, 0);
		for (const retained of this.#backlogOf(consumer)) {
			if (bytes <= consumer.maxBacklogBytes) return;
			const { requests } = await readSegment(this.#path(retained.name));
			const unread = retained.name === consumer.offset.segment ? requests.slice(consumer.offset.request) : requests;
			const records = unread.reduce((sum, { rows }) => sum + rows, 0);
			consumer.skippedRecords += records;
			bytes -= retained.bytes;
			this.#log.warn(`the consumer ${consumer.name} is too far behind: it skips ${records} records`);
			await this.advance(consumer.name, { segment: retained.name, request: requests.length });
		}
	}

	#backlogOf({ offset }: Consumer): readonly Retained[] {
		return this.#retained.filter(({ name }) => name >= offset.segment);
	}

	async #deleteRead(): Promise<void> {
		const oldest = this.#consumers.map(({ offset }) => offset.segment).sort()[0];
		// The segment of the oldest offset stays until a consumer reads beyond it: it may be read in part.
		const read = this.#retained.filter(({ name }) => oldest === undefined || name < oldest);
		for (const { name } of read) await unlink(this.#path(name));
		this.#retained = this.#retained.filter((each) => !read.includes(each));
	}

	/** Replaces the state as a whole: after a crash it is the old or the new one. */
	async #persist({ name, offset, skippedRecords }: Consumer): Promise<void> {
		const path = join(this.#directory, `${name}.json`);
		await writeDurably(`${path}.new`, Buffer.from(JSON.stringify({ offset, skippedRecords })));
		await rename(`${path}.new`, path);
		await syncDirectory(this.#directory);
	}

	#consumerOf(name: string): Consumer {
		const consumer = this.#consumers.find((each) => each.name === name);
		if (!consumer) throw new Error(`there is no consumer ${name}`);
		return consumer;
	}

	#path(name: string): string {
		return join(this.#directory, `${name}${suffix}`);
	}
}

async function readState(path: string): Promise<{ offset: Offset; skippedRecords: number }> {
	const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
		if (error.code === "ENOENT") return undefined;
		throw error;
	});
	return text === undefined ? { offset: start, skippedRecords: 0 } : JSON.parse(text);
}
