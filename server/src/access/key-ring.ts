import { createHash, randomBytes } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { UsageError } from "../errors.ts";
import type { Log } from "../log.ts";

/** `ingest` may send telemetry, `read` may ask. */
export type KeyPurpose = "ingest" | "read";

/** A stored key: its SHA-256, never the key itself. Keys are 192 random bits, so a slow hash would add nothing. */
export type StoredKey = {
	readonly name: string;
	readonly purpose: KeyPurpose;
	readonly sha256: string;
	readonly created: string;
};

export const hashKey = (key: string): string => createHash("sha256").update(key).digest("hex");

export const newKey = (): string => `purser_${randomBytes(24).toString("base64url")}`;

export function parseKeys(text: string, path: string): StoredKey[] {
	let list: unknown;
	try {
		list = JSON.parse(text);
	} catch {
		throw new UsageError(`cannot read keys: ${path} is not JSON`);
	}
	const good = (key: unknown): key is StoredKey =>
		typeof key === "object" &&
		key !== null &&
		/^[0-9a-f]{64}$/.test(String((key as StoredKey).sha256)) &&
		["ingest", "read"].includes((key as StoredKey).purpose);
	if (!Array.isArray(list) || !list.every(good)) {
		throw new UsageError(`cannot read keys: ${path} must be a list of {name, purpose: "ingest" or "read", sha256, created}`);
	}
	return list;
}

/**
 * The keys that are valid now. The file is looked at again when it has changed, so that a key can be added or withdrawn without
 * a restart; a file that can't be read leaves the keys as they were.
 */
export class KeyRing {
	readonly #path: string;
	readonly #log: Log;
	#hashes: Readonly<Record<KeyPurpose, ReadonlySet<string>>> = { ingest: new Set(), read: new Set() };
	readonly #temporary = new Set<string>();
	/** Once a key was needed it is until the end: withdrawing the last one, or losing the file, must not open the door. */
	readonly #demanded = new Set<KeyPurpose>();
	#seen = "";
	#lookedMs = 0;

	constructor(path: string, log: Log) {
		this.#path = path;
		this.#log = log;
		this.#look(true);
	}

	/** Returns true if a key of that purpose exists, or existed since the start: requests then need one. */
	isRequired(purpose: KeyPurpose): boolean {
		this.#look();
		if (this.#hashes[purpose].size > 0) this.#demanded.add(purpose);
		return this.#demanded.has(purpose);
	}

	accepts(purpose: KeyPurpose, key: string): boolean {
		this.#look();
		const hashed = hashKey(key);
		return this.#hashes[purpose].has(hashed) || this.#temporary.has(hashed);
	}

	/** A key for ourselves, valid for a minute, where one is demanded. */
	temporary(purpose: KeyPurpose): string | undefined {
		if (!this.isRequired(purpose)) return undefined;
		const key = newKey();
		const hashed = hashKey(key);
		this.#temporary.add(hashed);
		setTimeout(() => this.#temporary.delete(hashed), 60_000).unref();
		return key;
	}

	#look(first = false): void {
		const now = Date.now();
		if (!first && now - this.#lookedMs < 1000) return;
		this.#lookedMs = now;
		let seen = "cannot be looked at";
		try {
			const stats = statSync(this.#path, { throwIfNoEntry: false });
			seen = stats ? `${stats.mtimeMs} ${stats.size} ${stats.ino}` : "";
			if (seen === this.#seen) return;
			const keys = stats ? parseKeys(readFileSync(this.#path, "utf8"), this.#path) : [];
			const of = (purpose: KeyPurpose) => new Set(keys.filter((key) => key.purpose === purpose).map((key) => key.sha256));
			this.#hashes = { ingest: of("ingest"), read: of("read") };
			this.#seen = seen;
		} catch (error) {
			if (first) throw error;
			// Said once, until it is another file, or can be looked at again.
			if (seen !== this.#seen) this.#log.warn(`${(error as Error).message}; the keys stay as they were`);
			this.#seen = seen;
		}
	}
}
