import { RefusedRecord } from "../errors.ts";
import { Cursor } from "../otlp/wire.ts";
import { wireToJson } from "../otlp/wire-to-json.ts";
import type { Column } from "./column.ts";
import { isTimestampOf, parseDecimal } from "./decimal.ts";
import { inMap, isTime } from "./shape.ts";
import type { TableBuffer } from "./table-buffer.ts";

/** AnyValue's field numbers. */
const kind = { empty: 0, string: 1, bool: 2, int: 3, double: 4, array: 5, map: 6, bytes: 7 } as const;

type Target = {
	readonly key: Uint8Array;
	readonly type: "text" | "integer" | "number" | "flag" | "timestamp";
	readonly column: Column | undefined;
	readonly place: number;
};

/** More attributes than any record has; a record with more is refused, its neighbours are not. */
export const maxAttributes = 1024;
/** Arrays in maps in arrays: deeper than anything real. */
export const maxNesting = 32;

/**
 * Writes a record's attributes from the wire into a table: known ones into their columns, all others into the map, and notes
 * the shape. Keys are matched by length and bytes; values of the usual kinds are copied from where they lie.
 */
export class AttributeWriter {
	readonly #table: TableBuffer;
	readonly #buckets: readonly (readonly Target[])[];
	readonly #inMap: number;
	readonly #isTime: number;
	#count = 0;
	readonly #cursor = new Cursor(new Uint8Array());
	/** Where the last value of each kind lies: set by #read. */
	#kind = 0;
	#start = 0;
	#end = 0;
	#low = 0;
	#high = 0;
	#keyStart = 0;
	#keyEnd = 0;

	constructor(table: TableBuffer) {
		this.#table = table;
		this.#inMap = table.placeOf(inMap);
		this.#isTime = table.placeOf(isTime);
		const buckets: Target[][] = Array.from({ length: 512 }, () => []);
		const add = (target: Target) => buckets[bucketOf(target.key, 0, target.key.length)]!.push(target);
		for (const { name, attribute } of table.definition.columns) {
			if (!attribute) continue;
			const { key, type } = attribute;
			add({
				key: Buffer.from(key),
				type: type === "list" ? "text" : type,
				column: table.column(name),
				place: table.placeOf(key),
			});
		}
		add({ key: Buffer.from("event.timestamp"), type: "timestamp", column: undefined, place: this.#isTime });
		this.#buckets = buckets;
	}

	/** Call before a record's first attribute. */
	begin(): void {
		this.#count = 0;
	}

	/** Writes one `KeyValue` message. `low` and `high` are the record's time in ns, if it is known by now. */
	write(bytes: Uint8Array, start: number, end: number, low: number, high: number): void {
		if (++this.#count > maxAttributes) throw new RefusedRecord(`cannot keep record: more than ${maxAttributes} attributes`);
		// Nearly always: a short key, then a short text. Anything else is read field by field.
		let keyStart = start + 2;
		let keyEnd = keyStart + bytes[start + 1]!;
		const valueStart = keyEnd + 2;
		const isUsual =
			bytes[start] === 0x0a &&
			keyEnd + 4 <= end &&
			bytes[start + 1]! < 0x80 &&
			end - valueStart < 0x80 &&
			bytes[keyEnd] === 0x12 &&
			valueStart + bytes[keyEnd + 1]! === end &&
			bytes[valueStart] === 0x0a &&
			valueStart + 2 + bytes[valueStart + 1]! === end;
		if (isUsual) {
			this.#kind = kind.string;
			this.#start = valueStart + 2;
			this.#end = end;
		} else {
			this.#keyValue(bytes, start, end);
			keyStart = this.#keyStart;
			keyEnd = this.#keyEnd;
		}
		const target = this.#find(bytes, keyStart, keyEnd);
		if (target && this.#intoColumn(target, bytes, low, high)) {
			this.#table.note(target.place, this.#kind);
			return;
		}
		this.#table.note(this.#inMap, this.#kind);
		this.#intoMap(bytes, keyStart, keyEnd);
	}

	#keyValue(bytes: Uint8Array, start: number, end: number): void {
		this.#keyStart = 0;
		this.#keyEnd = 0;
		let valueStart = 0;
		let valueEnd = 0;
		const cursor = this.#over(bytes, start, end);
		while (cursor.next()) {
			if (cursor.tag === 0x0a) {
				cursor.field();
				this.#keyStart = cursor.fieldStart;
				this.#keyEnd = cursor.fieldEnd;
			} else if (cursor.tag === 0x12) {
				cursor.field();
				valueStart = cursor.fieldStart;
				valueEnd = cursor.fieldEnd;
			} else cursor.skip();
		}
		this.#read(cursor, valueStart, valueEnd);
	}

	/** Writes an AnyValue as text into a column, and says its kind: a record's body. */
	writeText(column: Column, bytes: Uint8Array, start: number, end: number): number {
		this.#read(this.#over(bytes, start, end), start, end);
		const row = this.#table.rows;
		if (this.#kind === kind.string) column.text(row, bytes, this.#start, this.#end);
		else {
			const text = this.#text(bytes);
			column.text(row, text, 0, text.length);
		}
		return this.#kind;
	}

	#over(bytes: Uint8Array, start: number, end: number): Cursor {
		const cursor = this.#cursor;
		(cursor as { bytes: Uint8Array }).bytes = bytes;
		cursor.enter(start, end);
		return cursor;
	}

	/** Finds out an AnyValue's kind and where its value lies. Of several the last counts, as protobuf has it. */
	#read(cursor: Cursor, start: number, end: number): void {
		this.#kind = kind.empty;
		cursor.enter(start, end);
		while (cursor.next()) {
			const { tag } = cursor;
			switch (tag) {
				case 0x0a:
				case 0x2a:
				case 0x32:
				case 0x3a:
					cursor.field();
					this.#kind = tag >>> 3;
					this.#start = cursor.fieldStart;
					this.#end = cursor.fieldEnd;
					break;
				case 0x10:
				case 0x18:
					cursor.varint64();
					this.#kind = tag >>> 3;
					this.#low = cursor.low;
					this.#high = cursor.high;
					break;
				case 0x21:
					cursor.fixed64();
					this.#kind = kind.double;
					this.#low = cursor.low;
					this.#high = cursor.high;
					break;
				default:
					cursor.skip();
			}
		}
	}

	#find(bytes: Uint8Array, start: number, end: number): Target | undefined {
		if (start === end) return undefined;
		const bucket = this.#buckets[bucketOf(bytes, start, end)]!;
		next: for (let i = 0; i < bucket.length; i++) {
			const target = bucket[i]!;
			const { key } = target;
			if (key.length !== end - start) continue;
			for (let j = 0; j < key.length; j++) if (key[j] !== bytes[start + j]) continue next;
			return target;
		}
		return undefined;
	}

	/** Whether the column can give the value back exactly; if not, the map must. */
	#intoColumn(target: Target, bytes: Uint8Array, low: number, high: number): boolean {
		const { column } = target;
		const row = this.#table.rows;
		if (!column) return this.#kind === kind.string && isTimestampOf(bytes, this.#start, this.#end, low, high);
		// The same key twice in one record: the first has the column, both are kept.
		if (column.rows > row) return false;
		switch (target.type) {
			case "text":
				if (this.#kind === kind.string) {
					column.text(row, bytes, this.#start, this.#end);
					return true;
				}
				if (this.#kind === kind.bool || this.#kind === kind.int || this.#kind === kind.double) {
					const text = this.#text(bytes);
					column.text(row, text, 0, text.length);
					return true;
				}
				return false;
			case "integer":
				return this.#integer(column, row, bytes);
			case "number":
				return this.#number(column, row, bytes);
			default:
				return this.#flag(column, row, bytes);
		}
	}

	#integer(column: Column, row: number, bytes: Uint8Array): boolean {
		if (this.#kind === kind.int) {
			column.word(row, this.#low, this.#high);
			return true;
		}
		let value = Number.NaN;
		let exact = false;
		if (this.#kind === kind.string) {
			const parsed = parseDecimal(bytes, this.#start, this.#end);
			value = parsed.value;
			exact = parsed.exact;
		} else if (this.#kind === kind.double) {
			value = this.#double();
			exact = !Object.is(value, -0);
		}
		if (Number.isNaN(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) return false;
		const whole = Math.trunc(value);
		column.integer(row, whole);
		return exact && whole === value;
	}

	#number(column: Column, row: number, bytes: Uint8Array): boolean {
		if (this.#kind === kind.double) {
			column.word(row, this.#low, this.#high);
			return true;
		}
		if (this.#kind === kind.int) {
			const value = (this.#high | 0) * 0x1_0000_0000 + this.#low;
			column.double(row, value);
			return Number.isSafeInteger(value);
		}
		if (this.#kind !== kind.string) return false;
		const { value, exact } = parseDecimal(bytes, this.#start, this.#end);
		if (Number.isNaN(value)) return false;
		column.double(row, value);
		return exact;
	}

	#flag(column: Column, row: number, bytes: Uint8Array): boolean {
		if (this.#kind === kind.bool) {
			column.small(row, this.#low === 0 && this.#high === 0 ? 0 : 1);
			return true;
		}
		if (this.#kind !== kind.string) return false;
		const value = equals(bytes, this.#start, this.#end, trueText) ? 1 : equals(bytes, this.#start, this.#end, falseText) ? 0 : -1;
		if (value < 0) return false;
		column.small(row, value);
		return true;
	}

	#intoMap(bytes: Uint8Array, keyStart: number, keyEnd: number): void {
		if (this.#kind === kind.string) {
			this.#table.entry(bytes, keyStart, keyEnd, bytes, this.#start, this.#end);
			return;
		}
		const text = this.#text(bytes);
		this.#table.entry(bytes, keyStart, keyEnd, text, 0, text.length);
	}

	/** The text a value of any other kind is kept as; its kind is in the shape, so nothing is lost. */
	#text(bytes: Uint8Array): Uint8Array {
		switch (this.#kind) {
			case kind.bool:
				return this.#low === 0 && this.#high === 0 ? falseText : trueText;
			case kind.int:
				return Buffer.from(String(BigInt.asIntN(64, (BigInt(this.#high) << 32n) | BigInt(this.#low))));
			case kind.double:
				return Buffer.from(Object.is(this.#double(), -0) ? "-0" : String(this.#double()));
			case kind.array:
				return Buffer.from(JSON.stringify(wireToJson("ArrayValue", bytes, this.#start, this.#end, maxNesting)));
			case kind.map:
				return Buffer.from(JSON.stringify(wireToJson("KeyValueList", bytes, this.#start, this.#end, maxNesting)));
			case kind.bytes:
				return Buffer.from(Buffer.from(bytes.buffer, bytes.byteOffset + this.#start, this.#end - this.#start).toString("base64"));
			default:
				return nothing;
		}
	}

	#double(): number {
		scratch.setUint32(0, this.#low, true);
		scratch.setUint32(4, this.#high, true);
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

/** Length, first, middle and last byte tell the contract's keys apart well enough. */
const bucketOf = (bytes: Uint8Array, start: number, end: number): number =>
	((end - start) * 7 + bytes[start]! * 31 + bytes[end - 1]! * 17 + bytes[(start + end) >>> 1]! * 5) & 511;
