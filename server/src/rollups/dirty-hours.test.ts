import fc from "fast-check";
import { expect, test } from "vitest";
import { DirtyHours, hourMs, rangesOf } from "./dirty-hours.ts";

test("hours that follow each other are one range", () => {
	expect(rangesOf([3, 1, 2, 7].map((hour) => hour * hourMs))).toEqual([
		{ fromMs: hourMs, toMs: 4 * hourMs },
		{ fromMs: 7 * hourMs, toMs: 8 * hourMs },
	]);
	expect(rangesOf([])).toEqual([]);
});

const always = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };

test("of many ranges few are made, and every stale hour stays in one", () => {
	fc.assert(
		fc.property(fc.uniqueArray(fc.nat(5000), { minLength: 1, maxLength: 400 }), (hours) => {
			const stale = new DirtyHours();
			for (const hour of hours) stale.markDirty(hour * hourMs, 0);
			const ranges = stale.around(always);
			expect(ranges.length).toBeLessThanOrEqual(8);
			for (const hour of hours)
				expect(ranges.some(({ fromMs, toMs }) => fromMs <= hour * hourMs && hour * hourMs < toMs)).toBe(true);
			for (const [i, { fromMs }] of ranges.entries()) if (i > 0) expect(fromMs).toBeGreaterThan(ranges[i - 1]!.toMs);
		}),
	);
});

test("an hour is ready when it has ended and no rows are being loaded into it", () => {
	const stale = new DirtyHours();
	stale.markDirty(0, 0);
	stale.markDirty(hourMs, 2 * hourMs - 1000);
	stale.markDirty(2 * hourMs, Number.POSITIVE_INFINITY);
	stale.markDirty(3 * hourMs, 0);
	expect(stale.ready(3 * hourMs, 60_000)).toEqual([hourMs, 0]);
	expect(stale.ready(2 * hourMs, 60_000)).toEqual([0]);
});

test("after rows that may be followed by more for long it is left alone for longer, until others come", () => {
	const stale = new DirtyHours();
	stale.markDirty(0, 2 * hourMs, 15);
	expect(stale.ready(2 * hourMs + 14 * 60_000, 60_000)).toEqual([]);
	expect(stale.ready(2 * hourMs + 15 * 60_000, 60_000)).toEqual([0]);
	stale.markDirty(0, 2 * hourMs);
	expect(stale.ready(2 * hourMs + 60_000, 60_000)).toEqual([0]);
});

test("rows that come while an hour is rolled up change its generation", () => {
	const stale = new DirtyHours();
	stale.markDirty(0, 0);
	const before = stale.generationOf(0);
	stale.markDirty(0, 5);
	expect(stale.generationOf(0)).not.toBe(before);
	stale.remove([0]);
	expect([stale.generationOf(0), stale.around(always)]).toEqual([undefined, []]);
});

test("a question gets the dirty hours around its period only", () => {
	const stale = new DirtyHours();
	const days = 24 * hourMs;
	for (const hour of [0, 10 * days, 20 * days]) stale.markDirty(hour, 0);
	expect(stale.around({ fromMs: 9 * days, toMs: 12 * days })).toEqual([{ fromMs: 10 * days, toMs: 10 * days + hourMs }]);
	expect(stale.around({ fromMs: 13 * days, toMs: 17 * days })).toHaveLength(2);
});
