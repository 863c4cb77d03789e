import { equalBytes, viewOf } from "./bytes.ts";
import { cutAt, type Limit, noLimit } from "./lengths.ts";
import { dictionaryParts } from "./native.ts";

/** A text of the dictionary, and its place there in the batch named. */
type Known = {
	readonly text: Uint8Array;
	readonly view: DataView;
	readonly next: Known | undefined;
	batch: number;
	place: number;
};

/** Longer texts are not looked for among earlier ones: nothing that has few values is that long. */
const longText = 256;
/** More distinct texts than a low-cardinality column has; at this size the dictionary is cleared. */
const maxKnown = 4096;
const slots = 1024;

/**
 * A column of few distinct texts: a row holds the index of its text in the batch's dictionary. Most rows have the text of the
 * row before, which is compared first. The store takes the dictionary unchanged, so that it hashes each text once a batch.
 */
export class DictionaryColumn {
	readonly name: string;
	readonly type = "LowCardinality(String)";
	rows = 0;
	/** The size of the dictionary's texts. */
	pos = 0;
	#texts: Uint8Array[] = [];
	#places = new Uint32Array(64);
	#slots: (Known | undefined)[] = new Array(slots).fill(undefined);
	#known = 0;
	#batch = 0;
	#last: Known | undefined;

	readonly #limit: Limit;
	readonly #maxBytes: number;

	constructor(name: string, limit: Limit = noLimit) {
		this.name = name;
		this.#limit = limit;
		this.#maxBytes = limit.maxBytes;
	}

	text(row: number, from: DataView, start: number, sentEnd: number): void {
		let end = sentEnd;
		if (end - start > this.#maxBytes) {
			end = cutAt(from, start, this.#maxBytes);
			this.#limit.cuts.count++;
		}
		if (row >= this.#places.length) this.#grow(row + 1);
		// What lies between was never written, or is of an earlier batch.
		if (this.rows < row) this.#places.fill(0, this.rows, row);
		this.rows = row + 1;
		const last = this.#last;
		if (last !== undefined && last.view.byteLength === end - start && equalBytes(from, start, end, last.view, 0)) {
			this.#places[row] = last.place;
		} else this.#places[row] = this.#place(from, start, end);
	}

	/** Returns true if this row's text is these bytes. */
	holds(row: number, from: DataView, start: number, end: number): boolean {
		if (this.rows !== row + 1) return false;
		const last = this.#last;
		if (last === undefined || this.#places[row] !== last.place || last.view.byteLength !== end - start) return false;
		return equalBytes(from, start, end, last.view, 0);
	}

	/** Forgets all rows. */
	clear(): void {
		this.rows = 0;
		this.pos = 0;
		this.#texts = [];
		this.#last = undefined;
		this.#batch++;
	}

	/** Takes back everything after a mark. Texts that no row uses any more do no harm. */
	rewind(_pos: number, rows: number): void {
		this.rows = rows;
	}

	/** Takes back this row's value, if it has one. */
	undo(row: number): void {
		if (this.rows === row + 1) this.rows = row;
	}

	parts(rows: number): Uint8Array[] {
		if (rows > this.#places.length) this.#grow(rows);
		this.#places.fill(0, this.rows, rows);
		return dictionaryParts(this.#texts, this.#places, rows);
	}

	#place(from: DataView, start: number, end: number): number {
		const length = end - start;
		if (length > longText) {
			this.#last = undefined;
			return this.#add(copyOf(from, start, end));
		}
		const known = this.#find(from, start, end);
		if (known.batch !== this.#batch) {
			known.batch = this.#batch;
			known.place = this.#add(known.text);
		}
		this.#last = known;
		return known.place;
	}

	#find(from: DataView, start: number, end: number): Known {
		const length = end - start;
		const slot = slotOf(from, start, length);
		for (let known = this.#slots[slot]; known !== undefined; known = known.next) {
			if (known.view.byteLength === length && equalBytes(from, start, end, known.view, 0)) return known;
		}
		if (this.#known++ >= maxKnown) {
			this.#slots.fill(undefined);
			this.#known = 0;
		}
		const text = copyOf(from, start, end);
		const known: Known = { text, view: viewOf(text), next: this.#slots[slot], batch: -1, place: 0 };
		this.#slots[slot] = known;
		return known;
	}

	#add(text: Uint8Array): number {
		this.pos += text.length + 8;
		return this.#texts.push(text);
	}

	#grow(rows: number): void {
		const grown = new Uint32Array(Math.max(rows, this.#places.length * 2));
		grown.set(this.#places);
		this.#places = grown;
	}
}

const copyOf = (from: DataView, start: number, end: number): Uint8Array =>
	new Uint8Array(from.buffer, from.byteOffset + start, end - start).slice();

/** Length and both ends distinguish a column's texts well enough. */
function slotOf(from: DataView, start: number, length: number): number {
	if (length < 4) return length === 0 ? 0 : (from.getUint8(start) * 31 + length) & (slots - 1);
	const mixed = Math.imul(
		from.getUint32(start, true) ^ Math.imul(from.getUint32(start + length - 4, true), 0x9e3779b1),
		0x85ebca6b,
	);
	return ((mixed >>> 16) + length) & (slots - 1);
}
