import { equalBytes, viewOf } from "./by-word.ts";
import { ByteTable } from "./byte-table.ts";
import { dictionaryParts } from "./native.ts";

/** Longer texts are not looked for among earlier ones: nothing that has few values is that long. */
const longText = 256;

/**
 * A column of few distinct texts: a row holds the place of its text in the batch's dictionary. Most rows have the text of the
 * row before, which is compared first. The store takes the dictionary as it is, so that it hashes each text once a batch.
 */
export class DictionaryColumn {
	readonly name: string;
	readonly type = "LowCardinality(String)";
	rows = 0;
	/** The size of the dictionary's texts. */
	pos = 0;
	#texts: Uint8Array[] = [];
	#places = new Uint32Array(64);
	readonly #known = new ByteTable<Uint8Array>(1024);
	#batch = 0;
	#lastText: DataView = new DataView(new ArrayBuffer(0));
	#lastPlace = 0;

	constructor(name: string) {
		this.name = name;
	}

	text(row: number, from: DataView, start: number, end: number): void {
		if (row >= this.#places.length) this.#grow(row + 1);
		// What lies between was never written, or is of an earlier batch.
		if (this.rows < row) this.#places.fill(0, this.rows, row);
		this.rows = row + 1;
		const isLast =
			this.#lastPlace > 0 && this.#lastText.byteLength === end - start && equalBytes(from, start, end, this.#lastText, 0);
		this.#places[row] = isLast ? this.#lastPlace : this.#place(from, start, end);
	}

	/** Whether this row's text is these bytes. */
	holds(row: number, bytes: Uint8Array, start: number, end: number): boolean {
		if (this.rows !== row + 1) return false;
		const text = this.#texts[this.#places[row]! - 1];
		if (text?.length !== end - start) return false;
		return equalBytes(viewOf(bytes), start, end, viewOf(text), 0);
	}

	/** Forgets all rows. */
	clear(): void {
		this.rows = 0;
		this.pos = 0;
		this.#texts = [];
		this.#lastPlace = 0;
		this.#batch++;
	}

	/** Takes back everything after a mark. Texts that nobody has any more do no harm. */
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
		const bytes = new Uint8Array(from.buffer, from.byteOffset + start, length);
		if (length > longText) return this.#add(bytes.slice());
		const entry = this.#known.find(bytes, 0, length, () => bytes.slice());
		if (entry.batch !== this.#batch) {
			entry.batch = this.#batch;
			entry.index = this.#add(entry.value);
		}
		this.#lastText = viewOf(entry.value);
		this.#lastPlace = entry.index;
		return entry.index;
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
