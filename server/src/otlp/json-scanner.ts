import { PermanentError } from "../errors.ts";

// Longer than 250 lines: one scanner, whose parts share their position.

export const code = Object.freeze({
	quote: 0x22,
	comma: 0x2c,
	minus: 0x2d,
	dot: 0x2e,
	zero: 0x30,
	nine: 0x39,
	colon: 0x3a,
	openArray: 0x5b,
	backslash: 0x5c,
	closeArray: 0x5d,
	f: 0x66,
	n: 0x6e,
	t: 0x74,
	openObject: 0x7b,
	closeObject: 0x7d,
});

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const isDigit = (byte: number): boolean => byte >= code.zero && byte <= code.nine;

/**
 * Reads JSON in place, byte by byte and once, without creating strings or a tree. A caller that reads a string or a number gets
 * its bounds in `start` and `end`. Throws a PermanentError where the text is not well-formed; it names the position and never
 * the content, which may be a prompt. @see https://www.rfc-editor.org/rfc/rfc8259
 */
export class JsonScanner {
	/** The text, and `endOfText`: a read beyond an array's end would make each read slower, also those within. */
	readonly bytes: Uint8Array;
	pos = 0;
	/** Start of the string, without its quotes, or of the number that was read. */
	start = 0;
	end = 0;
	/** True if the string that was read has escapes. */
	isEscaped = false;
	/** True if the number that was read consists of digits only, after an optional minus. */
	isWhole = false;
	/**
	 * The containers that `skip` is in, from the outermost: 1 for an object. It is no recursion, so deep nesting cannot exhaust
	 * the stack.
	 */
	#within = new Uint8Array(64);

	/** Copies the text. */
	constructor(text: Uint8Array) {
		this.bytes = new Uint8Array(text.length + 1);
		this.bytes.set(text);
	}

	/** True if only white space is left. */
	get isAtEnd(): boolean {
		this.peek();
		return this.pos === this.bytes.length - 1;
	}

	malformed(at = this.pos): PermanentError {
		return new PermanentError(`cannot decode JSON: it is not well-formed at byte ${at}`);
	}

	/** The next byte that is no space, which is read next. */
	peek(): number {
		const { bytes } = this;
		let byte = bytes[this.pos]!;
		while (byte <= 0x20 && isSpace(byte)) byte = bytes[++this.pos]!;
		return byte;
	}

	/** Steps over one sign, after spaces. */
	sign(wanted: number): void {
		if (this.peek() !== wanted) throw this.malformed();
		this.pos++;
	}

	/** Steps over the comma and returns true if another item follows; else steps over the closing sign. */
	more(close: number): boolean {
		const byte = this.peek();
		if (byte !== code.comma && byte !== close) throw this.malformed();
		this.pos++;
		return byte === code.comma;
	}

	/** Steps into an array or object whose first sign is next; false where there is nothing in it, which is then stepped over. */
	enter(close: number): boolean {
		this.pos++;
		if (this.peek() !== close) return true;
		this.pos++;
		return false;
	}

	/** Steps over a string. */
	string(): void {
		if (this.peek() !== code.quote) throw this.malformed();
		const { bytes } = this;
		let at = this.pos + 1;
		this.start = at;
		this.isEscaped = false;
		for (let byte = bytes[at]!; byte !== code.quote; byte = bytes[++at]!) {
			if (byte === code.backslash) {
				this.isEscaped = true;
				at = this.#escape(at);
			} else if (byte < 0x20) throw this.malformed(at);
		}
		this.end = at;
		this.pos = at + 1;
	}

	/** The last byte of the escape that begins here. */
	#escape(at: number): number {
		const { bytes } = this;
		const kind = bytes[at + 1]!;
		if (kind === 0x75) {
			for (let i = at + 2; i < at + 6; i++) if (hexOf(bytes[i]!) < 0) throw this.malformed(i);
			return at + 5;
		}
		if (escapes[kind] === 0) throw this.malformed(at);
		return at + 1;
	}

	/** Steps over a number. */
	number(): void {
		const { bytes } = this;
		this.peek();
		this.start = this.pos;
		let at = this.pos;
		if (bytes[at] === code.minus) at++;
		if (bytes[at] === code.zero) at++;
		else at = this.#digits(at);
		this.isWhole = true;
		if (bytes[at] === code.dot) {
			this.isWhole = false;
			at = this.#digits(at + 1);
		}
		if (bytes[at] === 0x65 || bytes[at] === 0x45) {
			this.isWhole = false;
			const sign = bytes[at + 1];
			at = this.#digits(sign === 0x2b || sign === code.minus ? at + 2 : at + 1);
		}
		this.end = at;
		this.pos = at;
	}

	#digits(from: number): number {
		const { bytes } = this;
		let at = from;
		while (isDigit(bytes[at]!)) at++;
		if (at === from) throw this.malformed(at);
		return at;
	}

	/** Steps over `true`, `false` or `null`, whose first letter is next. */
	word(): void {
		const { bytes } = this;
		const word = words[bytes[this.pos]!];
		if (!word) throw this.malformed();
		for (let i = 1; i < word.length; i++) if (bytes[this.pos + i] !== word[i]) throw this.malformed(this.pos + i);
		this.pos += word.length;
	}

	/** Steps over a value of any kind. */
	skip(): void {
		let depth = 0;
		for (;;) {
			const byte = this.peek();
			if (byte === code.quote) this.string();
			else if (byte === code.openObject || byte === code.openArray) {
				const isObject = byte === code.openObject;
				if (this.enter(isObject ? code.closeObject : code.closeArray)) {
					if (depth === this.#within.length) this.#within = Buffer.concat([this.#within], depth * 2);
					this.#within[depth++] = isObject ? 1 : 0;
					if (isObject) this.#name();
					continue;
				}
			} else if (byte === code.minus || isDigit(byte)) this.number();
			else this.word();
			for (; depth > 0; depth--) {
				const isObject = this.#within[depth - 1] === 1;
				if (this.more(isObject ? code.closeObject : code.closeArray)) {
					if (isObject) this.#name();
					break;
				}
			}
			if (depth === 0) return;
		}
	}

	#name(): void {
		this.string();
		this.sign(code.colon);
	}

	/** The text of the string that was read, as JavaScript has it. */
	text(): string {
		const { bytes, start, end } = this;
		if (!this.isEscaped) return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("utf8");
		const out = Buffer.allocUnsafe(end - start);
		return out.subarray(0, withoutEscapes(bytes, start, end, out, 0)).toString("utf8");
	}

	/** The number that was read, or the digits of a string. */
	toNumber(): number {
		const { bytes, start, end } = this;
		return Number(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("latin1"));
	}
}

const words: Readonly<Record<number, Uint8Array | undefined>> = {
	[code.t]: Buffer.from("true"),
	[code.f]: Buffer.from("false"),
	[code.n]: Buffer.from("null"),
};
/** The character for each escape letter after a backslash; 0 where none is allowed. */
const escapes = new Uint8Array(256);
for (const [letter, meaning] of ['""', "\\\\", "//", "b\b", "f\f", "n\n", "r\r", "t\t"])
	escapes[letter!.charCodeAt(0)] = meaning!.charCodeAt(0);

/** 0 to 15, or -1. */
export function hexOf(byte: number): number {
	if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
	const letter = byte | 0x20;
	return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** Writes a checked string's bytes without its escapes, as UTF-8; gives where they end. They are never more than they were. */
export function withoutEscapes(bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
	let to = at;
	for (let from = start; from < end; from++) {
		const byte = bytes[from]!;
		if (byte !== code.backslash) {
			out[to++] = byte;
			continue;
		}
		const kind = bytes[++from]!;
		if (kind !== 0x75) {
			out[to++] = escapes[kind]!;
			continue;
		}
		let point = unitAt(bytes, from + 1);
		from += 4;
		if (point >= 0xd800 && point < 0xe000) {
			const isPair = point < 0xdc00 && bytes[from + 1] === code.backslash && bytes[from + 2] === 0x75 && from + 6 < end;
			const low = isPair ? unitAt(bytes, from + 3) : 0;
			if (low >= 0xdc00 && low < 0xe000) {
				point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
				from += 6;
			} else point = 0xfffd;
		}
		to = writePoint(out, to, point);
	}
	return to;
}

const unitAt = (bytes: Uint8Array, at: number): number =>
	(hexOf(bytes[at]!) << 12) | (hexOf(bytes[at + 1]!) << 8) | (hexOf(bytes[at + 2]!) << 4) | hexOf(bytes[at + 3]!);

function writePoint(out: Uint8Array, at: number, point: number): number {
	let to = at;
	if (point < 0x80) out[to++] = point;
	else if (point < 0x800) {
		out[to++] = 0xc0 | (point >> 6);
		out[to++] = 0x80 | (point & 0x3f);
	} else {
		if (point < 0x10000) out[to++] = 0xe0 | (point >> 12);
		else {
			out[to++] = 0xf0 | (point >> 18);
			out[to++] = 0x80 | ((point >> 12) & 0x3f);
		}
		out[to++] = 0x80 | ((point >> 6) & 0x3f);
		out[to++] = 0x80 | (point & 0x3f);
	}
	return to;
}
