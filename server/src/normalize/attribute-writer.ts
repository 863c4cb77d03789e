import { type AttributeDefinition, labelAttributes, standardAttributes } from "@purser/contract";
import { RejectedRecord } from "../errors.ts";
import type { Cursor } from "../otlp/wire.ts";
import { type Bounds, boundsOf } from "../schema/bounds.ts";
import { kind, SentValue } from "./any-value-reader.ts";
import { LeadingAttributes } from "./attribute-prefix-cache.ts";
import { equalBytes, viewOf } from "./bytes.ts";
import type { Column } from "./column.ts";
import { DictionaryColumn } from "./dictionary-column.ts";
import { inMap, isTime } from "./shape.ts";
import type { ShapeNode } from "./shape-tree.ts";
import type { TableBuffer } from "./table-buffer.ts";
import { TimestampReader } from "./timestamp.ts";

// Longer than 250 lines: the inner loop of decoding, whose parts share their state.

type Target = {
	readonly key: DataView;
	readonly keyLength: number;
	readonly type: "dictionary" | Exclude<AttributeDefinition["type"], "array"> | "timestamp";
	readonly column: Column | undefined;
	readonly dictionary: DictionaryColumn | undefined;
	readonly place: number;
	/** Bounds of numbers. */
	readonly bounds: Bounds;
	/** Says who or what sends, as most of a request's records do alike. */
	readonly isLeading: boolean;
};

/** More attributes than any record has; a record with more is refused, its neighbours are not. */
const maxAttributes = 1024;
/** Trying more of them would cost more than looking the key up. */
const maxBranches = 12;

/**
 * Writes a record's attributes from the wire into a table: known ones into their columns, all others into the map, and notes
 * the shape. Keys are matched by length and bytes; values of the usual kinds are copied from where they lie.
 */
export class AttributeWriter {
	readonly #table: TableBuffer;
	readonly #buckets: readonly (readonly Target[])[];
	/** Targets by their place. */
	readonly #targets: (Target | undefined)[] = [];
	readonly #inMap: number;
	readonly #timestamps = new TimestampReader();
	readonly #leading = new LeadingAttributes();
	/** True while all attributes of the record so far belong to the cached prefix. */
	#isLeading = false;
	#count = 0;
	/** The value of the current attribute. */
	readonly #value: SentValue;

	constructor(table: TableBuffer) {
		this.#table = table;
		this.#value = new SentValue(table.cuts);
		this.#inMap = table.placeOf(inMap);
		const buckets: Target[][] = Array.from({ length: 512 }, () => []);
		const add = (key: string, target: Pick<Target, "type" | "column" | "dictionary" | "place">, unit?: string) => {
			const bytes = Buffer.from(key);
			const bounds = boundsOf(unit === undefined ? {} : { unit });
			const complete = { ...target, bounds, key: viewOf(bytes), keyLength: bytes.length, isLeading: leadingKeys.has(key) };
			buckets[bucketOf(bytes, 0, bytes.length)]!.push(complete);
			this.#targets[target.place] = complete;
		};
		for (const { name, attribute } of table.definition.columns) {
			if (!attribute) continue;
			const { key, type, unit } = attribute;
			const place = table.placeOf(key);
			if (table.columns.find((column) => column.name === name) instanceof DictionaryColumn) {
				add(key, { type: "dictionary", column: undefined, dictionary: table.dictionary(name), place });
			} else
				add(key, { type: type === "array" ? "string" : type, column: table.column(name), dictionary: undefined, place }, unit);
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
	 * Writes the attribute whose tag the cursor has just read, or all leading ones at once where they are those of the record
	 * before, and moves behind it. `low` and `high` are the record's time in ns, if it is known by now.
	 */
	next(from: Cursor, low: number, high: number): void {
		if (this.#count === 0 && this.#repeat(from)) return;
		from.field();
		this.#write(from, from.fieldStart, from.fieldEnd, low, high);
	}

	#repeat(from: Cursor): boolean {
		const leading = this.#leading;
		const at = from.pos - 1;
		if (!leading.begins(from, at)) {
			leading.record(from, at);
			this.#isLeading = true;
			return false;
		}
		this.#count = leading.count;
		leading.write(this.#table);
		from.pos = at + leading.length;
		return true;
	}

	/** Writes one `KeyValue` message. */
	#write(from: Cursor, start: number, end: number, low: number, high: number): void {
		if (++this.#count > maxAttributes) throw new RejectedRecord(`cannot keep record: more than ${maxAttributes} attributes`);
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
			this.#value.start = textAt;
			this.#value.end = end;
			switch (target.type) {
				case "dictionary":
					if (target.dictionary!.rows > row) return false;
					target.dictionary!.text(row, view, textAt, end);
					return true;
				case "string":
					if (target.column!.rows > row) return false;
					target.column!.text(row, view, textAt, end);
					return true;
				case "boolean": {
					// "true" and "false" differ in length.
					const isTrue = valueLength === 6 && view.getUint32(textAt, true) === 0x65757274;
					const isFalse = valueLength === 7 && view.getUint32(textAt, true) === 0x736c6166 && bytes[end - 1] === 0x65;
					if (target.column!.rows > row || !(isTrue || isFalse)) return false;
					target.column!.small(row, isTrue ? 1 : 0);
					return true;
				}
				case "int": {
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
		if (expectedKind === kind.double && target.type === "double" && tag === 0x21 && valueLength === 9) {
			const value = view.getFloat64(valueAt + 3, true);
			const { minimum, maximum } = target.bounds;
			if (!(value >= minimum && value <= maximum)) return false;
			column.word(row, view.getUint32(valueAt + 3, true), view.getUint32(valueAt + 7, true));
			return true;
		}
		if (expectedKind === kind.bool && target.type === "boolean" && tag === 0x10 && valueLength === 2 && bytes[end - 1]! < 2) {
			column.small(row, bytes[end - 1]!);
			return true;
		}
		if (expectedKind !== kind.int || target.type !== "int" || tag !== 0x18) return false;
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
		this.#value.readAttribute(from, start, end);
		const target = this.#find(from.bytes, from.view);
		if (target && this.#intoColumn(target, from, low, high)) {
			if (this.#isLeading) this.#lead(target, this.#value.kind, from, start, end);
			shape.note(target.place, this.#value.kind);
			return;
		}
		const isText = this.#value.kind === kind.string;
		const value = isText ? from.view : viewOf(this.#value.text(from.bytes));
		const valueStart = isText ? this.#value.start : 0;
		const valueEnd = isText ? this.#value.end : value.byteLength;
		this.#table.entry(from.view, this.#value.keyStart, this.#value.keyEnd, value, valueStart, valueEnd);
		if (this.#isLeading) {
			const entry = { keyStart: this.#value.keyStart, keyEnd: this.#value.keyEnd, text: isText ? undefined : value };
			this.#leading.add({ entry, start: this.#value.start, end: this.#value.end }, from, start, end);
		}
		shape.note(this.#inMap, this.#value.kind);
	}

	/** Takes an attribute that was just written for a leading one, or ends them before it. */
	#lead(target: Target, kindOf: number, from: Cursor, start: number, end: number): void {
		if (target.isLeading && kindOf === kind.string) {
			const { column, dictionary } = target;
			this.#leading.add({ column, dictionary, start: this.#value.start, end: this.#value.end }, from, start, end);
			return;
		}
		this.#isLeading = false;
		this.#leading.complete(from, this.#table.shape.at, this.#count - 1);
	}

	/** Writes an AnyValue as text into a column, and says its kind: a record's body. */
	writeText(column: Column, from: Cursor, start: number, end: number): number {
		this.#value.read(from, start, end);
		const row = this.#table.rows;
		if (this.#value.kind === kind.string) column.text(row, from.view, this.#value.start, this.#value.end);
		else {
			const text = viewOf(this.#value.text(from.bytes));
			column.text(row, text, 0, text.byteLength);
		}
		return this.#value.kind;
	}

	#find(bytes: Uint8Array, view: DataView): Target | undefined {
		const start = this.#value.keyStart;
		const end = this.#value.keyEnd;
		if (start === end) return undefined;
		const bucket = this.#buckets[bucketOf(bytes, start, end)]!;
		for (const target of bucket) {
			if (target.keyLength === end - start && equalBytes(view, start, end, target.key, 0)) return target;
		}
		return undefined;
	}

	/** Returns true if the column can restore the value exactly; if not, the map must keep it. */
	#intoColumn(target: Target, from: Cursor, low: number, high: number): boolean {
		const row = this.#table.rows;
		// The same key twice in one record: the first has the column, both are kept.
		switch (target.type) {
			case "dictionary":
				return target.dictionary!.rows <= row && this.#value.asText(target.dictionary!, row, from);
			case "timestamp":
				return this.#value.kind === kind.string && this.#timestamps.isTime(from, this.#value.start, this.#value.end, low, high);
			case "string":
				return target.column!.rows <= row && this.#value.asText(target.column!, row, from);
			case "int":
				return target.column!.rows <= row && this.#value.asInteger(target.column!, row, from.bytes, target.bounds);
			case "double":
				return target.column!.rows <= row && this.#value.asNumber(target.column!, row, from.bytes, target.bounds);
			case "boolean":
				return target.column!.rows <= row && this.#value.asFlag(target.column!, row, from.bytes);
		}
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
/** Length, first, middle and last byte distinguish the contract's keys well enough. */
const bucketOf = (bytes: Uint8Array, start: number, end: number): number =>
	((end - start) * 7 + bytes[start]! * 31 + bytes[end - 1]! * 17 + bytes[(start + end) >>> 1]! * 5) & 511;
