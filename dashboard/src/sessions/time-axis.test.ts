import { expect, it } from "vitest";
import { spaced, timeAxis } from "./time-axis.ts";

const second = 1000;

it("work without pauses lies as it was", () => {
	const axis = timeAxis([
		{ from: 0, to: 60 * second },
		{ from: 30 * second, to: 100 * second },
	]);
	expect([axis.at(0), axis.at(50 * second), axis.at(100 * second), axis.cuts]).toEqual([0, 0.5, 1, []]);
});

it("a night between two minutes of work takes little room, and is marked", () => {
	const night = 10 * 3_600_000;
	const axis = timeAxis([
		{ from: night, to: night + 60 * second },
		{ from: 0, to: 60 * second },
	]);
	expect(axis.cuts).toHaveLength(1);
	expect(axis.cuts[0]).toMatchObject({ from: 60 * second, to: night });
	expect(axis.cuts[0]!.end - axis.cuts[0]!.start).toBeCloseTo(0.0566, 3);
	expect(axis.marks.map(({ instant }) => instant)).toEqual([0, night]);
	expect(axis.at(night + 30 * second)).toBeCloseTo(0.7642, 3);
});

it("never runs backwards nor over its ends", () => {
	const stretches = Array.from({ length: 50 }, (_, i) => ({ from: i ** 3 * 900, to: i ** 3 * 900 + i * 700 }));
	const axis = timeAxis(stretches);
	const places = stretches.flatMap(({ from, to }) => [axis.at(from), axis.at(to)]);
	expect(places).toEqual(places.toSorted((a, b) => a - b));
	expect([Math.min(...places), Math.max(...places)]).toEqual([0, 1]);
	expect([axis.at(-1), axis.at(1e15)]).toEqual([0, 1]);
	expect([timeAxis([]).at(5), timeAxis([{ from: 5, to: 5 }]).at(5)]).toEqual([0, 0]);
});

it("labels have room", () =>
	expect(spaced([{ at: 0 }, { at: 0.05 }, { at: 0.2 }, { at: 0.99 }], 0.1)).toEqual([{ at: 0 }, { at: 0.2 }]));
