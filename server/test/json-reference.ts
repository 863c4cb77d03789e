import { PermanentError } from "../src/errors.ts";
import { nothingRejected, type Outcome } from "../src/otlp/responses.ts";
import { type Field, isMessage, type MessageName, perMessage, type Scalar } from "../src/otlp/schema.ts";

/** Somewhere a number has more digits than a double keeps. */
const longInteger = /[[:,]\s*-?\d{16}/;
type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
const parseWith = JSON.parse as (text: string, reviver: Reviver) => unknown;
/** A number by its digits. It is no text: where a string belongs it is as wrong as any other number. */
class LongInteger {
	readonly digits: string;
	constructor(digits: string) {
		this.digits = digits;
	}
}
const asDigits: Reviver = (_key, value, { source = "" }) =>
	typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(source) ? new LongInteger(source) : value;

/**
 * Converts by way of objects, as simply as possible: the reference for the conversion that reads bytes. Throws SyntaxError for
 * invalid JSON.
 */
export function referenceToWire(message: MessageName, json: Uint8Array): { wire: Uint8Array; outcome: Outcome } {
	const text = Buffer.from(json).toString("utf8");
	return jsonToWire(message, longInteger.test(text) ? parseWith(text, asDigits) : JSON.parse(text));
}

/**
 * OTLP/JSON → the protobuf wire format, so that there is one decoder. Accepts what real senders write: 64-bit integers as
 * numbers or strings, ids in hex, bytes in base64, enums as numbers or names, members in camelCase or snake_case; unknown
 * members and nulls are left out. A record that can't be is left out and counted; anything above it that can't be is a
 * PermanentError that names the member.
 */
function jsonToWire(message: MessageName, json: unknown): { wire: Uint8Array; outcome: Outcome } {
	const out = new WireWriter();
	writeMessage(out, message, json, message, 0);
	return { wire: out.take(), outcome: out.rejected === 0 ? nothingRejected : { rejected: out.rejected, reason: out.reason } };
}

/** Messages that partial success counts. */
const records: ReadonlySet<Field["type"]> = new Set<MessageName>([
	"LogRecord",
	"Span",
	"NumberDataPoint",
	"HistogramDataPoint",
	"ExponentialHistogramDataPoint",
	"SummaryDataPoint",
]);

/** Deeper than any record may nest (the decoder's own limit is lower), and far from the end of the stack. */
const maxDepth = 200;

const byMember = perMessage(
	(fields) =>
		new Map(
			fields.flatMap((field) => [
				[field.name, field],
				[snake(field.name), field],
			]),
		),
);

function snake(name: string): string {
	return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function writeMessage(out: WireWriter, message: MessageName, json: unknown, path: string, depth: number): void {
	if (typeof json !== "object" || json === null || Array.isArray(json) || json instanceof LongInteger)
		throw wrong(path, "an object", json);
	if (depth > maxDepth) throw new PermanentError(`cannot decode JSON: ${path} nests more than ${maxDepth} levels`);
	const table = byMember[message];
	for (const member in json) {
		const field = table.get(member);
		if (!field) continue;
		const value = (json as Record<string, unknown>)[member];
		if (value === null || value === undefined) continue;
		if (!field.repeated) {
			writeField(out, field, value, path, depth);
			continue;
		}
		if (!Array.isArray(value)) throw wrong(`${path}.${member}`, "an array", value);
		if (records.has(field.type)) writeRecords(out, field, value, path, depth);
		else for (let i = 0; i < value.length; i++) writeField(out, field, value[i], path, depth);
	}
}

function writeRecords(out: WireWriter, field: Field, list: readonly unknown[], path: string, depth: number): void {
	for (const record of list) {
		const before = out.length;
		try {
			if (record === null) throw wrong(`${path}.${field.name}`, "an object", record);
			writeField(out, field, record, path, depth);
		} catch (error) {
			if (!(error instanceof PermanentError)) throw error;
			out.reject(before, error.message);
		}
	}
}

function writeField(out: WireWriter, field: Field, value: unknown, path: string, depth: number): void {
	const { type, number } = field;
	if (isMessage(type)) {
		// An empty AnyValue is a value of its own: JSON writes it as {} or, in an array, as null.
		const at = out.open(number);
		writeMessage(out, type, value ?? {}, depth < 12 ? `${path}.${field.name}` : path, depth + 1);
		out.close(at);
		return;
	}
	writeScalar(out, number, type, field, value, `${path}.${field.name}`);
}

function writeScalar(out: WireWriter, number: number, type: Scalar, field: Field, value: unknown, path: string): void {
	switch (type) {
		case "string":
			if (typeof value !== "string") throw wrong(path, "a string", value);
			out.text(number, value);
			return;
		case "bytes":
			out.bytes(number, encoded(value, "base64", path));
			return;
		case "id":
			out.bytes(number, encoded(value, "hex", path));
			return;
		case "bool":
			if (typeof value !== "boolean") throw wrong(path, "true or false", value);
			out.varint(number, value ? 1n : 0n);
			return;
		case "enum": {
			const named = typeof value === "string" ? (field.names?.indexOf(value) ?? -1) : -1;
			out.varint(number, named >= 0 ? BigInt(named) : integer(value, type, path));
			return;
		}
		case "int64":
		case "uint64":
		case "uint32":
			out.varint(number, integer(value, type, path));
			return;
		case "sint32": {
			const signed = integer(value, type, path);
			out.varint(number, signed < 0n ? -2n * signed - 1n : 2n * signed);
			return;
		}
		case "fixed32":
			out.fixed32(number, Number(integer(value, type, path)));
			return;
		case "fixed64":
		case "sfixed64":
			out.fixed64(number, integer(value, type, path));
			return;
		case "double":
			out.double(number, double(value, path));
			return;
	}
}

const signed = (bits: bigint) => [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n] as const;
const unsigned = (bits: bigint) => [0n, 2n ** bits - 1n] as const;
const ranges = {
	enum: signed(32n),
	sint32: signed(32n),
	uint32: unsigned(32n),
	fixed32: unsigned(32n),
	int64: signed(64n),
	sfixed64: signed(64n),
	uint64: unsigned(64n),
	fixed64: unsigned(64n),
} as const;

/** Out of its range an integer would become another one on the wire. */
function integer(sent: unknown, type: keyof typeof ranges, path: string): bigint {
	const value = sent instanceof LongInteger ? sent.digits : sent;
	const isInteger = typeof value === "number" ? Number.isInteger(value) : typeof value === "string" && /^-?\d{1,20}$/.test(value);
	if (!isInteger) throw wrong(path, "an integer", value);
	const whole = BigInt(value as number | string);
	const [least, most] = ranges[type];
	if (whole < least || whole > most) throw new PermanentError(`cannot decode JSON: ${path} is out of the range of ${type}`);
	return whole;
}

function double(value: unknown, path: string): number {
	if (typeof value === "number") return value;
	if (value instanceof LongInteger) return Number(value.digits);
	if (typeof value === "string" && value !== "") {
		if (value === "NaN" || value === "Infinity" || value === "-Infinity") return Number(value);
		const number = Number(value);
		if (!Number.isNaN(number)) return number;
	}
	throw wrong(path, "a number", value);
}

function encoded(value: unknown, encoding: "hex" | "base64", path: string): Uint8Array {
	if (typeof value !== "string") throw wrong(path, `a string in ${encoding}`, value);
	const bytes = Buffer.from(value, encoding);
	if (encoding === "hex" && bytes.length * 2 !== value.length) throw wrong(path, "an id in hex", value);
	return bytes;
}

/** Says the type of what came, never the value: it may be a prompt. */
const wrong = (path: string, wanted: string, value: unknown) =>
	new PermanentError(
		`cannot decode JSON: ${path} must be ${wanted}, not ${value === null ? "null" : Array.isArray(value) ? "an array" : typeof value}`,
	);

/** Writes forward; a message's length gets five bytes, patched when it is closed. */
class WireWriter {
	#buffer = Buffer.allocUnsafe(16 * 1024);
	#pos = 0;
	rejected = 0;
	reason = "";

	get length(): number {
		return this.#pos;
	}

	/** Takes back what was written of a record. */
	reject(length: number, reason: string): void {
		this.#pos = length;
		this.rejected++;
		this.reason ||= reason;
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
		let length = this.#pos - start;
		for (let i = 5; i > 0; i--) {
			this.#buffer[start - i] = (length & 0x7f) | (i > 1 ? 0x80 : 0);
			length >>>= 7;
		}
	}

	text(number: number, text: string): void {
		this.#tag(number, 2);
		const length = Buffer.byteLength(text);
		this.#varint(length);
		this.#need(length);
		this.#pos += this.#buffer.write(text, this.#pos);
	}

	bytes(number: number, bytes: Uint8Array): void {
		this.#tag(number, 2);
		this.#varint(bytes.length);
		this.#need(bytes.length);
		this.#buffer.set(bytes, this.#pos);
		this.#pos += bytes.length;
	}

	varint(number: number, value: bigint): void {
		this.#tag(number, 0);
		if (value >= 0n && value < 0x7fffffffn) {
			this.#varint(Number(value));
			return;
		}
		let rest = BigInt.asUintN(64, value);
		this.#need(10);
		while (rest > 127n) {
			this.#buffer[this.#pos++] = Number(rest & 127n) | 128;
			rest >>= 7n;
		}
		this.#buffer[this.#pos++] = Number(rest);
	}

	fixed32(number: number, value: number): void {
		this.#tag(number, 5);
		this.#need(4);
		this.#pos = this.#buffer.writeUInt32LE(value >>> 0, this.#pos);
	}

	fixed64(number: number, value: bigint): void {
		this.#tag(number, 1);
		this.#need(8);
		this.#pos = this.#buffer.writeBigUInt64LE(BigInt.asUintN(64, value), this.#pos);
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
		let rest = value;
		while (rest > 127) {
			this.#buffer[this.#pos++] = (rest & 127) | 128;
			rest = Math.floor(rest / 128);
		}
		this.#buffer[this.#pos++] = rest;
	}

	#need(bytes: number): void {
		if (this.#pos + bytes <= this.#buffer.length) return;
		const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#pos + bytes));
		this.#buffer.copy(grown, 0, 0, this.#pos);
		this.#buffer = grown;
	}
}
