import { describe, expect, it } from "vitest";
import { clean, cleanJson, cleanLines, clip, widthOf } from "./terminal.ts";

describe("what came from elsewhere can't command the terminal", () => {
	const f = (given: string, expected: string) => it(JSON.stringify(given), () => expect(clean(given)).toBe(expected));
	f("plain – text 日本", "plain – text 日本");
	f("\x1b[31mred\x1b[0m", "␛[31mred␛[0m");
	f("line\nbreak\ttab", "line␊break␉tab");
	f("\x9b31m and \x7f", "\ufffd31m and \ufffd");
	f("a\u202egpj.exe", "a\ufffdgpj.exe");
	it("nor as JSON, which still says the same", () => {
		const given = { text: "\x1b\x9b\u202e\u2028" };
		for (const character of given.text) expect(cleanJson(given)).not.toContain(character);
		expect(JSON.parse(cleanJson(given))).toEqual(given);
	});
});

describe("a text in so many columns", () => {
	const f = (given: string, width: number, expected: string) =>
		it(`${given} in ${width}`, () => expect(clip(given, width)).toBe(expected));
	f("session", 7, "session");
	f("sessions", 7, "sessio…");
	f("日本語", 6, "日本語");
	f("日本語", 5, "日本…");
	f("👩‍💻 works", 4, "👩‍💻 …");
	it("counts wide characters twice", () => expect(widthOf("a日")).toBe(3));
});

it("lines keep their ends, tabs and our colours, and nothing else that commands a terminal", () => {
	expect(cleanLines("a\tb\r\n\u001b[1mc\u001b[22m\n")).toBe("a\tb\r\n\u001b[1mc\u001b[22m\n");
	expect(cleanLines("\u001b]0;a\u0007\u001b[2J\u009b1m\u202e\u200f")).toBe("␛]0;a␇␛[2J\ufffd1m\ufffd\ufffd");
});
