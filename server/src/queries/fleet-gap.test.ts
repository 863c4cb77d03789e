import { expect, test } from "vitest";
import { Calendar } from "./calendar.ts";
import { fleetGaps, slotMs } from "./fleet-gap.ts";

const hour = 3_600_000;
const calendar = new Calendar("Europe/Berlin");
const monday = Date.parse("2026-11-01T23:00:00Z");
const at = (day: number, hours: number): number => monday + (day * 24 + hours) * hour;

/** Workdays from nine to five in three weeks, without what is cut out. */
function slots(...cuts: readonly (readonly [number, number])[]): number[] {
	const all: number[] = [];
	for (let day = 0; day < 21; day++) {
		if (day % 7 > 4) continue;
		// Not each day begins and ends at the same minute.
		for (let ms = at(day, 9 - (day % 3) / 3); ms < at(day, 17 + (day % 4) / 4); ms += slotMs) {
			if (!cuts.some(([from, to]) => ms >= from && ms < to)) all.push(Math.floor(ms / slotMs));
		}
	}
	return all;
}
const unusual = (cuts: readonly (readonly [number, number])[], to: number) =>
	fleetGaps(slots(...cuts), at(7, 0), to, calendar)
		.filter((gap) => !gap.usual)
		.map(({ fromMs, toMs, ongoing }) => [(fromMs - monday) / hour, (toMs - monday) / hour, ongoing]);

test("nights and weekends are usual", () => {
	expect(unusual([], at(21, 0))).toEqual([]);
	expect(fleetGaps(slots(), at(7, 0), at(14, 0), calendar)).toHaveLength(6);
});
test("twenty minutes of a workday are not", () =>
	expect(unusual([[at(9, 14), at(9, 14) + 4 * slotMs]], at(21, 0))).toEqual([[9 * 24 + 14, 9 * 24 + 14 + 1 / 3, false]]));
test("nor is a whole workday", () => {
	const [[from, to] = [0, 0], ...others] = unusual([[at(9, 0), at(10, 0)]], at(21, 0)) as [number, number][];
	expect(others).toEqual([]);
	expect([Math.floor(from / 24), Math.floor(to / 24)]).toEqual([8, 10]);
});
test("what goes on is a gap, until now", () => {
	const now = at(18, 11) + 1234;
	expect(unusual([[at(18, 10), at(30, 0)]], now)).toEqual([[18 * 24 + 10, (now - monday) / hour, true]]);
});
test("where little comes, half an hour without anything is chance", () => {
	const thin = slots().filter((slot) => slot % 3 === 0);
	const cut = thin.filter((slot) => slot < at(9, 14) / slotMs || slot >= at(9, 14.5) / slotMs);
	const found = fleetGaps(cut, at(7, 0), at(21, 0), calendar);
	expect(found.filter(({ usual }) => !usual)).toEqual([]);
	expect(found.some(({ fromMs, toMs }) => fromMs <= at(9, 14) && toMs >= at(9, 14.5))).toBe(true);
});
test("ten minutes are no gap, and nothing at all is none either", () => {
	expect(unusual([[at(9, 14), at(9, 14) + 2 * slotMs]], at(21, 0))).toEqual([]);
	expect(fleetGaps([], at(7, 0), at(8, 0), calendar)).toEqual([]);
});
