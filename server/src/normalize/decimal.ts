/**
 * Numbers that were sent as text. Up to version 2.1.121 Claude Code sent every number so, and some still are. They are parsed
 * in place, and the text is kept next to the number only where the number could not restore it.
 */
export type Parsed = {
	/** NaN when the text is no number. */
	value: number;
	/** True if `String(value)` is the text. */
	exact: boolean;
};

const result: Parsed = { value: Number.NaN, exact: false };

/** Parses bytes as a decimal number. The result is one shared object: read it before the next call. */
export function parseDecimal(bytes: Uint8Array, start: number, end: number): Parsed {
	result.exact = true;
	const length = end - start;
	if (length === 0 || length > 24) return slow(bytes, start, end);
	let at = start;
	const negative = bytes[at] === 0x2d;
	if (negative) at++;
	let mantissa = 0;
	let digits = 0;
	let decimals = -1;
	for (let i = at; i < end; i++) {
		const byte = bytes[i]!;
		if (byte === 0x2e && decimals < 0 && i > at) {
			decimals = end - i - 1;
			continue;
		}
		const digit = byte - 0x30;
		if (digit < 0 || digit > 9) return slow(bytes, start, end);
		mantissa = mantissa * 10 + digit;
		digits++;
	}
	// Up to 15 digits, dividing two exact numbers is correctly rounded, and the shortest text of the quotient is this one.
	if (digits === 0 || digits > 15 || decimals === 0 || decimals > 6 + digits) return slow(bytes, start, end);
	const leadingZero = bytes[at] === 0x30 && end - at > 1 && bytes[at + 1] !== 0x2e;
	const trailingZero = decimals > 0 && bytes[end - 1] === 0x30;
	if (leadingZero || trailingZero || (negative && mantissa === 0)) return slow(bytes, start, end);
	const value = decimals > 0 ? mantissa / powers[decimals]! : mantissa;
	if (value !== 0 && value < 1e-6) return slow(bytes, start, end);
	result.value = negative ? -value : value;
	return result;
}

const powers = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
const decimal = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

function slow(bytes: Uint8Array, start: number, end: number): Parsed {
	result.value = Number.NaN;
	result.exact = false;
	if (end - start === 0 || end - start > 40) return result;
	let text = "";
	for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]!);
	if (!decimal.test(text)) return result;
	const value = Number(text);
	if (!Number.isFinite(value)) return result;
	result.value = value;
	result.exact = String(value) === text;
	return result;
}
