import { expect, it } from "vitest";
import { gapsWithin, placeOf } from "./gap-shade.ts";

const buckets = [0, 100, 200];

const f = (instant: number, expected: number) =>
	it(`${instant} → ${expected}`, () => expect(placeOf(instant, buckets, 260)).toBe(expected));
f(-50, 0);
f(0, 0);
f(150, 1.5);
f(200, 2);
f(230, 2.5);
f(900, 3);

it("finds what reaches into a bucket", () => {
	const gaps = [
		{ from: 0, to: 100 },
		{ from: 150, to: 250 },
	];
	expect(gapsWithin(100, 200, gaps)).toEqual([gaps[1]]);
	expect(gapsWithin(100, 150, gaps)).toEqual([]);
});
