import { afterAll, beforeAll, expect, test } from "vitest";
import { rolledUp, startPurser, type TestPurser } from "./purser.ts";
import { post } from "./send.ts";

/**
 * Presence by day of a history with known totals: most days are answered from rollups by day of UTC, though no zone in the
 * questions has its days there.
 */
let server: TestPurser;

const dayMs = 86_400_000;
const quarterMs = 900_000;
/** Longer than a period and the month before it. */
const historyDays = 52;
const [nowMs, people] = [Date.now(), 12];
const zones = ["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati"];

type Prompt = { readonly atMs: number; readonly person: number };

/** A fixed seed, so that each run has equal numbers. */
let seed = 7;
function random(below: number): number {
	seed = (seed * 48271) % 2147483647;
	return seed % below;
}
const history: Prompt[] = Array.from({ length: 400 }, () => ({
	atMs: Math.floor((nowMs - random(historyDays * 96) * quarterMs) / quarterMs) * quarterMs - random(quarterMs) - 1,
	person: random(people) % (1 + random(people)),
}));
/** Just before and after midnight of London, and of Kathmandu: a quarter to. */
const late: Prompt[] = [
	{ atMs: Math.floor(nowMs / dayMs - 9) * dayMs - 1, person: 90 },
	{ atMs: Math.floor(nowMs / dayMs - 9) * dayMs + 65_700_000, person: 91 },
];

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
async function send(prompts: readonly Prompt[]): Promise<void> {
	const logRecords = prompts.map(({ atMs, person }) => ({
		timeUnixNano: `${atMs}000000`,
		attributes: [
			text("event.name", "user_prompt"),
			text("user.email", `p${person}@example.com`),
			text("session.id", `${person}-${Math.floor(atMs / dayMs / 3)}`),
		],
	}));
	const headers = { "content-type": "application/json" };
	const body = Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }));
	expect((await post(`http://${server.http}/v1/logs`, headers, body)).status).toBe(200);
	await server.settle();
}

function dayIn(tz: string): (atMs: number) => string {
	const format = new Intl.DateTimeFormat("en-CA", { timeZone: tz, dateStyle: "short" });
	return (atMs) => format.format(atMs);
}

/** Day after day, how many were active on it and in the 7 and 30 days that end with it. */
function truth(prompts: readonly Prompt[], tz: string, fromMs: number) {
	const day = dayIn(tz);
	const seen = prompts.map(({ atMs, person }) => ({ person, number: Date.parse(day(atMs)) / dayMs }));
	const distinct = (last: number, days: number) =>
		new Set(seen.filter(({ number }) => number <= last && number > last - days).map(({ person }) => person)).size;
	const [first, last] = [fromMs, nowMs].map((ms) => Date.parse(day(ms)) / dayMs);
	return Array.from({ length: last! - first! + 1 }, (_, i) => first! + i).flatMap((number) => {
		const [dau, wau, mau] = [1, 7, 30].map((days) => distinct(number, days));
		return mau ? [{ day: new Date(number * dayMs).toISOString().slice(0, 10), dau, wau, mau }] : [];
	});
}

async function expectTruth(prompts: readonly Prompt[]): Promise<void> {
	for (const tz of zones) {
		const days = 20.3;
		const fromMs = nowMs - days * dayMs;
		const times = `from=${new Date(fromMs).toISOString()}&to=${new Date(nowMs).toISOString()}&tz=${tz}&limit=1000`;
		const { rows } = await server.get(`/api/v1/queries/active_people?${times}`);
		expect(
			rows.map(({ day, dau, wau, mau }) => ({ day, dau, wau, mau })),
			tz,
		).toEqual(truth(prompts, tz, fromMs));

		const inPeriod = prompts.filter(({ atMs }) => atMs >= fromMs && atMs < nowMs);
		const byDay = Map.groupBy(inPeriod, ({ atMs }) => dayIn(tz)(atMs));
		const usage = await server.get(`/api/v1/usage?measure=active_users,sessions&grain=day&${times}`);
		expect(
			usage.rows.map(({ time, active_users, sessions }) => [dayIn(tz)(Date.parse(String(time))), active_users, sessions]),
			tz,
		).toEqual(
			[...byDay]
				.sort(([a], [b]) => (a < b ? -1 : 1))
				.map(([day, own]) => [
					day,
					new Set(own.map(({ person }) => person)).size,
					new Set(own.map(({ atMs, person }) => `${person}-${Math.floor(atMs / dayMs / 3)}`)).size,
				]),
		);
	}
}

beforeAll(async () => {
	server = await startPurser({ "rollup-delay-seconds": 0 });
	await send(history);
	await rolledUp(server);
}, 60_000);
afterAll(() => server.stop());

test("active people and sessions by day are exact in any zone", () => expectTruth(history));

test("they are exact while a day's records have just come late, and when they are rolled up", async () => {
	await send(late);
	await expectTruth([...history, ...late]);
	await rolledUp(server);
	await expectTruth([...history, ...late]);
});
