import type { Cursor } from "../otlp/wire.ts";
import { equalBytes, viewOf } from "./bytes.ts";
import type { Column } from "./column.ts";
import type { DictionaryColumn } from "./dictionary-column.ts";
import type { ShapeNode } from "./shape-tree.ts";
import type { TableBuffer } from "./table-buffer.ts";

/** One attribute that was written, and where its value lies: in a column, in a dictionary, or as an entry of the map. */
type Step = {
	readonly start: number;
	readonly end: number;
	readonly column?: Column | undefined;
	readonly dictionary?: DictionaryColumn | undefined;
	/** `text` where the value is no text on the wire. */
	readonly entry?: { readonly keyStart: number; readonly keyEnd: number; readonly text: DataView | undefined };
};

/** Longer than what any sender says of itself. */
const maxBytes = 4096;

/**
 * The attributes with which records begin (who sends, from where, with which labels) are the same bytes in all records of a
 * request and in most requests of a process: half of all attributes. They are compared at once with those of the record before
 * and then written without being read.
 */
export class LeadingAttributes {
	/** Length in bytes; 0 when there are none yet. */
	length = 0;
	count = 0;
	#view = viewOf(Buffer.alloc(0));
	#steps: Step[] = [];
	#node: ShapeNode | undefined;
	/** While they are recorded: where they began, how far they go, and the field's tag; -1 when they can't be. */
	#from = -1;
	#to = 0;
	#tag = 0;
	#recorded: Step[] = [];

	/** Returns true if a record's attributes, the first of which begins at `at`, begin with these. */
	begins({ view, end }: Cursor, at: number): boolean {
		const { length } = this;
		return length > 0 && at + length <= end && equalBytes(view, at, at + length, this.#view, 0);
	}

	/** Writes them into the table's row. */
	write(table: TableBuffer): void {
		const row = table.rows;
		for (const { start, end, column, dictionary, entry } of this.#steps) {
			if (dictionary) dictionary.text(row, this.#view, start, end);
			else if (column) column.text(row, this.#view, start, end);
			else if (entry?.text) table.entry(this.#view, entry.keyStart, entry.keyEnd, entry.text, 0, entry.text.byteLength);
			else if (entry) table.entry(this.#view, entry.keyStart, entry.keyEnd, this.#view, start, end);
		}
		table.shape.at = this.#node!;
	}

	/** Begins to record those of a record. */
	record({ bytes }: Cursor, at: number): void {
		this.#from = at;
		this.#to = at;
		this.#tag = bytes[at]!;
		this.#recorded = [];
	}

	/** Records one more, the message of which lies between `start` and `end`. */
	add(step: Step, { bytes }: Cursor, start: number, end: number): void {
		const begin = this.#from;
		// Only attributes one after the other, with nothing between them, can be compared at once.
		if (begin < 0 || bytes[this.#to] !== this.#tag || start - this.#to > 6 || end - begin > maxBytes) {
			this.#from = -1;
			return;
		}
		const { entry, column, dictionary } = step;
		this.#recorded.push({
			start: step.start - begin,
			end: step.end - begin,
			column,
			dictionary,
			...(entry && { entry: { keyStart: entry.keyStart - begin, keyEnd: entry.keyEnd - begin, text: entry.text } }),
		});
		this.#to = end;
	}

	/** They end here: the record stands at `node`, after `count` of them. */
	complete({ bytes }: Cursor, node: ShapeNode, count: number): void {
		if (this.#from < 0 || this.#recorded.length !== count) return;
		// A copy: the request's memory is used for others. (A Buffer's own slice is none.)
		this.#view = viewOf(Uint8Array.prototype.slice.call(bytes, this.#from, this.#to));
		this.length = this.#to - this.#from;
		this.count = count;
		this.#steps = this.#recorded;
		this.#node = node;
	}
}
