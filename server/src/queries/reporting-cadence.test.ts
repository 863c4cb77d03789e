import { describe, expect, test } from "vitest";
import { Calendar } from "./calendar.ts";
import { rhythmOf } from "./reporting-cadence.ts";

const hour = 3_600_000;
const berlin = new Calendar("Europe/Berlin");
/** A Monday, midnight in Berlin. */
const monday = Date.parse("2026-11-01T23:00:00Z");
const at = (day: number, hours: number): number => monday + (day * 24 + hours) * hour;

/** The hours of days (from that Monday on), each with the same hours of the day. */
const hoursOf = (days: readonly number[], hours: readonly number[]): number[] =>
	days.flatMap((day) => hours.map((each) => Math.floor(at(day, each) / hour)));
const office = [9, 10, 11, 13, 14, 15, 16];
const always = Array.from({ length: 24 }, (_, i) => i);
const workdays = (weeks: number) => Array.from({ length: weeks * 7 }, (_, i) => i).filter((day) => day % 7 < 5);
const alldays = (weeks: number) => Array.from({ length: weeks * 7 }, (_, i) => i);

describe("the usual interval, and when silence begins", () => {
	const f = (
		what: string,
		hours: readonly number[],
		lastSeen: number,
		expected: readonly [intervalHours: number, rests: boolean, silentAt: number],
	) =>
		test(what, () => {
			const rhythm = rhythmOf(hours, lastSeen, berlin);
			expect([rhythm!.intervalMs / hour, rhythm!.restsAtWeekends, (rhythm!.silentAtMs - monday) / hour]).toEqual([
				expected[0],
				expected[1],
				(expected[2] - monday) / hour,
			]);
		});
	f("office hours are a day, weekends none", hoursOf(workdays(2), office), at(11, 16.5), [24, true, at(15, 16.5)]);
	f("on a Tuesday: Thursday", hoursOf([0, 1, 2, 3, 4, 7, 8], office), at(8, 12), [24, true, at(10, 12)]);
	f("a machine that reports each hour: two hours", hoursOf(alldays(2), always), at(13, 23), [1, false, at(14, 1)]);
	f("a machine from Monday to Wednesday works weekends, too", hoursOf([0, 1, 2], always), at(2, 23.5), [1, false, at(3, 1.5)]);
	f("twice a day", hoursOf(alldays(1), [3, 15]), at(6, 15), [12, false, at(7, 15)]);
	f("every other workday", hoursOf([0, 2, 4, 8, 10, 14], office), at(14, 16), [48, true, at(18, 16)]);
	f(
		"at another hour each second day",
		[5, 54, 101, 150, 197].map((hours) => Math.floor(at(0, hours) / hour)),
		at(0, 197),
		[48, false, at(4, 197)],
	);
	f("each Sunday", hoursOf([6, 13, 20], [4]), at(20, 4), [168, false, at(34, 4)]);
	f("each Monday: five workdays", hoursOf([0, 7, 14], [4]), at(14, 4), [120, true, at(28, 4)]);
	f("a week off is not what is usual", hoursOf([0, 1, 2, 3, 4, 14, 15, 16, 17, 18], office), at(18, 16), [24, true, at(22, 16)]);
	f(
		"days that change length are days",
		[
			...hoursOf(
				Array.from({ length: 14 }, (_, i) => i - 14),
				always,
			),
		],
		at(-1, 23),
		[1, false, at(0, 1)],
	);
	test("two days are too few", () => expect(rhythmOf(hoursOf([0, 1], always), at(1, 23), berlin)).toBeUndefined());
});
