import { expect, test } from "vitest";
import { attributes, compareVersions, events, metrics, quirks, quirksOf, spans } from "./index.ts";

test("versions are ordered by number", () => {
	const f = (a: string, b: string, order: number) => {
		expect(compareVersions(a, b), `${a} ${b}`).toBe(order);
		expect(compareVersions(b, a), `${b} ${a}`).toBe(order === 0 ? 0 : -order);
	};
	f("1.0.60", "1.0.60", 0);
	f("2.0.9", "2.0.10", -1);
	f("2.1.329", "2.1.33", 1);
	f("9", "2.1.329", 1);
	f("2.1", "2.1.0", 0);
	f("2.1.100-beta.3", "2.1.100", 0);
	f("2.1.214 (native)", "2.1.213", 1);
	f("", "0", -1);
	f("unknown", "evil", 0);
});

test("a quirk holds from its first version to the one that fixes it", () => {
	const f = (version: string, id: string, has: boolean) =>
		expect(
			quirksOf(version).some((quirk) => quirk.id === id),
			`${version} ${id}`,
		).toBe(has);
	f("2.1.213", "multi-frame-streams-counted-twice", true);
	f("2.1.214", "multi-frame-streams-counted-twice", false);
	f("2.0.29", "input-tokens-zero", false);
	f("2.0.30", "input-tokens-zero", true);
	f("2.0.42", "input-tokens-zero", false);
	f("2.1.1", "mcp-tools-under-one-name", false);
	f("2.1.329", "mcp-tools-under-one-name", true);
	f("1.0.60", "cost-is-an-estimate", true);
	f("my fork", "cost-is-an-estimate", true);
	f("my fork", "multi-frame-streams-counted-twice", false);
});

test("names choose the quirks that touch them", () => {
	const ids = (version: string, ...names: string[]) => quirksOf(version, names).map((quirk) => quirk.id);
	expect(ids("2.1.171", "claude_code.lines_of_code.count")).toContain("lines-without-model");
	expect(ids("2.1.172", "claude_code.lines_of_code.count")).not.toContain("lines-without-model");
	expect(ids("2.1.171", "claude_code.active_time.total")).not.toContain("lines-without-model");
	expect(ids("2.1.171")).toEqual([]);
	expect(ids("2.1.171", "chunked-bodies")).toEqual([]);
});

test("quirks have stable ids, sound ranges, and touch what exists", () => {
	const names = new Set([...metrics, ...events, ...spans].map((definition) => definition.name));
	for (const { key } of attributes) names.add(key);
	expect(new Set(quirks.map((quirk) => quirk.id)).size).toBe(quirks.length);
	for (const { id, from, until, touches } of quirks) {
		expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
		if (from !== undefined && until !== undefined) expect(compareVersions(from, until), id).toBe(-1);
		expect(
			touches.filter((name) => !names.has(name)),
			id,
		).toEqual([]);
		expect(new Set(touches).size, id).toBe(touches.length);
	}
});
