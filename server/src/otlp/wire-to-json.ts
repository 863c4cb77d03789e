import { RejectedRecord } from "../errors.ts";
import { isMessage, type MessageName, perMessage, type Scalar } from "./schema.ts";
import { Cursor } from "./wire.ts";

export type JsonObject = { [member: string]: unknown };

const byNumber = perMessage((fields) => new Map(fields.map((field) => [field.number, field])));

/**
 * A message of the wire format → OTLP/JSON as the specification writes it: 64-bit integers as strings, ids in hex, bytes in
 * base64. `leaveOut` names members that are kept elsewhere. Throws RefusedRecord when it nests deeper than `maxDepth`.
 */
export function wireToJson(
	message: MessageName,
	bytes: Uint8Array,
	start: number,
	end: number,
	maxDepth = 64,
	leaveOut: readonly string[] = [],
): JsonObject {
	if (maxDepth < 0) throw new RejectedRecord("cannot keep record: a value nests too deeply");
	const json: JsonObject = {};
	const cursor = new Cursor(bytes, start, end);
	while (cursor.next()) {
		const field = byNumber[message].get(cursor.tag >>> 3);
		const wireType = cursor.tag & 7;
		if (!field || leaveOut.includes(field.name)) {
			cursor.skip();
			continue;
		}
		const { name, type, repeated } = field;
		if (isMessage(type)) {
			if (wireType !== 2) {
				cursor.skip();
				continue;
			}
			cursor.field();
			add(json, name, repeated, wireToJson(type, bytes, cursor.fieldStart, cursor.fieldEnd, maxDepth - 1));
		} else if (wireType === 2 && wireTypeOf(type) !== 2) {
			cursor.field();
			const packed = new Cursor(bytes, cursor.fieldStart, cursor.fieldEnd);
			while (packed.pos < packed.end) add(json, name, repeated, scalar(packed, type));
		} else if (wireType !== wireTypeOf(type)) {
			cursor.skip();
		} else {
			add(json, name, repeated, scalar(cursor, type));
		}
	}
	return json;
}

function add(json: JsonObject, name: string, repeated: boolean | undefined, value: unknown): void {
	if (!repeated) {
		json[name] = value;
		return;
	}
	const list = json[name];
	if (Array.isArray(list)) list.push(value);
	else json[name] = [value];
}

function wireTypeOf(type: Scalar): number {
	switch (type) {
		case "string":
		case "bytes":
		case "id":
			return 2;
		case "fixed64":
		case "sfixed64":
		case "double":
			return 1;
		case "fixed32":
			return 5;
		default:
			return 0;
	}
}

const scratch = new DataView(new ArrayBuffer(8));

function scalar(cursor: Cursor, type: Scalar): unknown {
	switch (type) {
		case "string":
		case "bytes":
		case "id": {
			cursor.field();
			const { bytes } = cursor;
			const slice = Buffer.from(bytes.buffer, bytes.byteOffset + cursor.fieldStart, cursor.fieldEnd - cursor.fieldStart);
			return slice.toString(type === "string" ? "utf8" : type === "id" ? "hex" : "base64");
		}
		case "bool":
			return cursor.varint() !== 0;
		case "enum":
		case "uint32":
			return cursor.varint();
		case "sint32": {
			const zigzag = cursor.varint();
			return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
		}
		case "fixed32":
			return cursor.fixed32();
		case "int64":
		case "uint64":
			cursor.varint64();
			return sixtyFour(cursor, type === "int64");
		case "fixed64":
		case "sfixed64":
			cursor.fixed64();
			return sixtyFour(cursor, type === "sfixed64");
		case "double": {
			cursor.fixed64();
			scratch.setUint32(0, cursor.low, true);
			scratch.setUint32(4, cursor.high, true);
			const value = scratch.getFloat64(0, true);
			// What JSON has no number for is text.
			return Object.is(value, -0) ? "-0" : Number.isFinite(value) ? value : String(value);
		}
	}
}

const sixtyFour = (cursor: Cursor, signed: boolean): string => {
	const unsigned = (BigInt(cursor.high) << 32n) | BigInt(cursor.low);
	return String(signed ? BigInt.asIntN(64, unsigned) : unsigned);
};
