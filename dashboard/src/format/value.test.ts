import { describe, expect, it } from "vitest";
import { duration } from "./duration.ts";
import { exactMoney, money } from "./money.ts";
import { compactNumber, percent } from "./number.ts";
import { axisValue, exactValue, shortValue, type Unit } from "./value.ts";

/** Narrow spaces are for the eye; the tests read better without. */
const plain = (text: string) => text.replaceAll("\u202f", " ");

describe("numbers", () => {
	const f = (value: number, expected: string) =>
		it(`${value} → ${expected}`, () => expect(plain(compactNumber(value, "en-US"))).toBe(expected));
	f(0, "0");
	f(7, "7");
	f(1587, "1,587");
	f(9999, "9,999");
	f(10_000, "10.0 K");
	f(15_940, "15.9 K");
	f(369_575_309, "370 M");
	f(999_600, "1.00 M");
	f(1_590_000, "1.59 M");
	f(2_500_000_000, "2.50 B");
	f(-15_940, "-15.9 K");
	f(6.23, "6.2");
});

describe("money", () => {
	const f = (value: number, expected: string) =>
		it(`${value} → ${expected}`, () => expect(plain(money(value, "en-US"))).toBe(expected));
	f(0, "$0.00");
	f(0.00001, "<$0.0001");
	f(0.0034, "$0.0034");
	f(12.4, "$12.40");
	f(508.118, "$508.12");
	f(2140.4, "$2,140");
	f(99_999, "$99,999");
	f(123_456, "$123 K");
	f(-3.5, "-$3.50");
	it("keeps micro-dollars for checking", () => expect(exactMoney(1.234567, "en-US")).toBe("$1.234567"));
});

describe("durations", () => {
	const f = (ms: number, expected: string) =>
		it(`${ms} ms → ${expected}`, () => expect(plain(duration(ms, "en-US"))).toBe(expected));
	f(0, "0 ms");
	f(2.25, "2.3 ms");
	f(850, "850 ms");
	f(999.7, "1 s");
	f(4100, "4.1 s");
	f(38_000, "38 s");
	f(59_990, "1 m");
	f(250_000, "4 m 10 s");
	f(7_500_000, "2 h 5 m");
	f(273_600_000, "3 d 4 h");
});

describe("ratios", () => {
	const f = (ratio: number, expected: string) =>
		it(`${ratio} → ${expected}`, () => expect(plain(percent(ratio, "en-US"))).toBe(expected));
	f(0, "0 %");
	f(0.00001, "<0.01 %");
	f(0.004, "0.4 %");
	f(0.0444, "4.4 %");
	f(0.12345, "12 %");
	f(0.987, "98.7 %");
	f(1, "100 %");
});

describe("values with units", () => {
	const f = (unit: Unit, value: number | null, short: string, exact: string) =>
		it(`${unit || "count"} ${value}`, () => {
			expect(plain(shortValue(unit, value, "en-US"))).toBe(short);
			expect(plain(exactValue(unit, value, "en-US"))).toBe(exact);
		});
	f("USD", 508.118, "$508.12", "$508.118");
	f("tokens", 1_590_123, "1.59 M", "1,590,123 tokens");
	f("s", 5460, "1 h 31 m", "5,460 s");
	f("1", 0.98712, "98.7 %", "98.712 %");
	f("", 72, "72", "72");
	f("1", null, "–", "not defined: there is nothing to divide by");
	it("writes axes without idle zeros", () =>
		expect([axisValue("USD", 150, "en-US"), axisValue("tokens", 8_000_000, "en-US"), axisValue("USD", 0.5, "en-US")]).toEqual([
			"$150",
			"8M",
			"$0.5",
		]));
});
