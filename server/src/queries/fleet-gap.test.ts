import { expect, test } from "vitest";
import { Calendar } from "./calendar.ts";
import { fleetGaps, type Slots, slotMs } from "./fleet-gap.ts";

const hour = 3_600_000;
const calendar = new Calendar("Europe/Berlin");
const monday = Date.parse("2026-11-01T23:00:00Z");
const at = (day: number, hours: number): number => monday + (day * 24 + hours) * hour;
type Cut = readonly [number, number];

/** The workdays from nine to five of one client in three weeks, without what is cut out. */
function work(client: number, cuts: readonly Cut[]): number[] {
	const all: number[] = [];
	for (let day = 0; day < 21; day++) {
		if (day % 7 > 4) continue;
		// Not each day begins and ends at the same minute.
		for (let ms = at(day, 9 - ((day + client) % 3) / 3); ms < at(day, 17 + ((day + client) % 4) / 4); ms += slotMs) {
			if (!cuts.some(([from, to]) => ms >= from && ms < to)) all.push(Math.floor(ms / slotMs));
		}
	}
	return all;
}

/** What clients sent together, each given by its pieces of time. */
function together(clients: readonly (readonly number[])[]): Slots {
	const found = new Map<number, { came: number; went: number }>();
	for (const own of clients) {
		own.forEach((slot, i) => {
			const there = found.get(slot) ?? { came: 0, went: 0 };
			if (slot - (own[i - 1] ?? Number.NEGATIVE_INFINITY) > 12) there.came++;
			if ((own[i + 1] ?? Number.POSITIVE_INFINITY) - slot > 12) there.went++;
			found.set(slot, there);
		});
	}
	const slots = [...found.keys()].sort((a, b) => a - b);
	return { slots, came: slots.map((slot) => found.get(slot)!.came), went: slots.map((slot) => found.get(slot)!.went) };
}

const fleet = (people: number, ...cuts: readonly Cut[]): Slots =>
	together(Array.from({ length: people }, (_, client) => work(client, cuts)));
const unusual = (slots: Slots, to: number) =>
	fleetGaps(slots, at(7, 0), to, calendar)
		.filter((gap) => !gap.usual)
		.map(({ fromMs, toMs, ongoing }) => [(fromMs - monday) / hour, (toMs - monday) / hour, ongoing]);

test("nights and weekends are usual", () => {
	expect(unusual(fleet(10), at(21, 0))).toEqual([]);
	expect(fleetGaps(fleet(10), at(7, 0), at(14, 0), calendar)).toHaveLength(6);
});
test("twenty minutes of a workday are not", () =>
	expect(unusual(fleet(10, [at(9, 14), at(9, 14) + 4 * slotMs]), at(21, 0))).toEqual([
		[9 * 24 + 14, 9 * 24 + 14 + 1 / 3, false],
	]));
test("nor is a whole workday", () => {
	const [[from, to] = [0, 0], ...others] = unusual(fleet(10, [at(9, 0), at(10, 0)]), at(21, 0)) as [number, number][];
	expect(others).toEqual([]);
	expect([Math.floor(from / 24), Math.floor(to / 24)]).toEqual([8, 10]);
});
test("what goes on is a gap, until now", () => {
	const now = at(18, 11) + 1234;
	expect(unusual(fleet(10, [at(18, 10), at(30, 0)]), now)).toEqual([[18 * 24 + 10, (now - monday) / hour, true]]);
});
test("few may all be away for a while, and are missed when that lasts", () => {
	const [anHour, aDay] = [
		[at(9, 14), at(9, 15)],
		[at(9, 8), at(9, 18)],
	] as const;
	const comeAndGo = (cut: Cut) =>
		together(
			Array.from({ length: 3 }, (_, client) =>
				// Each works for an hour and rests for more than another, beside the others' hours.
				work(client, [cut]).filter((slot) => (slot + 13 * client) % 30 < 12),
			),
		);
	const found = fleetGaps(comeAndGo(anHour), at(7, 0), at(21, 0), calendar);
	expect(found.filter(({ usual }) => !usual)).toEqual([]);
	expect(found.some(({ fromMs, toMs }) => fromMs <= anHour[0] && toMs >= anHour[1])).toBe(true);
	expect(unusual(comeAndGo(aDay), at(21, 0))).toHaveLength(1);
});
test("few on a weekend are not missed however long nobody comes", () => {
	const onSaturdays = (client: number): number[] => [5, 12, 19].map((day) => Math.floor(at(day, 9 + client * 4) / slotMs));
	const clients = [0, 1, 2].map((client) => [...work(client, []), ...onSaturdays(client)].sort((a, b) => a - b));
	const away = clients.map((own) => own.filter((slot) => slot < at(12, 10) / slotMs || slot >= at(14, 0) / slotMs));
	const found = fleetGaps(together(away), at(7, 0), at(21, 0), calendar);
	expect(found.filter(({ usual }) => !usual)).toEqual([]);
});
test("ten minutes are no gap, and nothing at all is none either", () => {
	expect(unusual(fleet(10, [at(9, 14), at(9, 14) + 2 * slotMs]), at(21, 0))).toEqual([]);
	expect(fleetGaps(together([]), at(7, 0), at(8, 0), calendar)).toEqual([]);
});
