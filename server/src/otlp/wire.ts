import { PermanentError } from "../errors.ts";

/**
 * Reads the protobuf wire format in place: no message object, no string, no copy. Positions are indexes into `bytes`; a caller
 * that reads a length-delimited field gets its `start` and `end`. @see https://protobuf.dev/programming-guides/encoding/
 */
export class Cursor {
	bytes: Uint8Array;
	/** An equal view of the bytes, for reading several at a time. */
	view: DataView;
	pos: number;
	end: number;
	/** The tag of the field under the cursor: `field << 3 | wireType`. */
	tag = 0;
	/** Bounds of the length-delimited field that was entered last. */
	fieldStart = 0;
	fieldEnd = 0;
	/** The 64-bit integer just read, as two unsigned halves. */
	low = 0;
	high = 0;

	constructor(bytes: Uint8Array, pos = 0, end = bytes.length, view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)) {
		this.bytes = bytes;
		this.view = view;
		this.pos = pos;
		this.end = end;
	}

	/** Confines the cursor to a submessage of what another reads. */
	over({ bytes, view }: Cursor, start: number, end: number): void {
		this.bytes = bytes;
		this.view = view;
		this.pos = start;
		this.end = end;
	}

	/** Confines the cursor to a submessage. */
	enter(start: number, end: number): void {
		this.pos = start;
		this.end = end;
	}

	/** Moves on to the next field; false at the end of the message. */
	next(): boolean {
		if (this.pos >= this.end) return false;
		const first = this.bytes[this.pos]!;
		if (first < 0x80) {
			this.tag = first;
			this.pos++;
		} else {
			this.tag = this.varint();
		}
		if (this.tag >>> 3 === 0) throw new PermanentError("cannot decode protobuf: field number 0");
		return true;
	}

	/** A varint that fits 53 bits: lengths, tags, enums, counts. */
	varint(): number {
		const { bytes } = this;
		let p = this.pos;
		const end = this.end;
		let result = 0;
		let scale = 1;
		for (let i = 0; i < 10; i++) {
			if (p >= end) throw truncated();
			const byte = bytes[p++]!;
			result += (byte & 0x7f) * scale;
			if (byte < 0x80) {
				this.pos = p;
				return result;
			}
			scale *= 128;
		}
		throw new PermanentError("cannot decode protobuf: a varint of more than ten bytes");
	}

	/** A varint of full 64 bits, into `low` and `high`. */
	varint64(): void {
		const { bytes } = this;
		let p = this.pos;
		const end = this.end;
		let low = 0;
		let high = 0;
		for (let shift = 0; shift < 70; shift += 7) {
			if (p >= end) throw truncated();
			const byte = bytes[p++]!;
			const bits = byte & 0x7f;
			if (shift < 28) low |= bits << shift;
			else if (shift === 28) {
				low |= bits << 28;
				high |= bits >>> 4;
			} else high |= bits << (shift - 32);
			if (byte < 0x80) {
				this.pos = p;
				this.low = low >>> 0;
				this.high = high >>> 0;
				return;
			}
		}
		throw new PermanentError("cannot decode protobuf: a varint of more than ten bytes");
	}

	/** Eight little-endian bytes, into `low` and `high`. */
	fixed64(): void {
		const { view, pos } = this;
		if (pos + 8 > this.end) throw truncated();
		this.low = view.getUint32(pos, true);
		this.high = view.getUint32(pos + 4, true);
		this.pos = pos + 8;
	}

	fixed32(): number {
		const { view, pos } = this;
		if (pos + 4 > this.end) throw truncated();
		this.pos = pos + 4;
		return view.getUint32(pos, true);
	}

	/** Steps over a length-delimited field, whose bounds are then in `fieldStart` and `fieldEnd`. */
	field(): void {
		const { bytes } = this;
		const first = this.pos < this.end ? bytes[this.pos]! : 0x80;
		let length: number;
		if (first < 0x80) {
			length = first;
			this.pos++;
		} else length = this.varint();
		const start = this.pos;
		const end = start + length;
		if (end > this.end) throw truncated();
		this.fieldStart = start;
		this.fieldEnd = end;
		this.pos = end;
	}

	/** Skips a field that the caller does not read. Unknown fields are of later versions, not errors. */
	skip(): void {
		switch (this.tag & 7) {
			case 0:
				this.varint64();
				return;
			case 1:
				this.fixed64();
				return;
			case 2:
				this.field();
				return;
			case 5:
				this.fixed32();
				return;
			default:
				throw new PermanentError(`cannot decode protobuf: wire type ${this.tag & 7} of field ${this.tag >>> 3}`);
		}
	}
}

/** A varint of up to 53 bits, written: the length of texts in protobuf and in ClickHouse's Native format alike. */
export function encodeVarint(value: number): Uint8Array {
	if (value < 128) return Uint8Array.of(value);
	const bytes: number[] = [];
	let rest = value;
	while (rest > 127) {
		bytes.push((rest & 127) | 128);
		rest = Math.floor(rest / 128);
	}
	bytes.push(rest);
	return Uint8Array.from(bytes);
}

const truncated = () => new PermanentError("cannot decode protobuf: it ends in the middle of a field");
