/**
 * Numbers that were sent as text. Up to version 2.1.121 Claude Code sent every number so, and some still are; they are read
 * where they lie, and the text is only kept beside the number when the number could not give it back.
 */
export type Parsed = {
	/** NaN when the text is no number. */
	value: number;
	/** Whether `String(value)` is the text. */
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

/** Whether bytes are the ISO 8601 text, with milliseconds and `Z`, of a time in nanoseconds given as two 32-bit halves. */
export function isTimestampOf(bytes: Uint8Array, start: number, end: number, low: number, high: number): boolean {
	// No time was sent: the row is dated otherwise.
	if (low === 0 && high === 0) return false;
	if (end - start !== 24 || bytes[start + 10] !== 0x54 || bytes[start + 23] !== 0x5a) return false;
	if (bytes[start + 4] !== 0x2d || bytes[start + 7] !== 0x2d || bytes[start + 13] !== 0x3a || bytes[start + 16] !== 0x3a)
		return false;
	if (bytes[start + 19] !== 0x2e) return false;
	const year = digitsAt(bytes, start, 4);
	const month = digitsAt(bytes, start + 5, 2);
	const day = digitsAt(bytes, start + 8, 2);
	const hour = digitsAt(bytes, start + 11, 2);
	const minute = digitsAt(bytes, start + 14, 2);
	const second = digitsAt(bytes, start + 17, 2);
	const millisecond = digitsAt(bytes, start + 20, 3);
	if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour < 24 && minute < 60 && second < 60)) return false;
	if (Number.isNaN(year) || Number.isNaN(millisecond)) return false;
	const days = daysSinceEpoch(year, month, day);
	const ms = ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + millisecond;
	// ms × 1,000,000 in two halves, without leaving what a double holds exactly.
	const lowProduct = (ms % 0x1_0000_0000) * 1_000_000;
	const highProduct = Math.floor(ms / 0x1_0000_0000) * 1_000_000 + Math.floor(lowProduct / 0x1_0000_0000);
	return lowProduct % 0x1_0000_0000 === low && highProduct % 0x1_0000_0000 === high && isDayOf(days, year, month);
}

function digitsAt(bytes: Uint8Array, at: number, count: number): number {
	let value = 0;
	for (let i = at; i < at + count; i++) {
		const digit = bytes[i]! - 0x30;
		if (digit < 0 || digit > 9) return Number.NaN;
		value = value * 10 + digit;
	}
	return value;
}

/** Days from 1970-01-01 in the proleptic Gregorian calendar, counted in years that begin in March. */
function daysSinceEpoch(year: number, month: number, day: number): number {
	const y = month <= 2 ? year - 1 : year;
	const era = Math.floor(y / 400);
	const yearOfEra = y - era * 400;
	const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
	const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
	return era * 146097 + dayOfEra - 719468;
}

/** The day exists in that month: the 30th of February is the 1st or 2nd of March under another name. */
const isDayOf = (days: number, year: number, month: number): boolean => month === 12 || days < daysSinceEpoch(year, month + 1, 1);
