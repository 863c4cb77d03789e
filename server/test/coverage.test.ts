import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EventRecord, logsOf, metricsOf, type Point, type Values } from "../../scripts/otlp-json.ts";
import { startPurser, type TestPurser, until } from "./purser.ts";
import { readRecordings, totals } from "./recordings.ts";
import { post, replay } from "./send.ts";

const hour = 3_600_000;
const day = 24 * hour;
/** A Wednesday noon within the last weeks, so that two days later has been already. */
const wednesday = (() => {
	const midnight = Math.floor(Date.now() / day) * day - 7 * day;
	return midnight - ((new Date(midnight).getUTCDay() + 4) % 7) * day + 12 * hour;
})();
const tz = "UTC";
const iso = (ms: number) => new Date(ms).toISOString();

type Answer = {
	summary: Record<string, number> &
		Record<"signals" | "gates" | "late" | "future" | "records" | "undated", Record<string, number>> & {
			since_start: Record<string, number>;
		};
	clients: {
		person: string;
		installation: string;
		status: string;
		version: string;
		versions: string[];
		gates: string[];
		activity: number[];
		records: number;
		signals: Record<string, { records: number }>;
		usual_interval_seconds: number | null;
		silent_at: string | null;
		first_seen: string;
		last_seen: string;
		os: string[];
		entrypoints: string[];
		services: string[];
	}[];
	silent: { person: string; signal: string; cause: string; variables: string[]; advice: string }[];
	never_seen: { person: string; name: string; team: string }[];
	loss: {
		session: string;
		person: string;
		missing: number;
		processes: number;
		holes: { after: number; before: number; missing: number }[];
	}[];
	gaps: { from: string; to: string; usual: boolean; ongoing: boolean }[];
	versions: { version: string; clients: number }[];
	meta: { notes: string[]; as_of: string; activity: { grain: string; starts: string[] } };
};

describe("invented clients", () => {
	let server: TestPurser;
	beforeAll(async () => {
		server = await startPurser();
		await send();
		await server.settle();
	});
	afterAll(() => server.stop());

	const ask = (fromMs: number, toMs: number, more = "") =>
		server.get<Answer>(`/api/v1/coverage?from=${iso(fromMs)}&to=${iso(toMs)}&tz=${tz}${more}`);
	const statusAt = async (ms: number, person: string) => {
		const { clients } = await ask(ms - 7 * day, ms);
		return clients.find((client) => client.person === person)?.status;
	};

	type Sent = { person: string; at: number; session: string; sequence?: number; event?: string; version?: string; more?: Values };
	const post1 = async (path: string, body: unknown) => {
		const { status } = await post(
			`http://${server.http}${path}`,
			{ "content-type": "application/json" },
			Buffer.from(JSON.stringify(body)),
		);
		expect(status).toBe(200);
	};
	const resource = (version: string) => ({ "service.name": "claude-code", "service.version": version, "os.type": "linux" });
	const identity = (person: string) => ({ "user.id": `id-${person}`, "user.email": `${person}@example.com` });
	const events = async (sent: readonly Sent[], version = "2.1.329") =>
		await post1(
			"/v1/logs",
			logsOf({
				resource: resource(version),
				events: sent.map(
					({ person, at, session, sequence, event = "api_request", more }): EventRecord => ({
						at,
						event,
						attributes: {
							...identity(person),
							"session.id": session,
							"event.name": event,
							"event.sequence": sequence,
							"app.entrypoint": "cli",
							...more,
						},
					}),
				),
				points: [],
			}),
		);
	const points = async (sent: readonly { person: string; at: number }[]) =>
		await post1(
			"/v1/metrics",
			metricsOf({
				resource: resource("2.1.329"),
				events: [],
				points: sent.map(
					({ person, at }): Point => ({
						at,
						name: "claude_code.cost.usage",
						unit: "USD",
						value: 0.01,
						attributes: identity(person),
					}),
				),
			}),
		);
	/** Three weeks of workdays from nine to four, up to an instant. */
	const office = (until: number): number[] => {
		const times: number[] = [];
		for (let at = Math.floor(wednesday / day) * day - 20 * day; at <= until; at += hour) {
			const date = new Date(at);
			if (date.getUTCDay() % 6 !== 0 && date.getUTCHours() >= 9 && date.getUTCHours() <= 15) times.push(at);
		}
		return times;
	};
	const hourly = (until: number): number[] => Array.from({ length: 24 * 10 }, (_, i) => until - i * hour).reverse();

	async function send(): Promise<void> {
		const now = wednesday + 3 * hour;
		const series = (person: string, times: readonly number[], more: Partial<Sent> = {}): Sent[] =>
			times.map((at, i) => ({ person, at, session: `s-${person}`, sequence: i, ...more }));
		await events(series("ana", office(now)));
		// Ben's last day was the Monday of that week.
		await events(series("ben", office(wednesday - 2 * day + 2 * hour)));
		await points(office(now).map((at) => ({ person: "ben-metrics", at })));
		// A machine reports each hour, until the Wednesday's noon.
		await events(series("robot", hourly(wednesday)), "2.1.322");
		// Cleo's events stopped a week ago, her metrics did not.
		await events(series("cleo", office(wednesday - 7 * day)));
		await points(office(now).map((at) => ({ person: "cleo", at })));
		// Dara came on two days only.
		await events(series("dara", [wednesday - 30 * hour, wednesday - 3 * hour]));
		// Numbers: one session resumed, one with a hole, one that lent its process to another.
		const minute = 60_000;
		const numbers = (session: string, start: number, list: readonly number[]): Sent[] =>
			list.map((sequence, i) => ({ person: "ana", at: start + i * 1000, session, sequence }));
		const to = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
		const start = wednesday - 2 * hour;
		await events(numbers("resumed", start, to(0, 30)));
		await events(numbers("resumed", start + 10 * minute, to(0, 12)));
		await events(numbers("holed", start, [...to(0, 9), ...to(15, 20)]));
		await events(numbers("resumed-holed", start, to(0, 9)));
		await events(numbers("resumed-holed", start + minute, [...to(0, 2), ...to(6, 9)]));
		await events(numbers("lending", start, to(0, 4)));
		await events(numbers("borrowing", start + minute, to(5, 8)));
		await events(numbers("lending", start + 2 * minute, to(9, 12)));
		// Content, and a version that is new.
		await events(
			[{ person: "ana", at: wednesday, session: "s-talk", sequence: 0, event: "user_prompt", more: { prompt: "hello" } }],
			"2.1.330",
		);
		await events([
			{
				person: "cleo",
				at: wednesday - 9 * day,
				session: "s-quiet",
				sequence: 0,
				event: "user_prompt",
				more: { prompt: "<REDACTED>" },
			},
		]);
		await events(
			[
				{
					person: "ana",
					at: wednesday + minute,
					session: "s-talk",
					sequence: 1,
					event: "tool_result",
					more: { tool_input: "{}" },
				},
			],
			"2.1.330",
		);
	}

	test("a client that stops is silent two of its usual intervals later, and not before", async () => {
		// The machine: two hours.
		expect(await statusAt(wednesday + 2 * hour - 1000, "robot@example.com")).toBe("reporting");
		expect(await statusAt(wednesday + 2 * hour, "robot@example.com")).toBe("silent");
		// Ben was seen last at two o'clock on Monday: silent from two o'clock on Wednesday on.
		const last = wednesday - 2 * day + 2 * hour;
		expect(await statusAt(last + 2 * day - 1000, "ben@example.com")).toBe("reporting");
		expect(await statusAt(last + 2 * day, "ben@example.com")).toBe("silent");
		// A weekend is no silence: he was there on the Friday before.
		expect(await statusAt(wednesday - 3 * day, "ben@example.com")).toBe("reporting");
	});

	test("it is said who, since when, with what, and what to do", async () => {
		const answer = await ask(wednesday - 7 * day, wednesday + 3 * hour);
		const { summary, clients, silent, versions, meta } = answer;
		// Without a directory no people are expected.
		expect([summary["expected"], summary["expected_never_seen"], answer.never_seen]).toEqual([null, null, []]);
		expect([
			summary["clients"],
			summary["reporting"],
			summary["silent"],
			summary["irregular"],
			summary["silent_signals"],
		]).toEqual([6, 3, 2, 1, 1]);
		expect(clients.map(({ person, status }) => [person.split("@")[0], status])).toEqual([
			["ben", "silent"],
			["robot", "silent"],
			["ana", "reporting"],
			["ben-metrics", "reporting"],
			["cleo", "reporting"],
			["dara", "irregular"],
		]);
		expect(silent.map(({ person, signal, cause }) => [person.split("@")[0], signal, cause])).toEqual([
			["robot", "all", "unknown"],
			["ben", "all", "unknown"],
			["cleo", "events", "events"],
		]);
		expect(silent.at(-1)!.variables).toContain("OTEL_LOGS_EXPORTER");
		const [ana, robot] = ["ana", "robot"].map((name) => clients.find(({ person }) => person.startsWith(name))!) as [
			Answer["clients"][0],
			Answer["clients"][0],
		];
		expect(ana).toMatchObject({
			installation: "id-ana",
			version: "2.1.329",
			os: ["linux"],
			entrypoints: ["cli"],
			services: ["claude-code"],
			gates: ["prompts", "tool_details"],
		});
		expect(ana.versions.toSorted()).toEqual(["2.1.329", "2.1.330"]);
		expect([ana.usual_interval_seconds, robot.usual_interval_seconds]).toEqual([86_400, 3600]);
		expect(robot.last_seen).toBe(iso(wednesday));
		expect(summary.gates).toEqual({ prompts: 1, responses: 0, tool_details: 1, tool_content: 0, raw_api_bodies: 0 });
		expect(summary.signals).toEqual({ events: 5, metrics: 2, spans: 0 });
		expect(versions.map(({ version, clients }) => [version, clients])).toEqual([
			["2.1.329", 5],
			["2.1.322", 1],
			["2.1.330", 0],
		]);
		expect(meta.activity.grain).toBe("day");
		expect(robot.activity.slice(1, -1)).toEqual(meta.activity.starts.slice(1, -1).map(() => 24));
		expect(meta.notes).toEqual([]);
	});

	test("a resumed session is no loss, a hole is", async () => {
		const { loss, summary } = await ask(wednesday - day, wednesday + hour);
		expect(loss.map(({ session, missing, processes }) => [session, missing, processes])).toEqual([
			["holed", 5, 1],
			["resumed-holed", 3, 2],
		]);
		expect(loss[0]!.holes).toMatchObject([{ after: 9, before: 15, missing: 5 }]);
		expect(summary["missing_events"]).toBe(8);
		expect(summary["missing_ratio"]).toBeCloseTo(8 / (summary["numbered_events"]! + 8), 9);
		expect(summary["numbered_events"]).toBe(summary.records["events"]);
	});

	test("filters, and what cannot be filtered by", async () => {
		const { clients } = await ask(
			wednesday - 7 * day,
			wednesday,
			"&where=person:robot@example.com&where=person:dara@example.com",
		);
		expect(clients.map(({ person }) => person)).toEqual(["dara@example.com", "robot@example.com"]);
		const { loss } = await ask(wednesday - 7 * day, wednesday, "&where=version!:2.1.329");
		expect(loss).toEqual([]);
		const refused = await fetch(`http://${server.web}/api/v1/coverage?where=tool:Bash`);
		expect([refused.status, await refused.text()]).toEqual([
			400,
			expect.stringContaining('does not have the dimension \\"tool\\"'),
		]);
	});

	test("lists end at the limit, counts do not, and that is said", async () => {
		const { clients, loss, summary, meta } = await ask(wednesday - 7 * day, wednesday + 3 * hour, "&limit=1");
		expect([clients.length, loss.length, summary["clients"], summary["sessions_with_loss"]]).toEqual([1, 1, 6, 2]);
		expect(meta.notes[0]).toMatch(/end after 1/);
	});

	test("of a time with nothing in it, nothing is said but who is known", async () => {
		const { summary, gaps, loss } = await ask(wednesday - 400 * day, wednesday - 300 * day);
		expect([summary["clients"], summary["missing_ratio"], gaps, loss]).toEqual([0, null, [], []]);
	});

	test("of very many sessions with gaps those are listed that lack most, with a note that there may be more", async () => {
		const at = wednesday - 200 * day;
		const holed = (session: string, last: number): Sent[] =>
			[0, last].map((sequence) => ({ person: `of-${session}`, at: at + sequence, session, sequence }));
		const long = "-".repeat(600);
		const sessions = Array.from({ length: 2001 }, (_, i) => holed(`holed-${i}${long}`, i === 1234 ? 10 : 2));
		await events(sessions.flat());
		await server.settle();
		const { loss, meta, summary } = await ask(at - hour, at + hour, "&limit=1");
		expect(loss).toMatchObject([{ session: `holed-1234${long}`, missing: 9 }]);
		expect(summary["missing_events"]).toBe(1999 + 9);
		expect(meta.notes.join("\n")).toMatch("More events may be missing: of the sessions");
		expect((await ask(wednesday - 7 * day, wednesday)).meta.notes.join("\n")).not.toMatch("More events");
	});

	test("a time in which no client reported is a gap, to the end", async () => {
		const { gaps } = await ask(wednesday, wednesday + 2 * day + 6 * hour);
		expect(gaps.at(-1)).toMatchObject({ ongoing: true, usual: false });
		expect(Date.parse(gaps.at(-1)!.from)).toBe(wednesday + 3 * hour + 300_000);
	});

	test("late, future and undatable records", async () => {
		const now = Date.now();
		const fresh = await startPurser();
		try {
			const record = (at: number) => ({
				at,
				event: "api_request",
				attributes: { "user.id": "clock", "session.id": "s", "event.name": "api_request" },
			});
			const body = logsOf({
				resource: resource("2.1.329"),
				points: [],
				events: [now - 1000, now - 2 * hour, now + hour, now + 400 * day, 1000].map(record),
			});
			const sent = Buffer.from(JSON.stringify(body));
			for (let i = 0; i < 2; i++) await post(`http://${fresh.http}/v1/logs`, { "content-type": "application/json" }, sent);
			await post(`http://${fresh.http}/v1/logs`, { "content-type": "application/json" }, Buffer.from("{"));
			await fresh.settle();
			const { summary } = await fresh.get<Answer>("/api/v1/coverage?to=2100-01-01");
			expect([summary.late, summary.undated].map((each) => each["events"])).toEqual([1, 1]);
			expect(summary.future["events"]).toBe(2);
			expect(summary.since_start).toMatchObject({ duplicate_requests: 1 });
		} finally {
			await fresh.stop();
		}
	});
});

describe("people whom the directory expects", () => {
	let server: TestPurser;
	const now = Date.now();
	const date = (daysAgo: number) => iso(now - daysAgo * day).slice(0, 10);
	beforeAll(async () => {
		const directory = join(mkdtempSync(join(tmpdir(), "purser-test-")), "people.csv");
		const lines = [
			"person,name,team,start_date,from",
			"ada@example.com,Ada,Looms,2020-01-01,",
			`ada@example.com,Ada,Engines,2020-01-01,${date(3)}`,
			"bob@example.com,Bob,Engines,,",
			"account-of-cleo,Cleo,Engines,,",
			`dan@example.com,Dan,Engines,${date(20)},`,
			"eve@example.com,,Looms,,",
			"fay@example.com,Fay,,,",
			`gil@example.com,Gil,Engines,${date(-2)},`,
			"hal@example.com,Hal,Looms,,",
		];
		writeFileSync(directory, lines.join("\n"));
		server = await startPurser({ directory });
		const records: [at: number, attributes: Values][] = [
			// Ada's are from before she moved.
			[now - 9 * day, { "user.email": "ada@example.com" }],
			// Bob's e-mail was seen once, long ago; of late only his installation.
			[now - 60 * day, { "user.email": "bob@example.com", "user.id": "installation-of-bob" }],
			[now - day, { "user.id": "installation-of-bob" }],
			[now - day, { "user.email": "cleo@example.com", "user.account_uuid": "account-of-cleo" }],
			[now - day, { "user.email": "stranger@example.com" }],
		];
		const resource = { "service.name": "claude-code", "service.version": "2.1.329" };
		const events = records.map(([at, attributes]): EventRecord => {
			const event = "user_prompt";
			return { at, event, attributes: { ...attributes, "event.name": event } };
		});
		const ofHal = { at: now - day, name: "claude_code.cost.usage", unit: "USD", value: 0.01 };
		const points: Point[] = [{ ...ofHal, attributes: { "user.email": "hal@example.com" } }];
		const json = { "content-type": "application/json" };
		for (const [path, body] of [
			["/v1/logs", logsOf({ resource, events, points: [] })],
			["/v1/metrics", metricsOf({ resource, events: [], points })],
		] as const)
			expect((await post(`http://${server.http}${path}`, json, Buffer.from(JSON.stringify(body)))).status).toBe(200);
		await server.settle();
		// Who is whom, and the directory by these names, follow what is stored.
		await until(async () => (await ask()).clients.every(({ person }) => person.includes("@")), "joined");
		await until(async () => (await ask("&where=person:cleo@example.com")).summary["expected"] === 1, "in the directory");
	});
	afterAll(() => server.stop());

	const ask = (more = "") => server.get<Answer>(`/api/v1/coverage?tz=${tz}${more}`);
	const answered = async (more = "") => {
		const { summary, never_seen } = await ask(more);
		return [summary["expected"], summary["expected_never_seen"], never_seen.map(({ person }) => person.split("@")[0])];
	};

	test("who never came is named with the team; who came by any identifier or signal, or has not begun, is not", async () => {
		const { summary, never_seen } = await ask();
		expect(never_seen).toEqual([
			{ person: "dan@example.com", name: "Dan", team: "Engines" },
			{ person: "eve@example.com", name: "", team: "Looms" },
			{ person: "fay@example.com", name: "Fay", team: "" },
		]);
		expect([summary["expected"], summary["expected_never_seen"]]).toEqual([7, 3]);
	});

	test("it is of the time that is asked about", async () => {
		const { summary, never_seen } = await ask(`&from=${iso(now - 55 * day)}&to=${iso(now - 50 * day)}`);
		// Dan had not begun, Bob came, and Ada was of another team.
		expect(never_seen.map(({ person, team }) => [person.split("@")[0], team])).toEqual([
			["cleo", "Engines"],
			["ada", "Looms"],
			["eve", "Looms"],
			["hal", "Looms"],
			["fay", ""],
		]);
		expect([summary["expected"], summary["expected_never_seen"]]).toEqual([6, 5]);
	});

	test("a team's people are compared with all who reported; by dimensions of records alone, no people are expected", async () => {
		expect(await answered("&where=team:Engines")).toEqual([4, 1, ["dan"]]);
		expect(await answered("&where=team!:Engines&where=name!:Fay")).toEqual([2, 1, ["eve"]]);
		expect(await answered("&where=name:eve@example.com")).toEqual([1, 1, ["eve"]]);
		expect(await answered("&where=person:ada@example.com&where=person:dan@example.com")).toEqual([2, 1, ["dan"]]);
		expect(await answered("&where=team:Mills")).toEqual([null, null, []]);
		expect(await answered("&where=team:Engines&where=version:2.1.329")).toEqual([null, null, []]);
	});

	test("the list ends at the limit, the count does not", async () => {
		expect(await answered("&limit=1")).toEqual([7, 3, ["dan"]]);
		const { meta } = await ask("&limit=1&where=person:dan@example.com&where=person:eve@example.com");
		expect(meta.notes).toEqual(["Lists end after 1 entries; counts are of all 2."]);
	});
});

test("real clients: all of the recordings is reported", async () => {
	const server = await startPurser();
	try {
		await replay(readRecordings(), server);
		await server.settle();
		const { summary, clients, loss, versions, meta } = await server.get<Answer>("/api/v1/coverage?from=2026-11-01&to=2026-12-01");
		expect(summary.records["events"]).toBe(totals.all["events"]);
		expect(clients.reduce((sum, client) => sum + (client.signals["events"]?.records ?? 0), 0)).toBe(totals.all["events"]);
		expect(clients.every(({ status }) => status === "irregular")).toBe(true);
		// Sessions that went on, were resumed or cleared are no losses.
		expect([summary["numbered_events"]! > 2000, summary["missing_events"], loss]).toEqual([true, 0, []]);
		expect(versions.map(({ version }) => version).toSorted()).toEqual(["1.0.60", "2.0.60", "2.1.329"]);
		// Some were recorded with prompts, details and content, most without.
		expect(summary.gates["prompts"]).toBeGreaterThan(0);
		expect(summary.gates["prompts"]).toBeLessThan(clients.length / 2);
		expect(meta.notes.join(" ")).toContain("do not number events");
	} finally {
		await server.stop();
	}
}, 60_000);
