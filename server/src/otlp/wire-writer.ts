/** Writes the protobuf wire format forward; a message's length gets five bytes, filled in when it is closed. */
export class WireWriter {
	#buffer: Buffer;
	#pos = 0;

	constructor(capacity: number) {
		this.#buffer = Buffer.allocUnsafe(Math.max(1024, capacity));
	}

	get length(): number {
		return this.#pos;
	}

	/** Takes back what was written since it was so long. */
	rewind(length: number): void {
		this.#pos = length;
	}

	take(): Uint8Array {
		return this.#buffer.subarray(0, this.#pos);
	}

	open(number: number): number {
		this.#tag(number, 2);
		this.#need(5);
		this.#pos += 5;
		return this.#pos;
	}

	close(start: number): void {
		const buffer = this.#buffer;
		let length = this.#pos - start;
		for (let i = 5; i > 0; i--) {
			buffer[start - i] = (length & 0x7f) | (i > 1 ? 0x80 : 0);
			length >>>= 7;
		}
	}

	/** Bytes as they stand somewhere else. */
	copy(number: number, bytes: Uint8Array, start: number, end: number): void {
		const length = end - start;
		this.#tag(number, 2);
		this.#varint(length);
		this.#need(length);
		const buffer = this.#buffer;
		let to = this.#pos;
		// A call takes as long as copying some dozen bytes.
		if (length < 64) for (let from = start; from < end; from++) buffer[to++] = bytes[from]!;
		else buffer.set(bytes.subarray(start, end), to);
		this.#pos += length;
	}

	/** A varint of 64 bits, in two unsigned halves. */
	varint(number: number, low: number, high: number): void {
		this.#tag(number, 0);
		this.#need(10);
		const buffer = this.#buffer;
		let [l, h] = [low, high];
		while (h > 0 || l > 127) {
			buffer[this.#pos++] = (l & 127) | 128;
			l = ((l >>> 7) | (h << 25)) >>> 0;
			h >>>= 7;
		}
		buffer[this.#pos++] = l;
	}

	fixed32(number: number, value: number): void {
		this.#tag(number, 5);
		this.#need(4);
		this.#pos = this.#buffer.writeUInt32LE(value, this.#pos);
	}

	/** Eight bytes, in two unsigned halves. */
	fixed64(number: number, low: number, high: number): void {
		this.#tag(number, 1);
		this.#need(8);
		const buffer = this.#buffer;
		let at = this.#pos;
		for (let word = low, i = 0; i < 8; i++) {
			if (i === 4) word = high;
			buffer[at++] = word;
			word >>>= 8;
		}
		this.#pos = at;
	}

	double(number: number, value: number): void {
		this.#tag(number, 1);
		this.#need(8);
		this.#pos = this.#buffer.writeDoubleLE(value, this.#pos);
	}

	#tag(number: number, wireType: number): void {
		this.#varint((number << 3) | wireType);
	}

	#varint(value: number): void {
		this.#need(5);
		const buffer = this.#buffer;
		let rest = value;
		while (rest > 127) {
			buffer[this.#pos++] = (rest & 127) | 128;
			rest >>>= 7;
		}
		buffer[this.#pos++] = rest;
	}

	#need(bytes: number): void {
		if (this.#pos + bytes <= this.#buffer.length) return;
		const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#pos + bytes));
		this.#buffer.copy(grown, 0, 0, this.#pos);
		this.#buffer = grown;
	}
}
