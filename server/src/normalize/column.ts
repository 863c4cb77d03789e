import { copyBytes } from "./bytes.ts";
import { cutAt, type Limit, maxIdBytes, noLimit } from "./lengths.ts";

/**
 * One column of the rows collected so far, in the bytes that ClickHouse's Native format wants. A row that has no value costs
 * nothing: zero bytes are every type's default (an empty string, 0), so gaps are filled when the next value comes.
 * @see https://clickhouse.com/docs/interfaces/formats/Native
 */
export class Column {
	readonly name: string;
	/** The type named in the block. */
	readonly type: string;
	/** Bytes a value; 0 for strings. */
	readonly width: number;
	buffer: Uint8Array<ArrayBuffer>;
	/** End of the bytes, and the number of rows they hold. */
	pos = 0;
	rows = 0;
	/** Start of the last value's bytes: one value can be taken back. */
	#last = 0;
	#nulls: Uint8Array | undefined;
	#view: DataView;
	readonly #limit: Limit;
	readonly #maxBytes: number;

	constructor(name: string, type: string, limit: Limit = noLimit) {
		this.#limit = limit;
		this.#maxBytes = limit.maxBytes;
		this.name = name;
		this.type = type;
		this.width = widthOf(type);
		this.buffer = new Uint8Array(256);
		this.#view = new DataView(this.buffer.buffer);
		if (type.startsWith("Nullable(")) this.#nulls = new Uint8Array(64);
	}

	/** Forgets all rows and keeps the memory, unless a burst made it large. */
	clear(): void {
		const isOversized = this.buffer.length > 1024 * 1024 && this.pos * 8 < this.buffer.length;
		this.pos = 0;
		this.rows = 0;
		if (isOversized) this.#resize(256);
	}

	/** Takes back everything after a mark. */
	rewind(pos: number, rows: number): void {
		this.pos = pos;
		this.rows = rows;
	}

	/** Takes back this row's value, if it has one. */
	undo(row: number): void {
		if (this.rows !== row + 1) return;
		this.pos = this.#last;
		this.rows = row;
	}

	/** Bytes that lie elsewhere, as text: as many as the column's limit lets through. */
	text(row: number, from: DataView, start: number, sentEnd: number): void {
		let end = sentEnd;
		if (end - start > this.#maxBytes) {
			end = cutAt(from, start, this.#maxBytes);
			this.#limit.cuts.count++;
		}
		const length = end - start;
		this.#begin(row, length + 5);
		let at = this.#length(length);
		if (length <= 256) copyBytes(from, start, end, this.#view, at);
		else this.buffer.set(new Uint8Array(from.buffer, from.byteOffset + start, length), at);
		at += length;
		this.pos = at;
	}

	/** An id's bytes as lower-case hex. */
	hex(row: number, bytes: Uint8Array, start: number, sentEnd: number): void {
		let end = sentEnd;
		if (end - start > maxIdBytes) {
			end = start + maxIdBytes;
			this.#limit.cuts.count++;
		}
		const length = (end - start) * 2;
		this.#begin(row, length + 5);
		let at = this.#length(length);
		const { buffer } = this;
		for (let i = start; i < end; i++) {
			const byte = bytes[i]!;
			buffer[at++] = hexDigits[byte >>> 4]!;
			buffer[at++] = hexDigits[byte & 15]!;
		}
		this.pos = at;
	}

	/** A 64-bit integer, or the bits of a double, as two halves. */
	word(row: number, low: number, high: number): void {
		this.#begin(row, 8);
		this.#view.setUint32(this.pos, low, true);
		this.#view.setUint32(this.pos + 4, high, true);
		this.pos += 8;
	}

	/**
	 * A row's nanoseconds as whole milliseconds. All integers on the way are below 2⁵³: one that is not takes a whole hour for the
	 * last moment of the hour before.
	 */
	millisecondsAt(row: number): number {
		const low = this.#view.getUint32(row * 8, true);
		const high = this.#view.getUint32(row * 8 + 4, true);
		return high * 4294 + Math.floor((high * 967_296 + low) / 1_000_000);
	}

	/** An integer of up to 53 bits into an Int64 column. */
	integer(row: number, value: number): void {
		const high = Math.floor(value / 0x1_0000_0000);
		this.word(row, value - high * 0x1_0000_0000, high);
	}

	double(row: number, value: number): void {
		this.#begin(row, 8);
		this.#view.setFloat64(this.pos, value, true);
		this.pos += 8;
	}

	/** A small unsigned integer into a column of one or four bytes. */
	small(row: number, value: number): void {
		this.#begin(row, this.width);
		if (this.width === 1) this.buffer[this.pos] = value;
		else this.#view.setUint32(this.pos, value, true);
		this.pos += this.width;
	}

	/** The column's data in a block of `rows` rows. */
	parts(rows: number): Uint8Array[] {
		this.#pad(rows);
		const data = this.buffer.subarray(0, this.pos);
		return this.#nulls ? [this.#nulls.subarray(0, rows), data] : [data];
	}

	/** Writes a text's length; returns where the text goes. */
	#length(length: number): number {
		const { buffer } = this;
		let at = this.pos;
		let rest = length;
		while (rest > 127) {
			buffer[at++] = (rest & 127) | 128;
			rest >>>= 7;
		}
		buffer[at++] = rest;
		return at;
	}

	#begin(row: number, bytes: number): void {
		if (this.rows !== row) {
			// A field that comes twice in one record: the last counts, as protobuf has it.
			if (this.rows > row) this.undo(row);
			else this.#pad(row);
		}
		if (this.pos + bytes > this.buffer.length) this.#resize(Math.max(this.buffer.length * 2, this.pos + bytes));
		this.#last = this.pos;
		this.rows = row + 1;
		if (this.#nulls) {
			this.#needNulls(row + 1);
			this.#nulls[row] = 0;
		}
	}

	#pad(row: number): void {
		const gap = (row - this.rows) * (this.width || 1);
		if (gap === 0) return;
		const { pos } = this;
		if (pos + gap > this.buffer.length) this.#resize(Math.max(this.buffer.length * 2, pos + gap));
		if (gap < 32) for (let i = pos; i < pos + gap; i++) this.buffer[i] = 0;
		else this.buffer.fill(0, pos, pos + gap);
		if (this.#nulls) {
			this.#needNulls(row);
			this.#nulls.fill(1, this.rows, row);
		}
		this.pos = pos + gap;
		this.rows = row;
	}

	#needNulls(rows: number): void {
		if (!this.#nulls || rows <= this.#nulls.length) return;
		const grown = new Uint8Array(rows * 2);
		grown.set(this.#nulls);
		this.#nulls = grown;
	}

	#resize(size: number): void {
		// What it was is free at once: such memory left to the garbage collector makes it run.
		this.buffer = new Uint8Array(this.buffer.buffer.transfer(size));
		this.#view = new DataView(this.buffer.buffer);
	}
}

const hexDigits = new TextEncoder().encode("0123456789abcdef");

function widthOf(type: string): number {
	if (type === "String") return 0;
	if (type === "UInt8" || type === "Nullable(Bool)") return 1;
	if (type === "UInt32") return 4;
	return 8;
}
