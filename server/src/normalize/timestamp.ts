import type { Cursor } from "../otlp/wire.ts";
import { equalBytes, viewOf } from "./bytes.ts";

/** `2026-11-21T04:45:` */
const minuteBytes = 17;
const textBytes = 24;

/**
 * Recognizes a text that repeats a record's time. Most are in the same minute as the one before, so that only seconds are
 * parsed.
 */
export class TimestampReader {
	readonly #minute = viewOf(new Uint8Array(minuteBytes));
	#minuteMs = Number.NaN;

	/**
	 * Returns true if bytes are the ISO 8601 text, with milliseconds and `Z`, of a time in nanoseconds given as two 32-bit
	 * halves.
	 */
	isTime({ bytes, view }: Cursor, start: number, end: number, low: number, high: number): boolean {
		// No time was sent: the row is dated otherwise.
		if (low === 0 && high === 0) return false;
		if (end - start !== textBytes || bytes[start + 19] !== 0x2e || bytes[start + 23] !== 0x5a) return false;
		if (!equalBytes(view, start, start + minuteBytes, this.#minute, 0)) {
			for (let i = 0; i < minuteBytes; i++) this.#minute.setUint8(i, bytes[start + i]!);
			this.#minuteMs = minuteOf(bytes, start);
		}
		const second = digitsAt(bytes, start + 17, 2);
		if (!(second < 60)) return false;
		// ms × 1,000,000 in two halves, without leaving what a double holds exactly.
		const ms = this.#minuteMs + second * 1000 + digitsAt(bytes, start + 20, 3);
		const msHigh = Math.floor(ms / 0x1_0000_0000);
		const lowProduct = (ms - msHigh * 0x1_0000_0000) * 1_000_000;
		const carry = Math.floor(lowProduct / 0x1_0000_0000);
		return lowProduct - carry * 0x1_0000_0000 === low && msHigh * 1_000_000 + carry === high;
	}
}

/** The minute of `2026-11-21T04:45:` in ms since 1970; NaN when it is none. */
function minuteOf(bytes: Uint8Array, start: number): number {
	if (bytes[start + 4] !== 0x2d || bytes[start + 7] !== 0x2d || bytes[start + 10] !== 0x54) return Number.NaN;
	if (bytes[start + 13] !== 0x3a || bytes[start + 16] !== 0x3a) return Number.NaN;
	const year = digitsAt(bytes, start, 4);
	const month = digitsAt(bytes, start + 5, 2);
	const day = digitsAt(bytes, start + 8, 2);
	const hour = digitsAt(bytes, start + 11, 2);
	const minute = digitsAt(bytes, start + 14, 2);
	if (!(month >= 1 && month <= 12 && day >= 1 && hour < 24 && minute < 60)) return Number.NaN;
	const ms = Date.UTC(year, month - 1, day, hour, minute);
	// The 30th of February is a day of March under another name. Years below 100 would be taken for this century's.
	return year >= 100 && new Date(ms).getUTCDate() === day ? ms : Number.NaN;
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
