import { describe, expect, test } from "vitest";
import { missingIn, type Run, sequenceGaps } from "./sequence.ts";

/** Runs a second apart. */
const runs = (...pairs: readonly (readonly [number, number])[]): Run[] =>
	pairs.map(([first, last], i) => ({ first, last, fromMs: i * 1000, toMs: i * 1000 + 500 }));

describe("holes in a session's numbers", () => {
	const f = (what: string, given: Run[], processes: number, missing: number) =>
		test(what, () => {
			const found = sequenceGaps(given);
			expect([found.processes, found.holes.reduce((sum, hole) => sum + missingIn(hole, []), 0)]).toEqual([processes, missing]);
		});
	f("one process", runs([0, 50]), 1, 0);
	f("begun elsewhere", runs([40, 60]), 1, 0);
	f("a hole", runs([0, 10], [15, 20]), 1, 4);
	f("two holes", runs([0, 10], [12, 20], [30, 31]), 1, 10);
	f("resumed", runs([0, 50], [0, 20]), 2, 0);
	f("resumed three times", runs([0, 50], [0, 20], [0, 5]), 3, 0);
	f("resumed, with a hole that the first one would hide", runs([0, 50], [0, 10], [15, 20]), 2, 4);
	f("two at once", runs([0, 1], [0, 0], [2, 3], [1, 2], [4, 4], [3, 3]), 2, 0);
	f("two at once, one with a hole", runs([0, 1], [0, 0], [2, 3], [2, 2], [4, 4], [3, 3]), 2, 1);
	f("sent twice", runs([0, 4], [4, 4]), 2, 0);
	test("numbers that another session used meanwhile are not missing", () => {
		const [hole] = sequenceGaps(runs([0, 10], [30, 31])).holes;
		const during = (first: number, last: number): Run => ({ first, last, fromMs: 600, toMs: 900 });
		expect(missingIn(hole!, [])).toBe(19);
		expect(missingIn(hole!, [during(11, 29)])).toBe(0);
		expect(missingIn(hole!, [during(11, 20), during(15, 24)])).toBe(5);
		expect(missingIn(hole!, [during(0, 40)])).toBe(0);
		expect(missingIn(hole!, [{ ...during(11, 29), toMs: 2000 }])).toBe(19);
	});
});
