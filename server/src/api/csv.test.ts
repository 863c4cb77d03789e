import { expect, test } from "vitest";
import { toCsv } from "./csv.ts";

const cell = (text: string): string => toCsv(["a"], [{ a: text }]).slice("a\r\n".length, -2);

test("texts that a spreadsheet would run stay texts", () => {
	for (const text of [
		"=1+1",
		"+1",
		"-1",
		"@a",
		"\t=1",
		"\r=1",
		"\n=1",
		" =1",
		"\0=1",
		"＝1",
		"＋1",
		"－1",
		"＠a",
		"\u200e=1",
		"\ufeff=1",
	])
		expect(cell(text).replace(/^"/, ""), JSON.stringify(text)).toMatch(/^'/);
	expect(cell("a;=1+1")).toBe('"a;=1+1"');
	expect(cell("a\t=1+1")).toBe('"a\t=1+1"');
});

test("other texts are as they are", () => {
	for (const text of ["", "a", "a b", "1-1", "ä", "a=b"]) expect(cell(text)).toBe(text);
	expect(cell('say "a, b"')).toBe('"say ""a, b"""');
	expect(toCsv(["a", "b"], [{ a: -1, b: null }])).toBe("a,b\r\n-1,\r\n");
});
