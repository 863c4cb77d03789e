import { readdir, readFile, rename, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../errors.ts";
import { type JournaledRequest, readSegment } from "./segment.ts";

/** A segment that could not be loaded. Its records are in no answer; its file stays until an operator retries it. */
export type Quarantined = {
	/** The segment's name in the log. */
	readonly name: string;
	readonly bytes: number;
	readonly requests: number;
	readonly records: number;
	/** When it was set aside. */
	readonly sinceMs: number;
	/** The reason that the store, or the engine's end, gave. */
	readonly reason: string;
};

const suffix = ".quarantined";
/** The suffix that earlier versions used. */
const earlierSuffix = ".refused";
const pattern = /^(\d{12}-[0-9a-f]{8}(?:-[01])*)\.segment(\.quarantined|\.refused)$/;

/**
 * Files of segments that could not be loaded, next to the others: `NAME.segment.quarantined`, and the reason in `NAME.reason`.
 */
export class Quarantine {
	readonly #directory: string;
	readonly #known: Map<string, Quarantined & { readonly path: string }> = new Map();

	private constructor(directory: string) {
		this.#directory = directory;
	}

	static async open(directory: string): Promise<Quarantine> {
		const quarantine = new Quarantine(directory);
		for (const file of (await readdir(directory)).sort()) {
			const name = pattern.exec(file)?.[1];
			if (name) await quarantine.#note(name, join(directory, file));
		}
		return quarantine;
	}

	/** The oldest first. */
	get all(): readonly Quarantined[] {
		return [...this.#known.values()].map(({ path: _, ...rest }) => rest);
	}

	/** The number of records of all quarantined segments. */
	get records(): number {
		return [...this.#known.values()].reduce((sum, { records }) => sum + records, 0);
	}

	/** Sets a segment's file aside. */
	async add(name: string, path: string, reason: string): Promise<Quarantined> {
		await writeFile(this.#reasonPath(name), reason, { mode: 0o600 });
		await rename(path, `${path}${suffix}`);
		return await this.#note(name, `${path}${suffix}`);
	}

	/** Gives a segment's file back its name. Throws a MisuseError where there is none of that name. */
	async take(name: string): Promise<Quarantined & { readonly path: string }> {
		const found = this.#find(name);
		const path = found.path.slice(0, -(found.path.endsWith(suffix) ? suffix : earlierSuffix).length);
		await rename(found.path, path);
		await unlink(this.#reasonPath(name)).catch(() => undefined);
		this.#known.delete(name);
		return { ...found, path };
	}

	/** Reads a segment's requests, unchanged. Throws a UsageError where no segment has that name. */
	async read(name: string): Promise<readonly JournaledRequest[]> {
		return (await readSegment(this.#find(name).path)).requests;
	}

	#find(name: string): Quarantined & { readonly path: string } {
		const found = this.#known.get(name);
		if (found) return found;
		const known = [...this.#known.keys()].slice(0, 20).join(", ");
		throw new UsageError(`nothing called "${name.slice(0, 80)}" is quarantined. There is: ${known || "nothing"}`);
	}

	async #note(name: string, path: string): Promise<Quarantined> {
		const { requests } = await readSegment(path);
		const { size, ctimeMs } = await stat(path);
		const reason = await readFile(this.#reasonPath(name), "utf8").catch(() => "");
		const records = requests.reduce((sum, { rows }) => sum + rows, 0);
		const noted = { name, bytes: size, requests: requests.length, records, sinceMs: ctimeMs, reason };
		this.#known.set(name, { ...noted, path });
		return noted;
	}

	#reasonPath(name: string): string {
		return join(this.#directory, `${name}.reason`);
	}
}
