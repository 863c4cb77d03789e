import { describe, expect, it } from "vitest";
import { clean, cleanJson, clip, widthOf } from "./terminal.ts";

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
