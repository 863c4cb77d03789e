import fc from "fast-check";
import { expect, test } from "vitest";
import { parseDecimal } from "./decimal.ts";

const parsed = (text: string) => ({ ...parseDecimal(Buffer.from(text), 0, Buffer.byteLength(text)) });

test("numbers in text, and whether the number gives the text back (R11)", () => {
	const f = (text: string, value: number, exact: boolean) => expect([text, parsed(text)]).toEqual([text, { value, exact }]);
	f("0", 0, true);
	f("7", 7, true);
	f("-7", -7, true);
	f("007", 7, false);
	f("-0", -0, false);
	f("0.1", 0.1, true);
	f("0.10", 0.1, false);
	f("1.0", 1, false);
	f("0.0050000", 0.005, false);
	f("0.00010400000000000001", 0.00010400000000000001, true);
	f("0.000001", 0.000001, true);
	f("0.0000001", 1e-7, false);
	f("1e-7", 1e-7, true);
	f("1e3", 1000, false);
	f("1e21", 1e21, false);
	f("1e+21", 1e21, true);
	f("123456789012345", 123456789012345, true);
	f("9007199254740991", 9007199254740991, true);
	f("9007199254740993", 9007199254740992, false);
	for (const text of ["", " ", "1 ", "+1", "1.", ".5", "-", ".", "1.2.3", "0x10", "1_0", "NaN", "Infinity", "1e999", "٣", "1,5"])
		f(text, Number.NaN, false);
	f("1".repeat(41), Number.NaN, false);
});

test("any decimal is what JavaScript reads, and exact when it writes the same", () => {
	const digits = fc.stringMatching(/^-?\d{1,17}(\.\d{1,17})?$/);
	fc.assert(
		fc.property(fc.oneof(digits, fc.double({ noNaN: true, noDefaultInfinity: true }).map(String)), (text) => {
			expect(parsed(text)).toEqual({ value: Number(text), exact: String(Number(text)) === text });
		}),
		{ numRuns: 5000 },
	);
});
