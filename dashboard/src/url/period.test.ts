import { describe, expect, it } from "vitest";
import { spanOf } from "../format/instant.ts";
import { bucketsBetween, grainFor, grainsFor } from "./grain.ts";
import { daysBack, previousOf, rangeOf } from "./period.ts";
import { addDays, instantOf, startOfDay, startOfMonth, startOfWeek, wallClock } from "./zone.ts";

const berlin = "Europe/Berlin";
const newYork = "America/New_York";
const iso = (instant: number) => new Date(instant).toISOString();
const at = (text: string) => Date.parse(text);
const weekday = (instant: number, zone: string) =>
	new Intl.DateTimeFormat("en-US", { weekday: "short", timeZone: zone }).format(instant);

describe("calendar arithmetic", () => {
	it("a day begins at the zone's midnight", () => {
		expect(iso(startOfDay(at("2026-11-20T23:30:00Z"), berlin))).toBe("2026-11-20T23:00:00.000Z");
		expect(iso(startOfDay(at("2026-07-01T12:00:00Z"), newYork))).toBe("2026-07-01T04:00:00.000Z");
		expect(iso(startOfDay(at("2026-11-20T20:00:00Z"), "Asia/Kolkata"))).toBe("2026-11-20T18:30:00.000Z");
	});
	it("a week begins on Monday, a month on its first", () => {
		expect(iso(startOfWeek(at("2026-11-22T12:00:00Z"), berlin))).toBe("2026-11-15T23:00:00.000Z");
		expect(iso(startOfMonth(at("2026-11-22T12:00:00Z"), berlin, 1))).toBe("2026-11-30T23:00:00.000Z");
		expect(iso(startOfMonth(at("2026-12-22T12:00:00Z"), berlin, 1))).toBe("2026-12-31T23:00:00.000Z");
	});
	it("days keep their time of day over a change of clocks", () => {
		// In Berlin the clocks go back on 25 October 2026, forward on 29 March.
		expect(iso(addDays(at("2026-10-24T10:15:30.250Z"), 1, berlin))).toBe("2026-10-25T11:15:30.250Z");
		expect(iso(addDays(at("2026-03-28T11:00:00Z"), 1, berlin))).toBe("2026-03-29T10:00:00.000Z");
	});
	it("an hour that is skipped gives the one after", () => {
		expect(wallClock(instantOf({ year: 2026, month: 3, day: 29, hour: 2, minute: 30 }, berlin), berlin).hour).toBe(3);
	});
	it("a midnight that is skipped gives the first instant of the day", () => {
		// Beirut goes from Saturday 23:59 to Sunday 01:00.
		const start = startOfDay(at("2026-03-29T12:00:00Z"), "Asia/Beirut");
		expect(wallClock(start, "Asia/Beirut")).toMatchObject({ day: 29, hour: 1 });
	});
});

describe("periods", () => {
	const now = at("2026-11-21T10:00:00Z");
	it("seven days are today and the six before", () => {
		expect(iso(rangeOf({ preset: "7d" }, now, berlin).from)).toBe("2026-11-14T23:00:00.000Z");
	});
	it("seven days that hold a change of clocks still begin at midnight", () => {
		expect(iso(rangeOf({ preset: "7d" }, at("2026-10-27T10:00:00Z"), berlin).from)).toBe("2026-10-20T22:00:00.000Z");
	});
	it("an hour is compared with the hour before", () => {
		const range = rangeOf({ preset: "1h" }, now, berlin);
		expect(previousOf(range, berlin)).toEqual({ from: range.from - 3_600_000, to: range.from });
	});
	it("a day is compared with the same weekday", () => {
		expect(daysBack(rangeOf({ preset: "24h" }, now, berlin))).toBe(7);
	});
	for (const [preset, days] of [
		["7d", 7],
		["30d", 35],
		["90d", 91],
	] as const) {
		it(`${preset} is compared with as long a time ${days} days earlier, on the same weekdays, without overlap`, () => {
			const range = rangeOf({ preset }, now, berlin);
			const before = previousOf(range, berlin);
			expect(daysBack(range)).toBe(days);
			expect(weekday(before.from, berlin)).toBe(weekday(range.from, berlin));
			expect(wallClock(before.from, berlin)).toMatchObject({ hour: 0, minute: 0 });
			expect(wallClock(before.to, berlin).hour).toBe(wallClock(range.to, berlin).hour);
			expect(before.to).toBeLessThanOrEqual(range.from);
		});
	}
	it("a whole week over the end of summer time is still a week", () => {
		const week = { from: at("2026-10-18T22:00:00Z"), to: at("2026-10-25T23:00:00Z") };
		expect(daysBack(week)).toBe(7);
		expect(previousOf(week, berlin)).toEqual({ from: at("2026-10-11T22:00:00Z"), to: at("2026-10-18T22:00:00Z") });
	});
});

describe("a period in words", () => {
	const spans: [string, string, string][] = [
		["2025-01-01T23:00:00Z", "2025-01-08T23:00:00Z", "Jan 2 – 8, 2025"],
		["2025-03-29T23:00:00Z", "2025-03-30T22:00:00Z", "Sun, Mar 30, 2025"],
		["2025-03-03T12:00:00Z", "2025-03-03T13:30:00Z", "Mon, Mar 3, 2025, 13:00 – 14:30"],
		["2024-12-24T23:00:00Z", "2025-01-01T23:00:00Z", "Dec 25, 2024 – Jan 1, 2025"],
	];
	for (const [from, to, words] of spans)
		it(words, () => expect(spanOf(at(from), at(to), berlin, "en-US").replace(/\s/g, " ")).toBe(words));
});

describe("grains", () => {
	const day = 86_400_000;
	it("suit the length", () => {
		expect([day / 24, day, 7 * day, 30 * day, 90 * day, 365 * day, 1500 * day].map((length) => grainFor(0, length))).toEqual([
			"minute",
			"hour",
			"day",
			"day",
			"day",
			"week",
			"month",
		]);
		expect(grainsFor(0, 7 * day)).toEqual(["hour", "day"]);
	});
	it("a day of 25 hours has 25", () => {
		expect(bucketsBetween(at("2026-10-24T22:00:00Z"), at("2026-10-25T23:00:00Z"), "hour", berlin)).toHaveLength(25);
		expect(bucketsBetween(at("2026-03-28T23:00:00Z"), at("2026-03-29T22:00:00Z"), "hour", berlin)).toHaveLength(23);
	});
	it("days follow the zone over a change of clocks", () => {
		expect(bucketsBetween(at("2026-10-23T22:00:00Z"), at("2026-10-26T12:00:00Z"), "day", berlin).map(iso)).toEqual([
			"2026-10-23T22:00:00.000Z",
			"2026-10-24T22:00:00.000Z",
			"2026-10-25T23:00:00.000Z",
		]);
	});
	it("the first bucket holds the start, even in the middle of it", () => {
		expect(bucketsBetween(at("2026-11-21T10:20:00Z"), at("2026-11-21T12:00:00Z"), "hour", berlin)).toHaveLength(2);
	});
	it("hours of half-hour zones are theirs", () => {
		const [start] = bucketsBetween(at("2026-11-21T10:40:00Z"), at("2026-11-21T10:50:00Z"), "hour", "Asia/Kolkata");
		expect(iso(start ?? 0)).toBe("2026-11-21T10:30:00.000Z");
	});
});
