import { unwatchFile, watchFile } from "node:fs";
import { messageOf } from "./errors.ts";
import type { Log } from "./log.ts";

export type WatchedFileOptions<Content> = {
	/** Empty: there is none. */
	readonly path: string;
	/** The content where the file is missing. */
	readonly none: Content;
	/** Reads it, or throws an error that says what is wrong. */
	readonly read: (path: string) => Content;
	readonly onChange: () => void;
	readonly log: Log;
};

const lookMs = 1000;

/**
 * A file maintained outside Purser: read at the start, and again whenever it changes. A mistake in a change keeps the content
 * before.
 */
export class WatchedFile<Content> {
	readonly #path: string;
	readonly #look: () => void;
	#content: Content;

	/** Throws what `read` throws. */
	constructor({ path, none, read, onChange, log }: WatchedFileOptions<Content>) {
		this.#path = path;
		this.#content = path === "" ? none : read(path);
		this.#look = () => {
			try {
				this.#content = read(path);
				log.info(`read ${path} again`);
				onChange();
			} catch (error) {
				log.warn(`cannot use the changed file, its earlier content counts: ${messageOf(error)}`);
			}
		};
		// By polling: editors replace files, and mounted ones send no notifications.
		if (path !== "") watchFile(path, { interval: lookMs, persistent: false }, this.#look);
	}

	get content(): Content {
		return this.#content;
	}

	close(): void {
		unwatchFile(this.#path, this.#look);
	}
}
