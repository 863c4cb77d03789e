import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dimensionsOf } from "../src/semantic/capability.ts";
import { visibleMeasures } from "../src/semantic/compile-usage.ts";
import { dimensions } from "../src/semantic/dimension.ts";
import { startPurser, type TestPurser } from "./purser.ts";
import { readRecordings, totals } from "./recordings.ts";
import { post, replay } from "./send.ts";

const recordings = readRecordings();
let server: TestPurser;
beforeAll(async () => {
	server = await startPurser();
	await replay(recordings, server);
	await server.settle();
});
afterAll(() => server.stop());

type Rows = Record<string, number | string | null>[];
const ask = async (query: string): Promise<Rows> =>
	(await server.get<{ rows: Rows }>(`/api/v1/usage?from=2025-01-01&limit=100000&${query}`)).rows;
async function refused(query: string): Promise<string> {
	const response = await fetch(`http://${server.web}/api/v1/usage?${query}`);
	expect([response.status, response.headers.get("content-type")]).toEqual([
		400,
		expect.stringContaining("application/problem+json"),
	]);
	return ((await response.json()) as { detail: string }).detail;
}
const real = (names: readonly string[]): string[] => names.map((name) => (name === "label.KEY" ? "label.team.id" : name));

test("every measure can be asked by every dimension that it claims, and by no other", async () => {
	for (const dimension of [...dimensions.map(({ name }) => name), "label.team.id"]) {
		const claiming = visibleMeasures.filter((measure) => real(dimensionsOf(measure)).includes(dimension)).map(({ name }) => name);
		expect(claiming.length).toBeGreaterThan(0);
		const rows = await ask(`measure=${claiming.join(",")}&by=${dimension}&grain=day`);
		for (const row of rows) expect(Object.keys(row)).toEqual(["time", dimension, ...claiming]);
		for (const { name } of visibleMeasures.filter(({ name }) => !claiming.includes(name))) {
			const detail = await refused(`measure=${name}&by=${dimension}`);
			expect(detail).toContain(`does not have the dimension "${dimension}". It has: person, organization`);
		}
	}
}, 60_000);

test("what is unknown is named, with what is known", async () => {
	expect(await refused("measure=costs")).toMatch(/no measure "costs".*Known: cost_usd, tokens/);
	expect(await refused("")).toContain("measure");
	expect(await refused("measure=tokens&by=colour")).toMatch(/no dimension "colour".*Known: person.*label\.KEY/);
	expect(await refused("measure=tokens&where=colour:red")).toContain('no dimension "colour"');
	expect(await refused("measure=tokens&where=model")).toContain("dimension:value");
	expect(await refused("measure=tokens&order=-cost_usd")).toContain('cannot order by "cost_usd"');
	expect(await refused("measure=tokens&grain=fortnight")).toMatch(/grain.*minute/);
	expect(await refused("measure=tokens&tz=Mars/Olympus")).toContain("IANA");
	expect(await refused("measure=tokens&from=yesterday")).toContain("from");
	expect(await refused("measure=tokens&limit=0")).toContain("limit");
	expect(await refused("measure=tokens&colour=red")).toContain('no parameter "colour"');
});

test("additive measures add up by every dimension (R10)", async () => {
	const additive = [
		"cost_usd",
		"tokens",
		"input_tokens",
		"api_requests",
		"api_errors",
		"prompts",
		"tool_calls",
		"tool_accepts",
		"lines_added",
		"commits",
		"active_seconds",
		"events",
	];
	for (const name of additive) {
		const measure = visibleMeasures.find((each) => each.name === name)!;
		const [whole] = await ask(`measure=${name}`);
		const parts = await Promise.all(
			[...real(dimensionsOf(measure)), "", "session,version"].map((by) =>
				ask(`measure=${name}${by ? `&by=${by}` : "&grain=hour"}`),
			),
		);
		for (const rows of parts) expect(rows.reduce((sum, row) => sum + Number(row[name]), 0)).toBeCloseTo(Number(whole![name]), 6);
	}
}, 60_000);

test("filters: or, and, exclusion", async () => {
	const count = async (where: string) => Number((await ask(`measure=tool_calls${where}`))[0]?.["tool_calls"] ?? 0);
	const byTool = Object.fromEntries(
		(await ask("measure=tool_calls&by=tool")).map((row) => [row["tool"], Number(row["tool_calls"])]),
	) as Record<string, number>;
	const all = await count("");
	expect(await count("&where=tool:Bash")).toBe(byTool["Bash"]);
	expect(await count("&where=tool:Bash&where=tool:Read")).toBe(byTool["Bash"]! + byTool["Read"]!);
	expect(await count("&where=tool!:Bash")).toBe(all - byTool["Bash"]!);
	expect(await count("&where=tool!:Bash&where=tool!:Read")).toBe(all - byTool["Bash"]! - byTool["Read"]!);
	expect(await count("&where=tool:Bash&where=tool!:Bash")).toBe(0);
	const [{ version, tool_calls: ofVersion }] = (await ask(
		"measure=tool_calls&by=version,tool&where=tool:Bash&order=-tool_calls",
	)) as [Rows[number]];
	expect(await count(`&where=tool:Bash&where=version:${version}`)).toBe(ofVersion);
	expect(await count("&where=tool:O'Brien\\")).toBe(0);
});

test("order, limit and CSV", async () => {
	const all = await ask("measure=cost_usd,tokens&by=model&order=-cost_usd");
	const costs = all.map((row) => Number(row["cost_usd"]));
	expect(costs).toEqual(costs.toSorted((a, b) => b - a));
	const { rows } = await server.get<{ rows: Rows }>(
		"/api/v1/usage?from=2025-01-01&measure=cost_usd,tokens&by=model&order=-cost_usd&limit=2",
	);
	expect(rows).toEqual(all.slice(0, 2));
	expect((await ask("measure=cost_usd&by=model&order=model")).map((row) => row["model"])).toEqual(
		all.map((row) => String(row["model"])).toSorted(),
	);
	const csv = await fetch(
		`http://${server.web}/api/v1/usage?from=2025-01-01&measure=cost_usd,tokens&by=model&order=-cost_usd&format=csv`,
	);
	const lines = (await csv.text()).trimEnd().split("\r\n");
	expect(lines).toEqual(["model,cost_usd,tokens", ...all.map((row) => `${row["model"]},${row["cost_usd"]},${row["tokens"]}`)]);
});

test("each folder's totals are its own, found by its sessions", async () => {
	const measures = [
		"cost_usd",
		"api_requests",
		"input_tokens",
		"output_tokens",
		"cache_read_tokens",
		"cache_creation_tokens",
		"prompts",
		"api_errors",
		"tool_calls",
		"tool_failures",
		"lines_added",
		"lines_removed",
		"commits",
		"pull_requests",
		"events",
	];
	for (const folder of [
		"1.0.60/grpc/full",
		"2.0.60/http-json/subagent",
		"2.1.329/http-protobuf/many",
		"1.0.60/grpc/long-cumulative",
	]) {
		const fresh = await startPurser();
		try {
			const own = recordings.filter((recording) => recording.folder === folder);
			expect(own.length).toBeGreaterThan(0);
			await replay(own, fresh);
			await fresh.settle();
			const { rows } = await fresh.get<{ rows: Rows }>(`/api/v1/usage?from=2025-01-01&measure=${measures.join(",")}`);
			const expected = totals.byFolder[folder]!;
			for (const name of measures)
				expect([folder, name, Number(rows[0]![name] ?? 0)]).toEqual([folder, name, expect.closeTo(expected[name]!, 6)]);
		} finally {
			await fresh.stop();
		}
	}
}, 60_000);

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
async function sendJson(path: string, request: object): Promise<void> {
	const { status } = await post(
		`http://${server.http}${path}`,
		{ "content-type": "application/json" },
		Buffer.from(JSON.stringify(request)),
	);
	expect(status).toBe(200);
}
const nanoseconds = (iso: string) => `${Date.parse(iso)}000000`;

describe("grains begin where the time zone's days do", () => {
	const prompt = (iso: string) => ({
		timeUnixNano: nanoseconds(iso),
		attributes: [text("event.name", "user_prompt"), text("session.id", "daylight")],
	});
	const asked = async (query: string) =>
		(await server.get<{ rows: Rows }>(`/api/v1/usage?measure=prompts&where=session:daylight&${query}`)).rows.map((row) => [
			row["time"],
			row["prompts"],
		]);

	test("the day that daylight saving ends has 25 hours", async () => {
		// In Berlin 2026-10-25 lasts from 22:00Z the day before until 23:00Z.
		const hours = Array.from({ length: 27 }, (_, i) => new Date(Date.UTC(2026, 9, 24, 21, 30) + i * 3_600_000).toISOString());
		await sendJson("/v1/logs", { resourceLogs: [{ scopeLogs: [{ logRecords: hours.map(prompt) }] }] });
		await server.settle();
		const period = "from=2026-10-20&to=2026-10-30";
		expect(await asked(`${period}&grain=day&tz=Europe/Berlin`)).toEqual([
			["2026-10-23T22:00:00.000Z", 1],
			["2026-10-24T22:00:00.000Z", 25],
			["2026-10-25T23:00:00.000Z", 1],
		]);
		expect(await asked(`${period}&grain=day`)).toEqual([
			["2026-10-24T00:00:00.000Z", 3],
			["2026-10-25T00:00:00.000Z", 24],
		]);
		expect(await asked(`${period}&grain=hour&tz=Europe/Berlin`)).toEqual(hours.map((iso) => [iso.replace(":30:", ":00:"), 1]));
		expect(await asked(`${period}&grain=hour&tz=Asia/Kolkata`)).toEqual(hours.map((iso) => [iso, 1]));
		expect(await asked(`${period}&grain=week&tz=Europe/Berlin`)).toEqual([
			["2026-10-18T22:00:00.000Z", 26],
			["2026-10-25T23:00:00.000Z", 1],
		]);
		expect(await asked(`${period}&grain=month&tz=Europe/Berlin`)).toEqual([["2026-09-30T22:00:00.000Z", 27]]);
		expect((await asked(`${period}&grain=minute`)).length).toBe(27);
		// The end is exclusive.
		expect(await asked(`from=${hours[0]}&to=${hours[1]}&grain=none`)).toEqual([[undefined, 1]]);
	});
});

describe("cumulative points become what was added", () => {
	let turn = 0;
	type Point = { readonly start: number; readonly at: number; readonly value: number };
	const base = Date.now() - 3_600_000;
	const sumOf = (session: string, points: readonly Point[], temporality: number) => ({
		resourceMetrics: [
			{
				scopeMetrics: [
					{
						metrics: [
							{
								name: "claude_code.commit.count",
								sum: {
									aggregationTemporality: temporality,
									isMonotonic: true,
									dataPoints: points.map(({ start, at, value }) => ({
										startTimeUnixNano: `${base + start}000000`,
										timeUnixNano: `${base + at}000000`,
										asInt: String(value),
										attributes: [text("session.id", session)],
									})),
								},
							},
						],
					},
				],
			},
		],
	});
	const commits = async (session: string): Promise<number> => {
		await server.settle();
		return Number((await ask(`measure=commits&where=session:${session}`))[0]?.["commits"] ?? 0);
	};

	/** Processes of one session, each counting from nothing: what each reached adds up. */
	const processes = fc
		.array(fc.array(fc.nat(9), { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 })
		.chain((growths) => {
			const points = growths.flatMap((steps, process) => {
				let value = 0;
				return steps.map((step, i): Point => {
					value += step;
					return { start: process, at: process * 1000 + i * 10 + 1, value };
				});
			});
			const total = growths.flat().reduce((sum, step) => sum + step, 0);
			return fc.record({
				total: fc.constant(total),
				requests: fc.shuffledSubarray([...points, ...points], { minLength: points.length * 2, maxLength: points.length * 2 }),
			});
		});

	test("in any order, with retries, after restarts of the process (R6)", async () => {
		await fc.assert(
			fc.asyncProperty(processes, async ({ total, requests }) => {
				const session = `cumulative-${++turn}`;
				const half = Math.ceil(requests.length / 2);
				await sendJson("/v1/metrics", sumOf(session, requests.slice(0, half), 2));
				await sendJson("/v1/metrics", sumOf(session, requests.slice(half), 2));
				expect(await commits(session)).toBe(total);
			}),
			{ numRuns: 25, endOnFailure: true },
		);
	});

	test("a delta point that is sent again counts once, two of one value at two times count twice", async () => {
		const point = { start: 0, at: 10, value: 3 };
		await sendJson("/v1/metrics", sumOf("delta", [point, point, { start: 10, at: 20, value: 3 }], 1));
		await sendJson("/v1/metrics", sumOf("delta", [{ start: 10, at: 20, value: 3 }], 1));
		expect(await commits("delta")).toBe(6);
	});

	test("what a process had counted before the period is not counted in it", async () => {
		await sendJson(
			"/v1/metrics",
			sumOf(
				"long",
				[
					{ start: 0, at: 1000, value: 5 },
					{ start: 0, at: 60_000, value: 7 },
				],
				2,
			),
		);
		await server.settle();
		const from = new Date(base + 30_000).toISOString();
		const { rows } = await server.get<{ rows: Rows }>(`/api/v1/usage?measure=commits&where=session:long&from=${from}`);
		expect(rows[0]!["commits"]).toBe(2);
	});
});

describe("what a version can't say is said", () => {
	const notes = async (query: string): Promise<string[]> =>
		(await server.get<{ meta: { notes: string[] } }>(`/api/v1/usage?from=2025-01-01&${query}`)).meta.notes;

	test("only versions in the answer are named, and only for what it reads (R13)", async () => {
		const cost = await notes("measure=cost_usd");
		expect(cost).toContainEqual(expect.stringMatching(/before 2\.1\.214; here 2\.0\.60, 1\.0\.60\.$/));
		expect(cost.join()).not.toContain("Prometheus");
		expect(await notes("measure=cost_usd&where=version:2.1.329")).toEqual([]);
		expect(await notes("measure=active_users")).toEqual([]);
		expect((await notes("measure=lines_added&by=model")).join()).toContain("before 2.1.172");
	});
	test("nothing of an empty period", async () => {
		expect(
			(await server.get<{ meta: object }>("/api/v1/usage?measure=cost_usd&from=2024-01-01&to=2024-02-01")).meta,
		).toMatchObject({
			notes: [],
		});
	});
});
