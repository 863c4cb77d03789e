import { Cursor, encodeVarint } from "./wire.ts";

/** The outline that the three export requests share: resources (1), in them scopes (2), in these records (2). */
const tags = [0x0a, 0x12, 0x12] as const;

/** Counts the records (log records, metrics or spans) of a protobuf request. */
export function recordsOf(wire: Uint8Array): number {
	return new Part(wire, 0, 0).seen;
}

/** Returns the same request with only the records from index `from` up to, not including, `to`. */
export function partOfRequest(wire: Uint8Array, from: number, to: number): Uint8Array {
	return new Part(wire, from, to).bytes;
}

class Part {
	seen = 0;
	readonly bytes: Uint8Array;
	readonly #from: number;
	readonly #to: number;

	constructor(wire: Uint8Array, from: number, to: number) {
		this.#from = from;
		this.#to = to;
		this.bytes = this.#level(wire, 0, wire.length, 0);
	}

	#level(wire: Uint8Array, start: number, end: number, depth: number): Uint8Array {
		const pieces: Uint8Array[] = [];
		const cursor = new Cursor(wire, start, end);
		for (let at = start; cursor.next(); at = cursor.pos) {
			if (cursor.tag !== tags[depth]) {
				cursor.skip();
				pieces.push(wire.subarray(at, cursor.pos));
				continue;
			}
			cursor.field();
			if (depth === 2) {
				if (this.seen >= this.#from && this.seen < this.#to) pieces.push(wire.subarray(at, cursor.pos));
				this.seen++;
				continue;
			}
			const before = this.seen;
			const inner = this.#level(wire, cursor.fieldStart, cursor.fieldEnd, depth + 1);
			if (this.seen > this.#from && before < this.#to)
				pieces.push(Uint8Array.of(tags[depth]!), encodeVarint(inner.length), inner);
		}
		return Buffer.concat(pieces);
	}
}
