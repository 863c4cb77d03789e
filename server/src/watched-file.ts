import { unwatchFile, watchFile } from "node:fs";
import { messageOf } from "./errors.ts";

export type WatchedFileOptions<Content> = {
	/** Empty: there is none. */
	readonly path: string;
	/** What counts where there is none. */
	readonly none: Content;
	/** Reads it, or throws an error that says what is wrong. */
	readonly read: (path: string) => Content;
	readonly onChange: () => void;
	/** What the log calls it. */
	readonly name: string;
	readonly log: (message: string) => void;
};

const lookMs = 5000;

/** A file that somebody keeps: read at once, and again whenever it changes. A mistake in a change leaves everything as it was. */
export class WatchedFile<Content> {
	readonly #path: string;
	readonly #look: () => void;
	#content: Content;

	/** Throws what `read` throws. */
	constructor({ path, none, read, onChange, name, log }: WatchedFileOptions<Content>) {
		this.#path = path;
		this.#content = path === "" ? none : read(path);
		this.#look = () => {
			try {
				this.#content = read(path);
				log(`${name}: read ${path} again`);
				onChange();
			} catch (error) {
				log(`${name}: as before, because what has changed cannot be used: ${messageOf(error)}`);
			}
		};
		// By polling: editors replace files, and mounted ones tell nobody.
		if (path !== "") watchFile(path, { interval: lookMs, persistent: false }, this.#look);
	}

	get content(): Content {
		return this.#content;
	}

	close(): void {
		unwatchFile(this.#path, this.#look);
	}
}
