import { expect, test } from "vitest";
import { bucketSeconds } from "../semantic/rollups/ingest.ts";
import { Calendar } from "./calendar.ts";
import { type FleetGap, fleetGaps, quarterSeconds, type ReportingIntervals } from "./ingest-outage.ts";

const hour = 3_600_000;
const slotMs = bucketSeconds * 1000;
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

type Sent = { readonly slots: readonly number[]; readonly visits: ReportingIntervals };

/** Combines the records of clients, each given by its buckets. */
function together(clients: readonly (readonly number[])[]): Sent {
	const found = new Map<number, { came: number; went: number }>();
	for (const own of clients) {
		const quarters = [...new Set(own.map((slot) => Math.floor((slot * bucketSeconds) / quarterSeconds)))];
		quarters.forEach((quarter, i) => {
			const there = found.get(quarter) ?? { came: 0, went: 0 };
			if (quarter - (quarters[i - 1] ?? Number.NEGATIVE_INFINITY) > 4) there.came++;
			if ((quarters[i + 1] ?? Number.POSITIVE_INFINITY) - quarter > 4) there.went++;
			found.set(quarter, there);
		});
	}
	const quarters = [...found.keys()].sort((a, b) => a - b);
	const of = (which: "came" | "went") => quarters.map((quarter) => found.get(quarter)![which]);
	return {
		slots: [...new Set(clients.flat())].sort((a, b) => a - b),
		visits: { quarters, came: of("came"), went: of("went") },
	};
}

/** Finds the gaps from the second week on, given the period's buckets and all visits. */
const gapsOf = ({ slots, visits }: Sent, to: number): FleetGap[] =>
	fleetGaps(
		slots.filter((slot) => slot >= at(7, 0) / slotMs),
		visits,
		at(7, 0),
		to,
		calendar,
	);

const fleet = (people: number, ...cuts: readonly Cut[]): Sent =>
	together(Array.from({ length: people }, (_, client) => work(client, cuts)));
const unusual = (sent: Sent, to: number) =>
	gapsOf(sent, to)
		.filter((gap) => !gap.usual)
		.map(({ fromMs, toMs, ongoing }) => [(fromMs - monday) / hour, (toMs - monday) / hour, ongoing]);

test("nights and weekends are usual", () => {
	expect(unusual(fleet(10), at(21, 0))).toEqual([]);
	expect(gapsOf(fleet(10), at(14, 0))).toHaveLength(6);
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
test("a gap that has not ended lasts until now", () => {
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
				// Each works for an hour and pauses for more than another, during the others' hours.
				work(client, [cut]).filter((slot) => (slot + 15 * client) % 36 < 12),
			),
		);
	const found = gapsOf(comeAndGo(anHour), at(21, 0));
	expect(found.filter(({ usual }) => !usual)).toEqual([]);
	expect(found.some(({ fromMs, toMs }) => fromMs <= anHour[0] && toMs >= anHour[1])).toBe(true);
	expect(unusual(comeAndGo(aDay), at(21, 0))).toHaveLength(1);
});
test("few clients on a weekend are not missed, however long none reports", () => {
	const onSaturdays = (client: number): number[] => [5, 12, 19].map((day) => Math.floor(at(day, 9 + client * 4) / slotMs));
	const clients = [0, 1, 2].map((client) => [...work(client, []), ...onSaturdays(client)].sort((a, b) => a - b));
	const away = clients.map((own) => own.filter((slot) => slot < at(12, 10) / slotMs || slot >= at(14, 0) / slotMs));
	const found = gapsOf(together(away), at(21, 0));
	expect(found.filter(({ usual }) => !usual)).toEqual([]);
});
test("ten minutes are no gap, and nothing at all is none either", () => {
	expect(unusual(fleet(10, [at(9, 14), at(9, 14) + 2 * slotMs]), at(21, 0))).toEqual([]);
	expect(gapsOf(together([]), at(8, 0))).toEqual([]);
});
