import { expect, it } from "vitest";
import { deltaOf, isPresent } from "./movers.ts";

it("the largest difference comes first, whichever way it went", () => {
	const now = [
		{ model: "a", cost_usd: 10 },
		{ model: "b", cost_usd: 5 },
		{ model: "new", cost_usd: 2 },
	];
	const before = [
		{ model: "a", cost_usd: 9 },
		{ model: "b", cost_usd: 12 },
		{ model: "gone", cost_usd: 3 },
	];
	expect(deltaOf("model", "cost_usd", now, before).map(({ value, difference }) => [value, difference])).toEqual([
		["b", -7],
		["gone", -3],
		["new", 2],
		["a", 1],
	]);
});

it("what did not move is left out", () => {
	expect(deltaOf("model", "cost_usd", [{ model: "a", cost_usd: 1 }], [{ model: "a", cost_usd: 1 }])).toEqual([]);
});

it("a dimension that no client sends is not present", () => {
	expect(isPresent("repository", [{ repository: "", cost_usd: 3 }])).toBe(false);
	expect(
		isPresent("repository", [
			{ repository: "", cost_usd: 3 },
			{ repository: "x", cost_usd: 0 },
		]),
	).toBe(true);
});
