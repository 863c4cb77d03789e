import { expect, test } from "vitest";
import { mergeSettings } from "./managed-files.ts";
import { dropIns, managed, resolvedOn } from "./test-machine.ts";

test("later wins, lists are joined, objects are merged", () => {
	const f = (earlier: unknown, later: unknown, expected: unknown) => expect(mergeSettings(earlier, later)).toEqual(expected);
	f(1, 2, 2);
	f("a", ["b"], ["b"]);
	f({ a: 1 }, "b", "b");
	f(["a", "b"], ["b", "c"], ["a", "b", "c"]);
	f([{ a: 1 }, 1], [{ a: 1 }, "1"], [{ a: 1 }, 1, "1"]);
	f({ a: 1, b: { c: 1, d: [1] } }, { b: { c: 2, d: [2], e: 3 } }, { a: 1, b: { c: 2, d: [1, 2], e: 3 } });
	f({ a: 1 }, {}, { a: 1 });
	const odd = JSON.parse('{"__proto__": {"polluted": true}}');
	expect(Object.keys(mergeSettings({}, odd) as object)).toEqual(["__proto__"]);
	expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

test("the base first, then drop-ins by name; hidden ones and others are no settings", () => {
	const files = {
		[managed]: { env: { A: "base", B: "base", C: "base" } },
		[`${dropIns}/20-b.json`]: { env: { B: "20" }, otelHeadersHelper: "/20" },
		[`${dropIns}/10-a.json`]: { env: { B: "10", C: "10", D: "10" }, otelHeadersHelper: "/10" },
		[`${dropIns}/.hidden.json`]: { env: { A: "hidden" } },
		[`${dropIns}/99-note.txt`]: { env: { A: "text" } },
		[`${dropIns}/99.json.bak`]: { env: { A: "backup" } },
	};
	expect(resolvedOn({ files })).toEqual({
		env: { A: "base", B: "20", C: "10", D: "10" },
		headersHelper: { command: "/20", source: "the files of /etc/claude-code" },
		notes: [],
	});
});

test("drop-ins need no base", () => {
	const files = { [`${dropIns}/a.json`]: { otelHeadersHelper: "/a" } };
	expect(resolvedOn({ files }).headersHelper).toEqual({ command: "/a", source: `${dropIns}/a.json` });
});

test("one wrong file, or one wrong key of it, spoils no other", () => {
	const { env, notes } = resolvedOn({
		files: {
			[managed]: { env: { A: "base" } },
			[`${dropIns}/1.json`]: "{",
			[`${dropIns}/2.json`]: { env: "A=2" },
			[`${dropIns}/3.json`]: { env: { A: ["3"], B: "3" } },
		},
	});
	expect(env).toEqual({ A: "base", B: "3" });
	expect(notes).toEqual([
		`cannot read ${dropIns}/1.json: it is not valid JSON at line 1. Fix it: nothing of it counts`,
		`cannot use "env" of ${dropIns}/2.json: it must be an object of texts, as {"CLAUDE_CODE_ENABLE_TELEMETRY": "1"}`,
		`cannot use "env.A" of ${dropIns}/3.json: it must be a text in quotes`,
	]);
});
