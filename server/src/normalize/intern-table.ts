import { equalBytes, viewOf } from "./bytes.ts";

/** A remembered value of some bytes, and its index in the dictionary of the current batch. */
export type Entry<Value> = { readonly value: Value; batch: number; index: number };

type Slot<Value> = {
	readonly key: DataView;
	readonly entry: Entry<Value>;
	readonly next: Slot<Value> | undefined;
};

/**
 * Maps bytes to values without creating a string. The value found last is most often the one looked for next. Bounded: a full
 * table is cleared, because its values can always be derived again.
 */
export class ByteTable<Value> {
	readonly #capacity: number;
	#slots = new Map<number, Slot<Value>>();
	#size = 0;
	#last: Slot<Value> | undefined;

	constructor(capacity = 4096) {
		this.#capacity = capacity;
	}

	/** The entry for these bytes, made by `make` when they are new. */
	find(from: DataView, start: number, end: number, make: () => Value): Entry<Value> {
		const length = end - start;
		const last = this.#last;
		if (last !== undefined && last.key.byteLength === length && equalBytes(from, start, end, last.key, 0)) return last.entry;
		const hash = hashOf(from, start, end);
		const first = this.#slots.get(hash);
		for (let slot = first; slot !== undefined; slot = slot.next) {
			if (slot.key.byteLength !== length || !equalBytes(from, start, end, slot.key, 0)) continue;
			this.#last = slot;
			return slot.entry;
		}
		const entry: Entry<Value> = { value: make(), batch: -1, index: 0 };
		const isFull = this.#size >= this.#capacity;
		if (isFull) {
			this.#slots.clear();
			this.#size = 0;
		}
		const key = viewOf(new Uint8Array(from.buffer, from.byteOffset + start, length).slice());
		const slot = { key, entry, next: isFull ? undefined : first };
		this.#slots.set(hash, slot);
		this.#last = slot;
		this.#size++;
		return entry;
	}
}

function hashOf(from: DataView, start: number, end: number): number {
	let hash = end - start;
	let at = start;
	for (; at + 4 <= end; at += 4) {
		hash = Math.imul(hash ^ from.getUint32(at, true), 0x9e3779b1);
		hash ^= hash >>> 15;
	}
	for (; at < end; at++) hash = Math.imul(hash ^ from.getUint8(at), 0x01000193);
	return hash | 0;
}
