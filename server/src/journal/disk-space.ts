import { statfs } from "node:fs/promises";
import { RetryableError } from "../errors.ts";
import type { Log } from "../log.ts";

const lookMs = 1000;

/** Watches the free space of a directory's disk: below a minimum no more requests are accepted. */
export class DiskSpace {
	readonly #directory: string;
	readonly #minFreeBytes: number;
	readonly #log: Log;
	readonly #timer: NodeJS.Timeout;
	#isFull = false;

	constructor(directory: string, minFreeBytes: number, log: Log) {
		this.#directory = directory;
		this.#minFreeBytes = minFreeBytes;
		this.#log = log;
		this.#timer = setInterval(() => void this.look(), lookMs).unref();
	}

	get isFull(): boolean {
		return this.#isFull;
	}

	async look(): Promise<void> {
		// If the directory cannot be asked, writing to it fails and says why.
		const disk = await statfs(this.#directory).catch(() => undefined);
		if (!disk) return;
		const isFull = disk.bavail * disk.bsize < this.#minFreeBytes;
		if (isFull === this.#isFull) return;
		this.#isFull = isFull;
		const minimum = `${Math.round(this.#minFreeBytes / 1048576)} MiB`;
		if (isFull) this.#log.warn(`less than ${minimum} free in ${this.#directory}: senders are asked to wait`);
		else this.#log.info(`there is space again in ${this.#directory}`);
	}

	close(): void {
		clearInterval(this.#timer);
	}
}

/** Returns the error of a request that there is no space for. */
export const noSpace = (): RetryableError =>
	new RetryableError("cannot accept: no space for the journal. Free some, Purser then continues by itself", 2);
