import { expect, it } from "vitest";
import { coloursOf } from "./palette.ts";
import { measureSeries, otherName, splitSeries } from "./series.ts";

const [day1, day2] = [Date.parse("2026-11-19T00:00:00Z"), Date.parse("2026-11-20T00:00:00Z")];
const buckets = [day1, day2];
const iso = (time: number) => new Date(time).toISOString();
const split = { buckets, measure: "cost_usd", dimension: "model", label: (value: string) => value || "not reported" };

it("a name without a row in a bucket has zero there", () => {
	const series = splitSeries(
		[
			{ time: iso(day1), model: "a", cost_usd: 1 },
			{ time: iso(day2), model: "b", cost_usd: 3 },
		],
		split,
	);
	expect(series.map(({ name, values }) => [name, values])).toEqual([
		["b", [0, 3]],
		["a", [1, 0]],
	]);
});

it("at most six names, then others, and no money is lost on the way", () => {
	const rows = [..."abcdefghij"].map((model, index) => ({ time: iso(day1), model, cost_usd: index + 1 }));
	const series = splitSeries(rows, split);
	expect(series).toHaveLength(7);
	expect(series.at(-1)).toMatchObject({ name: otherName, label: "4 others", total: 10, together: 4 });
	expect(series.reduce((sum, { total }) => sum + total, 0)).toBe(55);
});

it("a single name is not hidden behind others", () => {
	const rows = [..."abcdefg"].map((model) => ({ time: iso(day1), model, cost_usd: 1 }));
	expect(splitSeries(rows, split).map(({ name }) => name)).not.toContain(otherName);
});

it("an empty name has a label", () => {
	expect(splitSeries([{ time: iso(day1), model: "", cost_usd: 1 }], split)[0]?.label).toBe("not reported");
});

it("a count without a row is zero, a ratio without a row is nothing", () => {
	const rows = [{ time: iso(day2), sessions: 4, cache_hit_ratio: null }];
	expect(measureSeries(rows, buckets, "sessions", "sessions", 0).values).toEqual([0, 4]);
	expect(measureSeries(rows, buckets, "cache_hit_ratio", "hits", null).values).toEqual([null, null]);
});

it("a model has its colour whatever it is shown with, and no two share one", () => {
	const some = coloursOf(["claude-sonnet-4-6", "claude-opus-5-5"], "light");
	const more = coloursOf(["claude-haiku-4-5", "claude-opus-5-5", "x"], "light");
	expect(some.get("claude-opus-5-5")).toBe(more.get("claude-opus-5-5"));
	expect(new Set(coloursOf([..."abcdefgh"], "dark").values()).size).toBe(8);
});
