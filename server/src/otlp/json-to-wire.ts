import { isUtf8 } from "node:buffer";
import { PermanentError } from "../errors.ts";
import { code, hexOf, JsonScanner, withoutEscapes } from "./json-scanner.ts";
import { nothingRejected, type Outcome } from "./responses.ts";
import { type Field, isMessage, type MessageName, perMessage, type Scalar } from "./schema.ts";
import { type Signal, signals } from "./signals.ts";
import { WireWriter } from "./wire-writer.ts";

// Longer than 250 lines: one pass over the bytes, whose parts call each other.

/**
 * OTLP/JSON → the protobuf wire format, in one pass over its bytes, so that there is one decoder. Accepts what real senders write:
 * 64-bit integers as numbers or strings, ids in hex, bytes in base64, enums as numbers or names, members in camelCase or
 * snake_case; unknown members and nulls are left out. A record that can't be is left out and counted; anything above it that can't
 * be is a PermanentError that names the member. So is more than `max` records, or resources, scopes and metrics.
 */
export function jsonToWire(
	message: MessageName,
	json: Uint8Array,
	max = Number.POSITIVE_INFINITY,
): { readonly wire: Uint8Array; readonly outcome: Outcome } {
	const converter = new Converter(wellEncoded(json), max);
	const wire = converter.convert(message);
	const { rejected, reason } = converter;
	return { wire, outcome: rejected === 0 ? nothingRejected : { rejected, reason } };
}

/** The bytes that a signal's member takes: no string is created of any other. An escape takes six bytes for a letter. */
const shortestMember = Math.min(...signals.map(({ member }) => member.length));
const longestMember = 6 * Math.max(...signals.map(({ member }) => snake(member).length));

/** The signal of a JSON request that was posted to `/`: its member says. Throws a PermanentError where none does. */
export function signalOfJson(json: Uint8Array): Signal {
	const scanner = new JsonScanner(wellEncoded(json));
	if (scanner.peek() === code.openObject && scanner.enter(code.closeObject)) {
		do {
			scanner.string();
			const length = scanner.end - scanner.start;
			if (length >= shortestMember && length <= longestMember) {
				const member = scanner.text();
				const found = signals.find((each) => member === each.member || member === snake(each.member));
				if (found) return found.signal;
			}
			scanner.sign(code.colon);
			scanner.skip();
		} while (scanner.more(code.closeObject));
	}
	throw new PermanentError("cannot decode JSON: it has none of resourceLogs, resourceMetrics and resourceSpans");
}

/** JSON is UTF-8; where it is not, what is wrong is replaced, as everywhere. */
const wellEncoded = (json: Uint8Array): Uint8Array =>
	isUtf8(json) ? json : Buffer.from(Buffer.from(json.buffer, json.byteOffset, json.length).toString("utf8"));

/** Messages that partial success counts. */
const records: ReadonlySet<Field["type"]> = new Set<MessageName>([
	"LogRecord",
	"Span",
	"NumberDataPoint",
	"HistogramDataPoint",
	"ExponentialHistogramDataPoint",
	"SummaryDataPoint",
]);
const containers: ReadonlySet<Field["type"]> = new Set<MessageName>([
	"ResourceLogs",
	"ResourceMetrics",
	"ResourceSpans",
	"ScopeLogs",
	"ScopeMetrics",
	"ScopeSpans",
	"Metric",
]);

/** The kinds of scalars as numbers, so that a value is classified once. */
const kind = Object.freeze({
	message: 0,
	string: 1,
	bytes: 2,
	id: 3,
	bool: 4,
	enum: 5,
	int64: 6,
	uint64: 7,
	uint32: 8,
	sint32: 9,
	fixed32: 10,
	fixed64: 11,
	sfixed64: 12,
	double: 13,
} satisfies Readonly<Record<Scalar | "message", number>>);

/** A field, looked up by the bytes of a name that it may have. */
type Member = {
	readonly bytes: Uint8Array;
	readonly name: string;
	readonly number: number;
	readonly kind: number;
	readonly isRepeated: boolean;
	readonly isRecord: boolean;
	readonly isContainer: boolean;
	/** An enum's names, by number. */
	readonly names: readonly string[];
	/** Members of the message that it holds. */
	members: Members;
};
/** A message's members by the length of their names. */
type Members = readonly (readonly Member[] | undefined)[];

function snake(name: string): string {
	return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const longestName = 40;
const noMembers: Members = [];
const types = new Map<Member, MessageName>();
const membersOf = perMessage((fields): Members => {
	const members = Array.from({ length: longestName }, (): Member[] | undefined => undefined);
	for (const { name, number, type, repeated, names } of fields)
		for (const each of new Set([name, snake(name)])) {
			const member: Member = {
				bytes: Uint8Array.from(Buffer.from(each)),
				name,
				number,
				kind: isMessage(type) ? kind.message : kind[type],
				isRepeated: repeated ?? false,
				isRecord: records.has(type),
				isContainer: containers.has(type),
				names: names ?? [],
				members: noMembers,
			};
			if (isMessage(type)) types.set(member, type);
			members[each.length] ??= [];
			members[each.length]!.push(member);
		}
	return members;
});
for (const [member, type] of types) member.members = membersOf[type];

/** The fault of a record. It has no stack, which would take longer to create than the record to read. */
class Fault {
	readonly message: string;
	constructor(message: string) {
		this.message = message;
	}
}

/** Deeper than any record may nest (the decoder's own limit is lower), and far from the end of the stack. */
const maxDepth = 200;
const two32 = 0x1_0000_0000;
const half = 0x8000_0000;
const nameOfKind = (type: number): string => Object.entries(kind).find(([, each]) => each === type)?.[0] ?? "";

class Converter {
	readonly #json: JsonScanner;
	readonly #out: WireWriter;
	readonly #max: number;
	/** The names of the members around what is being read, for errors. */
	readonly #path: string[] = [];
	#records = 0;
	#containers = 0;
	#scratch = new Uint8Array(0);
	/** An integer as two unsigned halves of its size, and its sign. */
	#low = 0;
	#high = 0;
	#isNegative = false;
	rejected = 0;
	reason = "";

	constructor(json: Uint8Array, max: number) {
		this.#json = new JsonScanner(json);
		this.#out = new WireWriter(json.length);
		this.#max = max;
	}

	convert(message: MessageName): Uint8Array {
		this.#path[0] = message;
		try {
			this.#message(membersOf[message], 0);
		} catch (error) {
			throw error instanceof Fault ? new PermanentError(error.message) : error;
		}
		if (!this.#json.isAtEnd) throw this.#json.malformed();
		return this.#out.take();
	}

	#message(members: Members, depth: number): void {
		const json = this.#json;
		if (json.peek() !== code.openObject) throw this.#wrong("an object", depth);
		if (depth > maxDepth) throw this.#fault(`nests more than ${maxDepth} levels`, depth);
		if (!json.enter(code.closeObject)) return;
		do {
			json.string();
			const member = this.#member(members);
			json.sign(code.colon);
			const next = json.peek();
			if (!member) json.skip();
			else if (next === code.n) json.word();
			else if (member.isRepeated) this.#list(member, depth);
			else this.#field(member, depth);
		} while (json.more(code.closeObject));
	}

	/** The member by the name that was just read. */
	#member(members: Members): Member | undefined {
		let { bytes, start, end } = this.#json;
		if (this.#json.isEscaped) {
			const scratch = this.#scratchOf(end - start);
			end = withoutEscapes(bytes, start, end, scratch, 0);
			bytes = scratch;
			start = 0;
		}
		const length = end - start;
		const sameLength = length < longestName ? members[length] : undefined;
		if (sameLength === undefined) return undefined;
		for (let i = 0; i < sameLength.length; i++) {
			const member = sameLength[i]!;
			const name = member.bytes;
			let at = 0;
			while (at < length && bytes[start + at] === name[at]) at++;
			if (at === length) return member;
		}
		return undefined;
	}

	#list(member: Member, depth: number): void {
		const json = this.#json;
		const { isRecord, isContainer } = member;
		if (json.peek() !== code.openArray) {
			this.#path[depth + 1] = member.name;
			throw this.#wrong("an array", depth + 1);
		}
		if (!json.enter(code.closeArray)) return;
		do {
			if (isRecord) {
				if (++this.#records > this.#max) throw this.#tooMany("records");
				this.#record(member, depth);
				continue;
			}
			if (isContainer && ++this.#containers > this.#max) throw this.#tooMany("resources, scopes and metrics");
			this.#field(member, depth);
		} while (json.more(code.closeArray));
	}

	#tooMany(what: string): PermanentError {
		return new PermanentError(`cannot accept request: it has more than ${this.#max} ${what}; send smaller batches`, 413);
	}

	#record(member: Member, depth: number): void {
		const json = this.#json;
		const before = this.#out.length;
		json.peek();
		const start = json.pos;
		this.#path[depth + 1] = member.name;
		let fault: Fault;
		if (json.peek() !== code.openObject) fault = this.#wrong("an object", depth + 1);
		else {
			try {
				this.#field(member, depth);
				return;
			} catch (error) {
				if (!(error instanceof Fault)) throw error;
				fault = error;
			}
		}
		this.#out.rewind(before);
		json.pos = start;
		json.skip();
		this.rejected++;
		this.reason ||= fault.message;
	}

	#field(member: Member, depth: number): void {
		this.#path[depth + 1] = member.name;
		if (member.kind !== kind.message) {
			this.#scalar(member, depth + 1);
			return;
		}
		const at = this.#out.open(member.number);
		// An empty AnyValue is a value of its own: JSON writes it as {} or, in an array, as null.
		if (this.#json.peek() === code.n) this.#json.word();
		else this.#message(member.members, depth + 1);
		this.#out.close(at);
	}

	#scalar({ number, kind: type, names }: Member, depth: number): void {
		const json = this.#json;
		const out = this.#out;
		switch (type) {
			case kind.string:
				this.#string("a string", depth);
				if (!json.isEscaped) out.copy(number, json.bytes, json.start, json.end);
				else {
					const scratch = this.#scratchOf(json.end - json.start);
					out.copy(number, scratch, 0, withoutEscapes(json.bytes, json.start, json.end, scratch, 0));
				}
				return;
			case kind.bytes: {
				this.#string("a string in base64", depth);
				const bytes = Buffer.from(json.text(), "base64");
				out.copy(number, bytes, 0, bytes.length);
				return;
			}
			case kind.id:
				this.#string("a string in hex", depth);
				this.#id(number, depth);
				return;
			case kind.bool: {
				const next = json.peek();
				if (next !== code.t && next !== code.f) throw this.#wrong("true or false", depth);
				json.word();
				out.varint(number, next === code.t ? 1 : 0, 0);
				return;
			}
			case kind.enum: {
				if (json.peek() === code.quote) {
					const { pos } = json;
					json.string();
					const named = names.indexOf(json.text());
					if (named >= 0) {
						out.varint(number, named, 0);
						return;
					}
					json.pos = pos;
				}
				this.#integer(type, depth);
				this.#signed(number);
				return;
			}
			case kind.int64:
			case kind.uint64:
			case kind.uint32:
				this.#integer(type, depth);
				this.#signed(number);
				return;
			case kind.sint32: {
				this.#integer(type, depth);
				out.varint(number, this.#isNegative ? 2 * this.#low - 1 : 2 * this.#low, 0);
				return;
			}
			case kind.fixed32:
				this.#integer(type, depth);
				out.fixed32(number, this.#low);
				return;
			case kind.fixed64:
			case kind.sfixed64:
				this.#integer(type, depth);
				this.#complement();
				out.fixed64(number, this.#low, this.#high);
				return;
			case kind.double:
				out.double(number, this.#double(depth));
				return;
		}
	}

	#string(wanted: string, depth: number): void {
		if (this.#json.peek() !== code.quote) throw this.#wrong(wanted, depth);
		this.#json.string();
	}

	#id(number: number, depth: number): void {
		const { bytes, start, end } = this.#json;
		if (this.#json.isEscaped || (end - start) % 2 !== 0) throw this.#fault("must be an id in hex", depth);
		for (let at = start; at < end; at++) if (hexOf(bytes[at]!) < 0) throw this.#fault("must be an id in hex", depth);
		const scratch = this.#scratchOf(end - start);
		let to = 0;
		for (let from = start; from < end; from += 2) scratch[to++] = (hexOf(bytes[from]!) << 4) | hexOf(bytes[from + 1]!);
		this.#out.copy(number, scratch, 0, to);
	}

	#scratchOf(bytes: number): Uint8Array {
		if (this.#scratch.length < bytes) this.#scratch = new Uint8Array(Math.max(1024, bytes));
		return this.#scratch;
	}

	/** Reads an integer, from a number or a string, within the type's range. Out of it, it would become another one on the wire. */
	#integer(type: number, depth: number): void {
		const json = this.#json;
		const next = json.peek();
		if (next === code.quote) json.string();
		else if (next === code.minus || (next >= code.zero && next <= code.nine)) json.number();
		else throw this.#wrong("an integer", depth);
		if (!this.#digits()) {
			// As 1e3 or 1.0: what a double can say of an integer.
			const value = next === code.quote || json.isWhole ? Number.NaN : json.toNumber();
			if (!Number.isInteger(value)) throw this.#fault("must be an integer", depth);
			const size = Math.abs(value);
			this.#isNegative = value < 0;
			this.#low = size % two32;
			this.#high = Math.floor(size / two32);
		}
		const isLong = type === kind.int64 || type === kind.uint64 || type === kind.fixed64 || type === kind.sfixed64;
		const isSigned = type === kind.int64 || type === kind.sfixed64 || type === kind.enum || type === kind.sint32;
		if (!this.#isIn(isLong, isSigned)) throw this.#fault(`is out of the range of ${nameOfKind(type)}`, depth);
	}

	#isIn(isLong: boolean, isSigned: boolean): boolean {
		const top = isLong ? this.#high : this.#high === 0 ? this.#low : two32;
		const bottom = isLong ? this.#low : 0;
		if (!this.#isNegative) return top < (isSigned ? half : two32);
		return (top === 0 && bottom === 0) || (isSigned && (top < half || (top === half && bottom === 0)));
	}

	/** The size of up to twenty digits after a minus perhaps; false where there is anything else. */
	#digits(): boolean {
		const { bytes, end } = this.#json;
		let { start } = this.#json;
		this.#isNegative = bytes[start] === code.minus;
		if (this.#isNegative) start++;
		if (end - start < 1 || end - start > 20) return false;
		let low = 0;
		let high = 0;
		// Six at a time: four bytes' number times a million is one that a double has exactly.
		for (let at = start; at < end; ) {
			const stop = Math.min(end, at + 6);
			let scale = 1;
			let piece = 0;
			for (; at < stop; at++) {
				const digit = bytes[at]! - code.zero;
				if (digit < 0 || digit > 9) return false;
				piece = piece * 10 + digit;
				scale *= 10;
			}
			const product = low * scale + piece;
			const carry = Math.floor(product / two32);
			low = product - carry * two32;
			high = high * scale + carry;
		}
		this.#low = low;
		this.#high = high;
		return true;
	}

	#signed(number: number): void {
		this.#complement();
		this.#out.varint(number, this.#low, this.#high);
	}

	/** A negative integer's halves in two's complement. */
	#complement(): void {
		if (!this.#isNegative) return;
		this.#low = (~this.#low + 1) >>> 0;
		this.#high = (~this.#high + (this.#low === 0 ? 1 : 0)) >>> 0;
	}

	#double(depth: number): number {
		const json = this.#json;
		const next = json.peek();
		if (next === code.minus || (next >= code.zero && next <= code.nine)) {
			json.number();
			if (json.isWhole && json.end - json.start < 16) {
				this.#digits();
				const size = this.#high * two32 + this.#low;
				return this.#isNegative ? -size : size;
			}
			return json.toNumber();
		}
		if (next !== code.quote) throw this.#wrong("a number", depth);
		json.string();
		const text = json.text();
		const value = text === "" ? Number.NaN : Number(text);
		if (Number.isNaN(value) && text !== "NaN") throw this.#fault("must be a number, not a string", depth);
		return value;
	}

	#fault(what: string, depth: number): Fault {
		return new Fault(`cannot decode JSON: ${this.#path.slice(0, Math.min(depth + 1, 12)).join(".")} ${what}`);
	}

	/** Says the type of what came, never the value: it may be a prompt. */
	#wrong(wanted: string, depth: number): Fault {
		const found = kinds.get(this.#json.peek());
		if (!found) throw this.#json.malformed();
		return this.#fault(`must be ${wanted}, not ${found}`, depth);
	}
}

/** The kind of a value, by its first byte. */
const kinds: ReadonlyMap<number, string> = new Map<number, string>([
	[code.quote, "string"],
	[code.openObject, "object"],
	[code.openArray, "an array"],
	[code.n, "null"],
	[code.t, "boolean"],
	[code.f, "boolean"],
	...[..."-0123456789"].map((digit) => [digit.charCodeAt(0), "number"] as const),
]);
