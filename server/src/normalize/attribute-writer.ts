import { labelAttributes, standardAttributes } from "@purser/contract";
import { RefusedRecord } from "../errors.ts";
import { Cursor } from "../otlp/wire.ts";
import { wireToJson } from "../otlp/wire-to-json.ts";
import { equalBytes, viewOf } from "./by-word.ts";
import type { Column } from "./column.ts";
import { parseDecimal } from "./decimal.ts";
import { DictionaryColumn } from "./dictionary-column.ts";
import { LeadingAttributes } from "./leading-attributes.ts";
import { inMap, isTime } from "./shape.ts";
import type { ShapeNode } from "./shape-tree.ts";
import type { TableBuffer } from "./table-buffer.ts";
import { TimestampReader } from "./timestamp.ts";

/** AnyValue's field numbers. */
const kind = { empty: 0, string: 1, bool: 2, int: 3, double: 4, array: 5, map: 6, bytes: 7 } as const;

type Target = {
	readonly key: DataView;
	readonly keyLength: number;
	readonly type: "dictionary" | "text" | "integer" | "number" | "flag" | "timestamp";
	readonly column: Column | undefined;
	readonly dictionary: DictionaryColumn | undefined;
	readonly place: number;
	/** Says who or what sends, as most of a request's records do alike. */
	readonly isLeading: boolean;
};

/** More attributes than any record has; a record with more is refused, its neighbours are not. */
export const maxAttributes = 1024;
/** Arrays in maps in arrays: deeper than anything real. */
export const maxNesting = 32;
/** Trying more of them would cost more than looking the key up. */
const maxBranches = 12;

/**
 * Writes a record's attributes from the wire into a table: known ones into their columns, all others into the map, and notes
 * the shape. Keys are matched by length and bytes; values of the usual kinds are copied from where they lie.
 */
export class AttributeWriter {
	readonly #table: TableBuffer;
	readonly #buckets: readonly (readonly Target[])[];
	/** By place. */
	readonly #targets: (Target | undefined)[] = [];
	readonly #inMap: number;
	readonly #cursor = new Cursor(new Uint8Array());
	readonly #timestamps = new TimestampReader();
	readonly #leading = new LeadingAttributes();
	/** Whether all attributes of the record so far are leading ones. */
	#isLeading = false;
	#count = 0;
	/** The attribute under way: where its key lies, its value's kind and where that lies, or the value itself. */
	#keyStart = 0;
	#keyEnd = 0;
	#kind = 0;
	#start = 0;
	#end = 0;
	#low = 0;
	#high = 0;

	constructor(table: TableBuffer) {
		this.#table = table;
		this.#inMap = table.placeOf(inMap);
		const buckets: Target[][] = Array.from({ length: 512 }, () => []);
		const add = (key: string, target: Pick<Target, "type" | "column" | "dictionary" | "place">) => {
			const bytes = Buffer.from(key);
			const complete = { ...target, key: viewOf(bytes), keyLength: bytes.length, isLeading: leadingKeys.has(key) };
			buckets[bucketOf(bytes, 0, bytes.length)]!.push(complete);
			this.#targets[target.place] = complete;
		};
		for (const { name, attribute } of table.definition.columns) {
			if (!attribute) continue;
			const { key, type } = attribute;
			const place = table.placeOf(key);
			if (table.columns.find((column) => column.name === name) instanceof DictionaryColumn) {
				add(key, { type: "dictionary", column: undefined, dictionary: table.dictionary(name), place });
			} else add(key, { type: type === "list" ? "text" : type, column: table.column(name), dictionary: undefined, place });
		}
		add("event.timestamp", { type: "timestamp", column: undefined, dictionary: undefined, place: table.placeOf(isTime) });
		this.#buckets = buckets;
	}

	/** Call before a record's first attribute. */
	begin(): void {
		this.#count = 0;
		this.#isLeading = false;
	}

	/**
	 * Call at a record's first attribute, whose field begins at `at`: writes the leading attributes if they are those of the
	 * record before, and returns where they end; else returns `at`.
	 */
	repeat(from: Cursor, at: number): number {
		const leading = this.#leading;
		if (!leading.begins(from, at)) {
			leading.record(from, at);
			this.#isLeading = true;
			return at;
		}
		this.#isLeading = false;
		this.#count = leading.count;
		leading.write(this.#table);
		return at + leading.length;
	}

	/** Writes one `KeyValue` message. `low` and `high` are the record's time in ns, if it is known by now. */
	write(from: Cursor, start: number, end: number, low: number, high: number): void {
		if (++this.#count > maxAttributes) throw new RefusedRecord(`cannot keep record: more than ${maxAttributes} attributes`);
		const { shape } = this.#table;
		const { at } = shape;
		if (at.next === undefined) {
			this.#any(from, start, end, low, high);
			return;
		}
		if (this.#asExpected(at.next, from, start, end, low, high)) {
			this.#step(at.next, from, start, end);
			return;
		}
		// Where kinds of records part, another of those that have come here before.
		if (at.children.length <= maxBranches) {
			for (let i = 0; i < at.children.length; i++) {
				const child = at.children[i]!;
				if (child === at.next || !this.#asExpected(child, from, start, end, low, high)) continue;
				at.next = child;
				this.#step(child, from, start, end);
				return;
			}
		}
		this.#any(from, start, end, low, high);
	}

	#step(node: ShapeNode, from: Cursor, start: number, end: number): void {
		if (this.#isLeading) this.#lead(this.#targets[node.place]!, node.kind, from, start, end);
		this.#table.shape.at = node;
	}

	/**
	 * Nearly always an attribute is the one that came next the last time: its key is compared and not looked for, and its value
	 * is a short text or a small integer that is written from where it lies. Returns false, with nothing done, for all others.
	 */
	#asExpected(
		{ place, kind: expectedKind }: ShapeNode,
		from: Cursor,
		start: number,
		end: number,
		low: number,
		high: number,
	): boolean {
		const target = this.#targets[place];
		if (target === undefined) return false;
		const { bytes, view } = from;
		const { key, keyLength } = target;
		const valueAt = start + 2 + keyLength;
		const valueLength = end - valueAt - 2;
		if (valueLength < 2 || valueLength > 127 || bytes[start + 1] !== keyLength || bytes[valueAt + 1] !== valueLength)
			return false;
		if (bytes[start] !== 0x0a || bytes[valueAt] !== 0x12 || !equalBytes(view, start + 2, valueAt, key, 0)) return false;
		const row = this.#table.rows;
		const tag = bytes[valueAt + 2];
		if (expectedKind === kind.string) {
			if (tag !== 0x0a || bytes[valueAt + 3] !== valueLength - 2) return false;
			const textAt = valueAt + 4;
			this.#start = textAt;
			this.#end = end;
			switch (target.type) {
				case "dictionary":
					if (target.dictionary!.rows > row) return false;
					target.dictionary!.text(row, view, textAt, end);
					return true;
				case "text":
					if (target.column!.rows > row) return false;
					target.column!.text(row, view, textAt, end);
					return true;
				case "flag": {
					// "true" and "false" differ in length.
					const isTrue = valueLength === 6 && view.getUint32(textAt, true) === 0x65757274;
					const isFalse = valueLength === 7 && view.getUint32(textAt, true) === 0x736c6166 && bytes[end - 1] === 0x65;
					if (target.column!.rows > row || !(isTrue || isFalse)) return false;
					target.column!.small(row, isTrue ? 1 : 0);
					return true;
				}
				case "integer": {
					if (target.column!.rows > row || valueLength > 11 || valueLength < 3) return false;
					const value = digits(bytes, textAt, end);
					if (value < 0) return false;
					target.column!.integer(row, value);
					return true;
				}
				case "timestamp":
					return this.#timestamps.isTime(from, textAt, end, low, high);
				default:
					return false;
			}
		}
		const column = target.column;
		if (column === undefined || column.rows > row) return false;
		if (expectedKind === kind.double && target.type === "number" && tag === 0x21 && valueLength === 9) {
			column.word(row, view.getUint32(valueAt + 3, true), view.getUint32(valueAt + 7, true));
			return true;
		}
		if (expectedKind === kind.bool && target.type === "flag" && tag === 0x10 && valueLength === 2 && bytes[end - 1]! < 2) {
			column.small(row, bytes[end - 1]!);
			return true;
		}
		if (expectedKind !== kind.int || target.type !== "integer" || tag !== 0x18) return false;
		if (valueLength > 4 || bytes[end - 1]! > 127) return false;
		let value = bytes[valueAt + 3]!;
		if (valueLength > 2) {
			if (value < 128) return false;
			value = (value & 127) | ((bytes[valueAt + 4]! & 127) << 7);
			if (valueLength > 3) {
				if (bytes[valueAt + 4]! < 128) return false;
				value |= (bytes[valueAt + 5]! & 127) << 14;
			}
		}
		column.word(row, value, 0);
		return true;
	}

	/** Any attribute, whatever its key, kind and size. */
	#any(from: Cursor, start: number, end: number, low: number, high: number): void {
		const { shape } = this.#table;
		this.#read(from, start, end);
		const target = this.#find(from.bytes, from.view);
		if (target && this.#intoColumn(target, from, low, high)) {
			if (this.#isLeading) this.#lead(target, this.#kind, from, start, end);
			shape.note(target.place, this.#kind);
			return;
		}
		const isText = this.#kind === kind.string;
		const value = isText ? from.view : viewOf(this.#text(from.bytes));
		const valueStart = isText ? this.#start : 0;
		const valueEnd = isText ? this.#end : value.byteLength;
		this.#table.entry(from.view, this.#keyStart, this.#keyEnd, value, valueStart, valueEnd);
		if (this.#isLeading) {
			const entry = { keyStart: this.#keyStart, keyEnd: this.#keyEnd, text: isText ? undefined : value };
			this.#leading.add({ entry, start: this.#start, end: this.#end }, from, start, end);
		}
		shape.note(this.#inMap, this.#kind);
	}

	/** Takes an attribute that was just written for a leading one, or ends them before it. */
	#lead(target: Target, kindOf: number, from: Cursor, start: number, end: number): void {
		if (target.isLeading && kindOf === kind.string) {
			const { column, dictionary } = target;
			this.#leading.add({ column, dictionary, start: this.#start, end: this.#end }, from, start, end);
			return;
		}
		this.#isLeading = false;
		this.#leading.complete(from, this.#table.shape.at, this.#count - 1);
	}

	/** Writes an AnyValue as text into a column, and says its kind: a record's body. */
	writeText(column: Column, from: Cursor, start: number, end: number): number {
		this.#readValue(from, start, end);
		const row = this.#table.rows;
		if (this.#kind === kind.string) column.text(row, from.view, this.#start, this.#end);
		else {
			const text = viewOf(this.#text(from.bytes));
			column.text(row, text, 0, text.byteLength);
		}
		return this.#kind;
	}

	/** Finds out a KeyValue's key and value. */
	#read(from: Cursor, start: number, end: number): void {
		this.#keyStart = 0;
		this.#keyEnd = 0;
		let valueStart = 0;
		let valueEnd = 0;
		const cursor = this.#cursor;
		cursor.over(from, start, end);
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
		this.#readValue(from, valueStart, valueEnd);
	}

	/** Finds out an AnyValue's kind and where its value lies. Of several the last counts, as protobuf has it. */
	#readValue(from: Cursor, start: number, end: number): void {
		this.#kind = kind.empty;
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

	#find(bytes: Uint8Array, view: DataView): Target | undefined {
		const start = this.#keyStart;
		const end = this.#keyEnd;
		if (start === end) return undefined;
		const bucket = this.#buckets[bucketOf(bytes, start, end)]!;
		for (const target of bucket) {
			if (target.keyLength === end - start && equalBytes(view, start, end, target.key, 0)) return target;
		}
		return undefined;
	}

	/** Whether the column can give the value back exactly; if not, the map must. */
	#intoColumn(target: Target, from: Cursor, low: number, high: number): boolean {
		const row = this.#table.rows;
		// The same key twice in one record: the first has the column, both are kept.
		switch (target.type) {
			case "dictionary":
				return target.dictionary!.rows <= row && this.#asText(target.dictionary!, row, from);
			case "timestamp":
				return this.#kind === kind.string && this.#timestamps.isTime(from, this.#start, this.#end, low, high);
			case "text":
				return target.column!.rows <= row && this.#asText(target.column!, row, from);
			case "integer":
				return target.column!.rows <= row && this.#integer(target.column!, row, from.bytes);
			case "number":
				return target.column!.rows <= row && this.#number(target.column!, row, from.bytes);
			case "flag":
				return target.column!.rows <= row && this.#flag(target.column!, row, from.bytes);
		}
	}

	/** Text as it is; other plain kinds as the text that gives them back. */
	#asText(column: Column | DictionaryColumn, row: number, from: Cursor): boolean {
		if (this.#kind === kind.string) {
			column.text(row, from.view, this.#start, this.#end);
			return true;
		}
		if (this.#kind !== kind.bool && this.#kind !== kind.int && this.#kind !== kind.double) return false;
		const text = viewOf(this.#text(from.bytes));
		column.text(row, text, 0, text.byteLength);
		return true;
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

/** A number of digits only, without leading zeros; else -1. */
function digits(bytes: Uint8Array, start: number, end: number): number {
	if (bytes[start] === 0x30) return end - start === 1 ? 0 : -1;
	let value = 0;
	for (let i = start; i < end; i++) {
		const digit = bytes[i]! - 0x30;
		if (digit < 0 || digit > 9) return -1;
		value = value * 10 + digit;
	}
	return value;
}

const leadingKeys: ReadonlySet<string> = new Set([...standardAttributes, ...labelAttributes].map(({ key }) => key));
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
