type Entry<Value> = { readonly version: number; readonly value: Promise<Value> };

/** Keeps results together with the version of the records that they were computed from. The oldest entries are dropped. */
export class VersionedCache<Value> {
	readonly #entries = new Map<string, Entry<Value>>();
	readonly #maxEntries: number;
	readonly #isKept: (value: Value) => boolean;

	constructor(maxEntries: number, isKept: (value: Value) => boolean = () => true) {
		this.#maxEntries = maxEntries;
		this.#isKept = isKept;
	}

	/**
	 * Resolves to the result of that version, computed at most once at a time. A failure is not kept, and reaches everyone who waits
	 * for it.
	 */
	get(key: string, version: number, compute: () => Promise<Value>): Promise<Value> {
		const known = this.#entries.get(key);
		if (known?.version === version) return known.value;
		const value = compute();
		const entry = { version, value };
		const drop = () => {
			if (this.#entries.get(key) === entry) this.#entries.delete(key);
		};
		value.then((result) => this.#isKept(result) || drop(), drop);
		// Inserted last, so that what was asked for recently is dropped last.
		this.#entries.delete(key);
		this.#entries.set(key, entry);
		if (this.#entries.size > this.#maxEntries) this.#entries.delete(this.#entries.keys().next().value!);
		return value;
	}
}
