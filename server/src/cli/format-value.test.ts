import { describe, expect, it } from "vitest";
import { type Precision, showBytes, showDuration, showQuantity, showTime } from "./format-value.ts";

describe("quantities have their units", () => {
	const f = (unit: string | undefined, value: unknown, expected: string) =>
		it(`${unit} ${value}`, () => expect(showQuantity(unit, value)).toBe(expected));
	f("USD", 1.23454, "$1.2345");
	f("USD", 12345.6, "$12,345.6000");
	f("USD", 0, "$0.0000");
	f("USD", null, "–");
	f("tokens", 4_281_539, "4,281,539");
	f("1", 0.98765, "98.8%");
	f("ms", 4123, "4.1 s");
	f("s", 250, "4 m 10 s");
	f(undefined, 1, "1");
});

describe("durations", () => {
	const f = (ms: number, expected: string) => it(expected, () => expect(showDuration(ms)).toBe(expected));
	f(0, "0 ms");
	f(850.4, "850 ms");
	f(59_990, "1 m 0 s");
	f(3_599_900, "1 h 0 m");
	f(11_100_000, "3 h 5 m");
});

describe("times in a zone", () => {
	const f = (iso: string, tz: string, precision: Precision, expected: string) =>
		it(`${iso} in ${tz}`, () => expect(showTime(iso, tz, precision)).toBe(expected));
	f("2026-11-20T23:30:00.000Z", "UTC", "day", "2026-11-20");
	f("2026-11-20T23:30:00.000Z", "Europe/Berlin", "day", "2026-11-21");
	f("2026-11-20T00:00:00.123456789Z", "UTC", "second", "2026-11-20 00:00:00");
	f("2026-07-01T12:00:00Z", "America/New_York", "minute", "2026-07-01 08:00");
});

describe("bytes", () => {
	const f = (bytes: number, expected: string) => it(expected, () => expect(showBytes(bytes)).toBe(expected));
	f(0, "0 B");
	f(1536, "1.5 KiB");
	f(64 * 1024 ** 2, "64 MiB");
});
