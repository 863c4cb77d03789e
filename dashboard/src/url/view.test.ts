import { expect, it } from "vitest";
import { parseFilter, withFilter, withoutFilter, writeFilter } from "./filter.ts";
import { addressOf, parseView, type View, writeView } from "./view.ts";

const there = (view: View) => parseView(new URLSearchParams(writeView(view).toString()));

it("the default view needs no words", () => {
	expect(writeView(parseView(new URLSearchParams())).toString()).toBe("");
	expect(addressOf("/", new URLSearchParams())).toBe("/");
});

it("everything survives the way into an address and back", () => {
	const view: View = {
		period: { preset: "30d" },
		filters: [
			{ dimension: "model", value: "claude-opus-5-5", excluded: false },
			{ dimension: "label.team.id", value: "r&d: core=1 ü", excluded: true },
			{ dimension: "repository", value: "", excluded: false },
		],
		compare: false,
		grain: "week",
	};
	expect(there(view)).toEqual(view);
	const custom: View = { ...view, period: { from: Date.parse("2026-10-01T00:00:00Z"), to: Date.parse("2026-10-08T00:00:00Z") } };
	expect(there(custom)).toEqual(custom);
});

it("what cannot be read falls back", () => {
	const view = parseView(
		new URLSearchParams("period=century&where=nonsense&where=:x&grain=fortnight&from=2026-02-01&to=2026-01-01"),
	);
	expect(view).toEqual({ period: { preset: "7d" }, filters: [], compare: true, grain: undefined });
});

it("a filter is written as the API has it", () => {
	expect(parseFilter("person!:ana@example.com")).toEqual({ dimension: "person", value: "ana@example.com", excluded: true });
	expect(parseFilter("error_type:Error:File has not been read")).toEqual({
		dimension: "error_type",
		value: "Error:File has not been read",
		excluded: false,
	});
	expect(writeFilter({ dimension: "model", value: "a:b", excluded: true })).toBe("model!:a:b");
	expect(parseFilter("!:x")).toBeUndefined();
});

it("a filter is there once, whichever way round", () => {
	const only = { dimension: "model", value: "a", excluded: false };
	const not = { ...only, excluded: true };
	expect(withFilter([only], not)).toEqual([not]);
	expect(withoutFilter([not], only)).toEqual([]);
});
