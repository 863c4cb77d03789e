import { Cursor } from "../otlp/wire.ts";
import { wireToJson } from "../otlp/wire-to-json.ts";
import { type Bounds, isWithin } from "../schema/bounds.ts";
import { viewOf } from "./bytes.ts";
import type { Column } from "./column.ts";
import { parseDecimal } from "./decimal.ts";
import type { DictionaryColumn } from "./dictionary-column.ts";
import { type Cuts, maxValueBytes } from "./lengths.ts";

/** AnyValue's field numbers. */
export const kind = { empty: 0, string: 1, bool: 2, int: 3, double: 4, array: 5, map: 6, bytes: 7 } as const;

/** Arrays in maps in arrays: deeper than anything real. */
export const maxNesting = 32;
/**
 * A value as it was sent: of which kind it is and where it lies, or what it is. One object for all values, one after the other:
 * nothing is made for a value.
 */
export class SentValue {
	/** Start of the attribute's key. */
	keyStart = 0;
	keyEnd = 0;
	/** AnyValue's field number. */
	kind = 0;
	/** Start of text, bytes and nested values. */
	start = 0;
	end = 0;
	/** A flag, an integer, or the bits of a double. */
	low = 0;
	high = 0;
	readonly #cursor = new Cursor(new Uint8Array());
	readonly #cuts: Cuts;

	constructor(cuts: Cuts) {
		this.#cuts = cuts;
	}

	/** Finds out a KeyValue's key and value. */
	readAttribute(from: Cursor, start: number, end: number): void {
		this.keyStart = 0;
		this.keyEnd = 0;
		let valueStart = 0;
		let valueEnd = 0;
		const cursor = this.#cursor;
		cursor.over(from, start, end);
		while (cursor.next()) {
			if (cursor.tag === 0x0a) {
				cursor.field();
				this.keyStart = cursor.fieldStart;
				this.keyEnd = cursor.fieldEnd;
			} else if (cursor.tag === 0x12) {
				cursor.field();
				valueStart = cursor.fieldStart;
				valueEnd = cursor.fieldEnd;
			} else cursor.skip();
		}
		this.read(from, valueStart, valueEnd);
	}

	/** Finds out an AnyValue's kind and where its value lies. Of several the last counts, as protobuf has it. */
	read(from: Cursor, start: number, end: number): void {
		this.kind = kind.empty;
		const cursor = this.#cursor;
		cursor.over(from, start, end);
		while (cursor.next()) {
			const { tag } = cursor;
			switch (tag) {
				case 0x0a:
				case 0x2a:
				case 0x32:
				case 0x3a:
					cursor.field();
					this.kind = tag >>> 3;
					this.start = cursor.fieldStart;
					this.end = cursor.fieldEnd;
					break;
				case 0x10:
				case 0x18:
					cursor.varint64();
					this.kind = tag >>> 3;
					this.low = cursor.low;
					this.high = cursor.high;
					break;
				case 0x21:
					cursor.fixed64();
					this.kind = kind.double;
					this.low = cursor.low;
					this.high = cursor.high;
					break;
				default:
					cursor.skip();
			}
		}
	}

	/** A part of an array or map would say something else: one that is too long is kept as empty, and counted. */
	#nested(message: "ArrayValue" | "KeyValueList", bytes: Uint8Array): Buffer {
		if (this.end - this.start <= maxValueBytes) {
			const text = Buffer.from(JSON.stringify(wireToJson(message, bytes, this.start, this.end, maxNesting)));
			if (text.length <= maxValueBytes) return text;
		}
		this.#cuts.count++;
		return Buffer.from("{}");
	}

	/** Writes text unchanged; other scalars as text from which they can be restored. */
	asText(column: Column | DictionaryColumn, row: number, from: Cursor): boolean {
		if (this.kind === kind.string) {
			column.text(row, from.view, this.start, this.end);
			return true;
		}
		if (this.kind !== kind.bool && this.kind !== kind.int && this.kind !== kind.double) return false;
		const text = viewOf(this.text(from.bytes));
		column.text(row, text, 0, text.byteLength);
		return true;
	}

	/** Writes an Int64, if the value can be added up. Returns true if that restores the value exactly. */
	asInteger(column: Column, row: number, bytes: Uint8Array, bounds: Bounds): boolean {
		if (this.kind === kind.int) {
			if (!isWithin(this.#integer(), bounds)) return false;
			column.word(row, this.low, this.high);
			return true;
		}
		let value = Number.NaN;
		let exact = false;
		if (this.kind === kind.string) {
			const parsed = parseDecimal(bytes, this.start, this.end);
			value = parsed.value;
			exact = parsed.exact;
		} else if (this.kind === kind.double) {
			value = this.double();
			exact = !Object.is(value, -0);
		}
		if (!isWithin(value, bounds)) return false;
		const whole = Math.trunc(value);
		column.integer(row, whole);
		return exact && whole === value;
	}

	/** Writes a Float64; returns as `asInteger` does. */
	asNumber(column: Column, row: number, bytes: Uint8Array, bounds: Bounds): boolean {
		if (this.kind === kind.double) {
			if (!isWithin(this.double(), bounds)) return false;
			column.word(row, this.low, this.high);
			return true;
		}
		if (this.kind === kind.int) {
			const value = this.#integer();
			if (!isWithin(value, bounds)) return false;
			column.double(row, value);
			return true;
		}
		if (this.kind !== kind.string) return false;
		const { value, exact } = parseDecimal(bytes, this.start, this.end);
		if (!isWithin(value, bounds)) return false;
		column.double(row, value);
		return exact;
	}

	/** Exact as far as bounds reach. */
	#integer(): number {
		return (this.high | 0) * 0x1_0000_0000 + this.low;
	}

	/** Writes a Bool; returns as `asInteger` does. */
	asFlag(column: Column, row: number, bytes: Uint8Array): boolean {
		if (this.kind === kind.bool) {
			column.small(row, this.low === 0 && this.high === 0 ? 0 : 1);
			return true;
		}
		if (this.kind !== kind.string) return false;
		const value = equals(bytes, this.start, this.end, trueText) ? 1 : equals(bytes, this.start, this.end, falseText) ? 0 : -1;
		if (value < 0) return false;
		column.small(row, value);
		return true;
	}

	/** The text a value of any other kind is kept as; its kind is in the shape, so nothing is lost. */
	text(bytes: Uint8Array): Uint8Array {
		switch (this.kind) {
			case kind.bool:
				return this.low === 0 && this.high === 0 ? falseText : trueText;
			case kind.int:
				return Buffer.from(String(BigInt.asIntN(64, (BigInt(this.high) << 32n) | BigInt(this.low))));
			case kind.double:
				return Buffer.from(Object.is(this.double(), -0) ? "-0" : String(this.double()));
			case kind.array:
				return this.#nested("ArrayValue", bytes);
			case kind.map:
				return this.#nested("KeyValueList", bytes);
			case kind.bytes:
				return Buffer.from(Buffer.from(bytes.buffer, bytes.byteOffset + this.start, this.end - this.start).toString("base64"));
			default:
				return nothing;
		}
	}

	double(): number {
		scratch.setUint32(0, this.low, true);
		scratch.setUint32(4, this.high, true);
		return scratch.getFloat64(0, true);
	}
}

const scratch = new DataView(new ArrayBuffer(8));
const trueText = Buffer.from("true");
const falseText = Buffer.from("false");
const nothing = Buffer.alloc(0);

function equals(bytes: Uint8Array, start: number, end: number, text: Uint8Array): boolean {
	if (end - start !== text.length) return false;
	for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text[i]) return false;
	return true;
}
