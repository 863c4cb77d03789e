import { afterEach, expect, test } from "vitest";
import { parseDirectory } from "../../server/src/people/directory-file.ts";
import { rolledUp, startPurser, type TestPurser } from "../../server/test/purser.ts";
import { dayIn, isHoliday, midnightOf, weekdayOf } from "../src/calendar.ts";
import { sessionsOf } from "../src/daily-sessions.ts";
import { emitHistory } from "../src/history.ts";
import { incidents } from "../src/incidents.ts";
import { directoryOf, type Person, peopleOf } from "../src/organization.ts";
import { losesCounters } from "../src/session.ts";
import { truthOf } from "./expected-totals.ts";

const nowMs = Date.parse("2026-11-19T16:20:00Z");
const seed = 1;
const people = peopleOf(seed);
const organization = { people, seed, nowMs };
const having = (role: Person["role"]) => people.filter((person) => person.role === role);
const all = (days: number, some: readonly Person[] = people) =>
	some.flatMap((person) => Array.from({ length: days }, (_, daysAgo) => sessionsOf(organization, person, daysAgo)).flat());
const costOf = (some: readonly Person[], daysAgo: number) =>
	Number(truthOf(some.flatMap((person) => sessionsOf(organization, person, daysAgo))).costNanoUsd) / 1e9;

let server: TestPurser | undefined;
afterEach(async () => {
	await server?.stop();
	server = undefined;
});

test("the same seed is the same organization, and another one is not", () => {
	const emitted = (own: number) =>
		peopleOf(own).flatMap((person) =>
			sessionsOf({ people: [], seed: own, nowMs }, person, 3).map(({ id, emissions }) => [id, emissions.length]),
		);
	expect(emitted(1)).toEqual(emitted(1));
	expect(emitted(2)).not.toEqual(emitted(1));
});

test("nothing is emitted for the future, and nothing of a session before it began", () => {
	for (const { emissions, daysAgo } of all(3)) {
		expect(emissions.every(({ atMs }, i) => atMs < nowMs && (i === 0 || atMs >= emissions[i - 1]!.atMs))).toBe(true);
		expect(nowMs - emissions[0]!.atMs).toBeLessThan((daysAgo + 2) * 86_400_000);
	}
});

test("few work on weekends and holidays", () => {
	const workers = (daysAgo: number) => people.filter((person) => sessionsOf(organization, person, daysAgo).length > 0).length;
	// From a Thursday: last Sunday, and last Tuesday.
	expect(workers(4)).toBeLessThan(people.length / 4);
	expect(workers(2)).toBeGreaterThan(people.length / 2);
	expect([isHoliday("2026-11-26", "America/New_York"), isHoliday("2026-11-26", "Europe/Berlin")]).toEqual([true, false]);
});

test("a day is a person's local day, also when clocks change", () => {
	const f = (day: string, zone: string, expected: string) => {
		const begin = midnightOf(day, zone);
		expect(new Date(begin).toISOString()).toBe(expected);
		expect([dayIn(zone, begin - 1) < day, dayIn(zone, begin)]).toEqual([true, day]);
	};
	f("2026-10-25", "Europe/Berlin", "2026-10-24T22:00:00.000Z");
	f("2026-10-26", "Europe/Berlin", "2026-10-25T23:00:00.000Z");
	f("2026-11-01", "America/Los_Angeles", "2026-11-01T07:00:00.000Z");
	f("2026-11-19", "Asia/Kolkata", "2026-11-18T18:30:00.000Z");
	expect(weekdayOf("2026-11-22")).toBe(7);
});

test("there is something to find", () => {
	const [spender] = having("spender");
	expect(costOf([spender!], incidents.spikeDaysAgo)).toBeGreaterThan(5 * costOf([spender!], incidents.spikeDaysAgo + 7));
	const days = (person: Person | undefined) =>
		Array.from({ length: 40 }, (_, daysAgo) => daysAgo).filter(
			(daysAgo) => sessionsOf(organization, person!, daysAgo).length > 0,
		);
	expect(days(having("silent")[0])[0]).toBeGreaterThanOrEqual(incidents.silentSinceDaysAgo);
	expect(having("never-seen").flatMap(days)).toEqual([]);
	expect(
		having("starter")
			.flatMap(days)
			.every((daysAgo) => daysAgo < 20),
	).toBe(true);
	const failures = (daysAgo: number) =>
		truthOf(people.flatMap((person) => sessionsOf(organization, person, daysAgo))).toolFailures;
	expect(failures(14)).toBeGreaterThan(failures(28));
});

test("the directory is one that Purser reads, with those who never came", () => {
	const entries = parseDirectory(directoryOf(people, new Date(nowMs)), "directory.csv");
	expect(entries).toHaveLength(people.length);
	expect(entries.map(({ person }) => person)).toEqual(expect.arrayContaining(having("never-seen").map(({ email }) => email)));
});

test("what is emitted through the client is what Purser counts, to the micro-dollar", async () => {
	server = await startPurser({ "rollup-delay-seconds": 0 });
	const days = 5;
	const shares: number[] = [];
	const emitted = await emitHistory(organization, days, { endpoint: `http://${server.http}` }, (share) => shares.push(share));
	await server.settle();
	await rolledUp(server);
	const sessions = all(days);
	const truth = truthOf(sessions);
	expect(emitted).toMatchObject({ sessions: sessions.length, lost: 0 });
	expect(shares.at(-1)).toBe(1);
	const period = `from=${new Date(nowMs - (days + 2) * 86_400_000).toISOString()}&to=${new Date(nowMs).toISOString()}`;
	const { rows } = await server.get(`/api/v1/usage?measure=cost_usd,sessions,commits,lines_added,active_users&${period}`);
	const counters = new Set(having("counters-only"));
	const people = new Set(sessions.map(({ person }) => person));
	// Of whom only counters come, what counters lose would be lost.
	expect(sessions.filter(({ id, person }) => counters.has(person) && losesCounters(id))).toEqual([]);
	expect({ ...rows[0], cost_usd: Math.round(Number(rows[0]!["cost_usd"]) * 1e6) }).toEqual({
		cost_usd: Number(truth.costNanoUsd / 1000n),
		sessions: sessions.length,
		commits: truth.commits,
		lines_added: truth.linesAdded,
		active_users: people.size,
	});
	const [byEvents] = (await server.get(`/api/v1/usage?measure=prompts,tool_failures,events&${period}`)).rows;
	const reportedByEvents = truthOf(sessions.filter(({ person }) => !counters.has(person)));
	expect(byEvents).toEqual({
		prompts: reportedByEvents.prompts,
		tool_failures: reportedByEvents.toolFailures,
		events: reportedByEvents.records,
	});
	const { rows: records } = await server.get(`/api/v1/events?limit=1&${period}`);
	expect(JSON.stringify(records[0])).toContain("purser.demo");
}, 90_000);
