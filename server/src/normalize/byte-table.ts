/** What is remembered of a piece of bytes, and its place in the dictionary of the batch being filled. */
export type Entry<Value> = { readonly value: Value; batch: number; index: number };

type Slot<Value> = {
	readonly hash: number;
	readonly key: Uint8Array;
	readonly entry: Entry<Value>;
	readonly next: Slot<Value> | undefined;
};

/**
 * Bytes → value, without making a string of them. Bounded: when it is full it starts anew, because what it remembers can
 * always be made again.
 */
export class ByteTable<Value> {
	readonly #capacity: number;
	#slots = new Map<number, Slot<Value>>();
	#size = 0;

	constructor(capacity = 4096) {
		this.#capacity = capacity;
	}

	/** The entry for these bytes, made by `make` when they are new. */
	find(bytes: Uint8Array, start: number, end: number, make: () => Value): Entry<Value> {
		let hash = 0x811c9dc5;
		for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
		let slot = this.#slots.get(hash);
		const first = slot;
		while (slot) {
			if (equal(slot.key, bytes, start, end)) return slot.entry;
			slot = slot.next;
		}
		const entry: Entry<Value> = { value: make(), batch: -1, index: 0 };
		if (this.#size >= this.#capacity) {
			this.#slots.clear();
			this.#size = 0;
		}
		this.#slots.set(hash, { hash, key: bytes.slice(start, end), entry, next: this.#size === 0 ? undefined : first });
		this.#size++;
		return entry;
	}
}

function equal(key: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
	const length = end - start;
	if (key.length !== length) return false;
	for (let i = 0; i < length; i++) if (key[i] !== bytes[start + i]) return false;
	return true;
}
