import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EventRecord, logsOf, metricsOf, type Point, type Values } from "../../scripts/otlp-json.ts";
import { namedQueries } from "../src/queries/named/index.ts";
import { type Column, compileNamed, filtersOfQuery } from "../src/semantic/named-query.ts";
import { sql } from "../src/sql.ts";
import type { Store } from "../src/store/store.ts";
import { startPurser, type TestPurser, until } from "./purser.ts";
import { readRecordings, totals } from "./recordings.ts";
import { post, replay } from "./send.ts";

type Rows = Record<string, number | string | null>[];
type Answer = { readonly rows: Rows; readonly meta: Readonly<Record<string, unknown>> };

const ask = (server: TestPurser, name: string, query: string): Promise<Answer> =>
	server.get<Answer>(`/api/v1/queries/${name}?${query}`);
const sum = (rows: Rows, column: string): number => rows.reduce((total, row) => total + Number(row[column]), 0);
async function refused(server: TestPurser, path: string): Promise<readonly [number, string]> {
	const response = await fetch(`http://${server.web}/api/v1/queries/${path}`);
	expect(response.headers.get("content-type")).toContain("application/problem+json");
	return [response.status, ((await response.json()) as { detail: string }).detail];
}

/** The type of a column in the engine, and in an answer. */
const engineType = ({ type, nullable }: Column): RegExp => {
	const string = "(?:String|LowCardinality\\(String\\))";
	const name = { text: string, time: string, date: string, integer: "U?Int64", number: "Float64" }[type];
	return new RegExp(nullable ? `^Nullable\\(${name}\\)$` : `^${name}$`);
};
function expectCell({ type, nullable }: Column, value: unknown): void {
	if (value === null) expect(nullable).toBe(true);
	else if (type === "integer") expect(Number.isInteger(value)).toBe(true);
	else if (type === "number") expect(value).toBeTypeOf("number");
	else if (type === "time") expect(value).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
	else if (type === "date") expect(value).toMatch(/^\d{4}-\d\d-\d\d$/);
	else expect(value).toBeTypeOf("string");
}

describe("over the recordings of real clients", () => {
	let server: TestPurser;
	const all = "from=2025-01-01&limit=100000";
	beforeAll(async () => {
		server = await startPurser();
		await replay(readRecordings(), server);
		await server.settle();
	});
	afterAll(() => server.stop());

	for (const query of namedQueries) {
		test(`${query.name} has the columns that it says`, async () => {
			const asked = { fromMs: Date.parse("2025-01-01"), toMs: Date.now(), tz: "Europe/Berlin", where: [], limit: 10 };
			const { sql: question, parameters } = compileNamed(query, asked);
			const { store } = server.purser.health.store() as unknown as { store: Store };
			const described = await store.rows<{ name: string; type: string }>(sql`DESCRIBE (${question})`, parameters);
			expect(described.map(({ name }) => name)).toEqual(Object.keys(query.columns));
			for (const { name, type } of described) expect(type, name).toMatch(engineType(query.columns[name]!));

			const { rows, meta } = await ask(server, query.name, query.name === "dormant_people" ? `${all}&to=2027-01-01` : all);
			expect(rows.length).toBeGreaterThan(0);
			for (const row of rows) {
				expect(Object.keys(row)).toEqual(Object.keys(query.columns));
				for (const [name, value] of Object.entries(row)) expectCell(query.columns[name]!, value);
			}
			expect(meta["sentence"]).toBe(query.question);
			const csv = await (await fetch(`http://${server.web}/api/v1/queries/${query.name}?${all}&format=csv`)).text();
			expect(csv.split("\r\n")[0]).toBe(Object.keys(query.columns).join(","));
		});

		test(`${query.name} can be filtered by what it says`, async () => {
			const { rows: whole } = await ask(server, query.name, `${all}&to=2027-01-01`);
			for (const dimension of filtersOfQuery(query).map((name) => (name === "label.KEY" ? "label.who" : name))) {
				const { rows: none } = await ask(server, query.name, `${all}&to=2027-01-01&where=${dimension}:nowhere`);
				if (query.name === "session_lengths") expect(sum(none, "sessions")).toBe(0);
				else expect(none, dimension).toEqual([]);
			}
			expect((await ask(server, query.name, `${all}&to=2027-01-01&where=version!:nowhere`)).rows).toEqual(whole);
			expect((await refused(server, `${query.name}?where=colour:red`))[1]).toContain('cannot be filtered by "colour"');
		}, 60_000);
	}

	test("they count what the accounts count", async () => {
		const rowsOf = async (name: string) => (await ask(server, name, all)).rows;
		const { rows: usage } = await server.get<Answer>(
			`/api/v1/usage?${all}&measure=active_users,sessions,cost_usd,api_requests,tool_calls,tool_failures,tool_accepts,tool_rejects,commits,cache_read_tokens,tokens`,
		);
		const [total] = usage as [Rows[number]];
		expect(sum(await rowsOf("session_lengths"), "sessions")).toBe(totals.all["sessions"]);
		expect((await rowsOf("active_people"))[0]!["dau"]).toBe(total["active_users"]);
		expect((await rowsOf("cohorts"))[0]!["people"]).toBe(total["active_users"]);
		const hours = await rowsOf("heat_map");
		expect(sum(hours, "prompts")).toBe(totals.all["prompts"]);
		expect(sum(hours, "api_requests")).toBe(total["api_requests"]);
		expect(sum(hours, "tool_calls")).toBe(totals.all["tool_calls"]);
		expect(sum(await rowsOf("tool_failures"), "failures")).toBe(totals.all["tool_failures"]);
		expect(sum(await rowsOf("retry_exhaustion"), "api_errors")).toBe(totals.all["api_errors"]);
		expect(sum(await rowsOf("permission_waits"), "decisions")).toBe(
			Number(total["tool_accepts"]) + Number(total["tool_rejects"]),
		);
		expect(sum(await rowsOf("cache_economics"), "cache_read_tokens")).toBe(total["cache_read_tokens"]);
		for (const name of ["cost_per_outcome", "subagent_share", "ramp"])
			expect(sum(await rowsOf(name), "cost_usd"), name).toBeCloseTo(Number(total["cost_usd"]), 6);
		const ofSessions = Number(total["cost_usd"]) - totals.all["no_session_cost_usd"]!;
		expect(sum(await rowsOf("busiest_sessions"), "cost_usd")).toBeCloseTo(ofSessions, 6);
		expect(sum(await rowsOf("cost_per_outcome"), "commits")).toBe(total["commits"]);
		expect(sum(await rowsOf("ramp"), "prompts")).toBe(totals.all["prompts"]);
		expect(sum(await rowsOf("subagent_share"), "cost_share")).toBeCloseTo(1, 9);
	});

	test("what recordings report about compaction, extensions, permissions and versions", async () => {
		const rowsOf = async (name: string, query = "") => (await ask(server, name, `${all}${query}`)).rows;
		expect(await rowsOf("compaction")).toEqual([
			expect.objectContaining({
				trigger: "manual",
				compactions: 1,
				failures: 0,
				before_avg_tokens: 3020,
				after_avg_tokens: 2815,
			}),
		]);
		const things = (await rowsOf("inventory")).map((row) => `${row["kind"]} ${row["name"]}`);
		for (const thing of ["skill greet", "skill ship", "plugin cc-plugin-diff", "mcp_server wiki"])
			expect(things).toContain(thing);
		const asked = (await rowsOf("permission_waits")).filter((row) => String(row["decision_source"]).startsWith("user_"));
		expect(asked.map((row) => row["decision_source"]).toSorted()).toEqual(["user_permanent", "user_reject", "user_temporary"]);
		for (const row of asked) expect(row["wait_p50_ms"]).toBeGreaterThan(100);
		const versions = (await rowsOf("version_spread", "&where=service:claude-code")).map((row) => row["version"]);
		expect(versions.toSorted()).toEqual(["1.0.60", "2.0.60", "2.1.329"]);
		expect((await rowsOf("subagent_share")).find((row) => row["query_source"] === "subagent")?.["agent_name"]).toBe(
			"general-purpose",
		);
	});

	test("what is unknown is named, with what is known", async () => {
		expect(await refused(server, "who_is_best?from=-7d")).toEqual([
			404,
			expect.stringMatching(/"who_is_best".*active_people, cohorts/),
		]);
		expect(await refused(server, "cohorts?colour=red")).toEqual([
			400,
			expect.stringMatching(/no parameter "colour".*from, to, tz/),
		]);
		expect(await refused(server, "dormant_people?days=0")).toEqual([400, expect.stringContaining("days")]);
		expect(await refused(server, "cohorts?tz=Mars/Olympus")).toEqual([400, expect.stringContaining("IANA")]);
		expect(await refused(server, "tool_failures?where=model:x")).toEqual([400, expect.stringContaining("It can by: person")]);
		const { queries } = await server.get<{
			queries: { name: string; sentence: string; columns: object[]; parameters: object[] }[];
		}>("/api/v1/queries");
		expect(queries.map(({ name }) => name)).toEqual(namedQueries.map(({ name }) => name));
		for (const { sentence, columns, parameters } of queries) {
			expect(sentence).toMatch(/^[A-Z].*\?$/);
			expect(columns[0]).toMatchObject({
				name: expect.any(String),
				type: expect.any(String),
				brief: expect.stringMatching(/\.$/),
			});
			expect(parameters[0]).toMatchObject({ name: "from", default: expect.any(String) });
		}
		const { paths } = await server.get<{ paths: Record<string, { get: { parameters: { name: string }[] } }> }>("/openapi.json");
		const own = paths["/api/v1/queries/dormant_people"]!.get.parameters.map(({ name }) => name);
		expect(own).toEqual(["from", "to", "tz", "where", "days", "limit", "format"]);
	});

	test("notes say what the versions in an answer get wrong", async () => {
		const notesOf = async (query: string) => (await ask(server, "cost_per_outcome", `${all}&${query}`)).meta["notes"] as string[];
		const usage = await server.get<Answer>(
			`/api/v1/usage?${all}&measure=cost_usd,commits,pull_requests,lines_added,lines_removed`,
		);
		const known = usage.meta["notes"] as string[];
		expect(known.length).toBeGreaterThan(0);
		expect(await notesOf("")).toEqual(expect.arrayContaining(known));
	});

	test("a limit cuts and says so", async () => {
		const { rows, meta } = await ask(server, "busiest_sessions", `${all.replace("100000", "3")}`);
		expect(rows.length).toBe(3);
		expect(meta["notes"]).toContain("These are the first 3 rows.");
	});
});

test("without any data there are no rows, or zeros", async () => {
	const server = await startPurser();
	try {
		for (const { name } of namedQueries) {
			for (const query of [
				"",
				"from=2026-03-29&to=2026-03-30&tz=Europe/Berlin",
				"from=2026-04-05&to=2026-04-06&tz=Australia/Lord_Howe",
				"from=1990-01-01&to=now&tz=Pacific/Kiritimati",
				"from=2026-05-01&to=2026-05-01",
				"from=2026-05-02&to=2026-05-01",
			]) {
				const { rows } = await ask(server, name, query);
				if (name === "session_lengths") expect(sum(rows, "sessions")).toBe(0);
				else expect(rows).toEqual([]);
			}
		}
	} finally {
		await server.stop();
	}
}, 60_000);

describe("worked out by hand", () => {
	let server: TestPurser;
	beforeAll(async () => {
		server = await startPurser();
	});
	afterAll(() => server.stop());

	const resource: Values = { "service.name": "claude-code", "service.version": "2.1.329" };
	/** Each test has its own label, so that all of them ask one server. */
	const labelled = (label: string) => {
		const events: EventRecord[] = [];
		const points: Point[] = [];
		const own = (person: string, attributes: Values): Values => ({
			case: label,
			"user.email": `${person}@${label}.example`,
			"session.id": `${label}-${person}`,
			...attributes,
		});
		const event = (name: string, person: string, at: string, attributes: Values = {}) => {
			events.push({ at: Date.parse(at), event: name, attributes: { ...own(person, attributes), "event.name": name } });
		};
		return {
			event,
			prompt: (person: string, ...times: readonly string[]) => {
				for (const at of times) event("user_prompt", person, at);
			},
			active: (person: string, at: string, seconds: number, attributes: Values = {}) => {
				const name = "claude_code.active_time.total";
				points.push({
					at: Date.parse(at),
					name,
					unit: "s",
					value: seconds,
					attributes: { ...own(person, attributes), type: "cli" },
				});
			},
			send: async () => {
				const json = { "content-type": "application/json" };
				const records = { resource, events, points };
				for (const [path, body] of [
					["/v1/logs", logsOf(records)],
					["/v1/metrics", metricsOf(records)],
				] as const) {
					const { status } = await post(`http://${server.http}${path}`, json, Buffer.from(JSON.stringify(body)));
					expect(status).toBe(200);
				}
				await server.settle();
			},
			ask: async (name: string, query: string) => (await ask(server, name, `where=label.case:${label}&${query}`)).rows,
			who: (person: string) => `${person}@${label}.example`,
		};
	};

	test("active people: windows slide by days of the time zone", async () => {
		const { prompt, active, event, send, ask } = labelled("active");
		prompt("ana", "2026-08-20T10:00:00Z");
		prompt("ben", "2026-09-05T10:00:00Z");
		prompt("cleo", "2026-09-10T10:00:00Z", "2026-09-10T11:00:00Z");
		// Half an hour before and after midnight in Berlin.
		prompt("dara", "2026-09-10T21:30:00Z", "2026-09-10T22:30:00Z");
		prompt("elif", "2026-08-11T10:00:00Z");
		active("finn", "2026-08-12T10:00:00Z", 5);
		// Neither a counter that adds nothing nor a program that starts is activity.
		active("gita", "2026-09-12T10:00:00Z", 0);
		event("plugin_loaded", "gita", "2026-09-12T10:00:00Z");
		await send();
		expect(await ask("active_people", "from=2026-09-09T22:00:00Z&to=2026-09-12T22:00:00Z&tz=Europe/Berlin")).toEqual([
			{ day: "2026-09-10", dau: 2, wau: 3, mau: 5, stickiness: 0.4 },
			{ day: "2026-09-11", dau: 1, wau: 3, mau: 4, stickiness: 0.25 },
			{ day: "2026-09-12", dau: 0, wau: 2, mau: 4, stickiness: 0 },
		]);
		expect(await ask("active_people", "from=2026-09-10&to=2026-09-12")).toEqual([
			{ day: "2026-09-10", dau: 2, wau: 3, mau: 5, stickiness: 0.4 },
			{ day: "2026-09-11", dau: 0, wau: 3, mau: 4, stickiness: 0 },
		]);
	});

	test("active people: days are listed on which no person came and none left a window", async () => {
		const { prompt, send, ask } = labelled("quiet");
		prompt("ana", "2026-03-01T10:00:00Z");
		await send();
		const rows = await ask("active_people", "from=2026-03-03&to=2026-04-30");
		const quiet = { dau: 0, mau: 1, stickiness: 0 };
		expect(rows).toEqual(
			Array.from({ length: 28 }, (_, i) => i + 3).map((date) => ({
				day: `2026-03-${String(date).padStart(2, "0")}`,
				wau: date <= 7 ? 1 : 0,
				...quiet,
			})),
		);
	});

	test("cohorts: people by first week, and who came back", async () => {
		const { prompt, send, ask } = labelled("cohorts");
		prompt("ana", "2026-10-06T10:00:00Z", "2026-10-13T10:00:00Z", "2026-10-20T10:00:00Z", "2026-10-20T11:00:00Z");
		prompt("ben", "2026-10-07T10:00:00Z", "2026-10-25T22:30:00Z");
		prompt("cleo", "2026-10-13T10:00:00Z");
		// A Sunday in London, a Monday in Berlin.
		prompt("dara", "2026-10-11T22:30:00Z");
		// Not new: was here a month before.
		prompt("elif", "2026-09-01T10:00:00Z", "2026-10-06T10:00:00Z");
		await send();
		// Clocks go back on the last day of the period.
		expect(await ask("cohorts", "from=2026-10-04T22:00:00Z&to=2026-10-25T23:00:00Z&tz=Europe/Berlin")).toEqual([
			{ cohort: "2026-10-05", week: 0, people: 2, active: 2, share: 1 },
			{ cohort: "2026-10-05", week: 1, people: 2, active: 1, share: 0.5 },
			{ cohort: "2026-10-05", week: 2, people: 2, active: 2, share: 1 },
			{ cohort: "2026-10-12", week: 0, people: 2, active: 2, share: 1 },
			{ cohort: "2026-10-12", week: 1, people: 2, active: 0, share: 0 },
		]);
		expect((await ask("cohorts", "from=2026-10-05&to=2026-10-12")).map((row) => row["people"])).toEqual([3]);
	});

	test("ramp: cost and prompts by week since a person was first seen", async () => {
		const { event, prompt, send, ask, who } = labelled("ramp");
		const cost = (at: string, usd: number) => event("api_request", "ana", at, { cost_usd: usd, model: "m", request_id: at });
		cost("2026-10-01T10:00:00Z", 1);
		cost("2026-10-07T10:00:00Z", 2);
		cost("2026-10-08T10:00:00Z", 4);
		cost("2026-10-09T10:00:00Z", 0.5);
		prompt("ana", "2026-10-08T09:00:00Z", "2026-10-08T12:00:00Z");
		prompt("ben", "2026-10-14T23:59:59Z");
		await send();
		expect(await ask("ramp", "from=2026-10-05&to=2026-10-15")).toEqual([
			{ person: who("ana"), first_seen: "2026-10-01", tenure_days: 13, week: 0, active_days: 1, cost_usd: 2, prompts: 0 },
			{ person: who("ana"), first_seen: "2026-10-01", tenure_days: 13, week: 1, active_days: 2, cost_usd: 4.5, prompts: 2 },
			{ person: who("ben"), first_seen: "2026-10-14", tenure_days: 0, week: 0, active_days: 1, cost_usd: 0, prompts: 1 },
		]);
	});

	test("dormant people: active in the period, but not in its last days", async () => {
		const { prompt, send, ask, who } = labelled("dormant");
		prompt("ana", "2026-09-17T00:00:00.000Z");
		prompt("ben", "2026-09-17T00:00:00.001Z");
		prompt("cleo", "2026-07-10T23:30:00Z", "2026-08-01T12:00:00Z");
		prompt("dara", "2026-06-20T12:00:00Z");
		// What happens after the period is not known in it.
		prompt("elif", "2026-08-05T00:00:00Z", "2026-10-02T12:00:00Z");
		await send();
		const period = "from=2026-07-01&to=2026-10-01";
		const cleo = {
			person: who("cleo"),
			last_active: "2026-08-01T12:00:00.000Z",
			silent_days: 60,
			first_active: "2026-07-10T23:30:00.000Z",
			active_days: 2,
		};
		const rows = await ask("dormant_people", period);
		expect(rows.map((row) => [row["person"], row["silent_days"]])).toEqual([
			[who("cleo"), 60],
			[who("elif"), 57],
			[who("ana"), 14],
		]);
		expect(rows[0]).toEqual(cleo);
		expect(await ask("dormant_people", `${period}&days=60`)).toEqual([cleo]);
		expect(await ask("dormant_people", "from=2026-07-01&to=2026-10-03")).not.toContainEqual(
			expect.objectContaining({ person: who("elif") }),
		);
	});

	test("heat map: an hour that comes twice is one, one that is left out is empty", async () => {
		const { prompt, event, send, ask } = labelled("heat");
		const hours = (from: string, count: number) =>
			Array.from({ length: count }, (_, i) => new Date(Date.parse(from) + i * 3_600_000).toISOString());
		// The Sundays on which clocks change in Berlin: one of 25 hours, one of 23.
		prompt("ana", ...hours("2026-10-24T22:15:00Z", 25));
		prompt("ana", ...hours("2026-03-28T23:15:00Z", 23));
		event("tool_result", "ben", "2026-10-26T08:59:59Z", { tool_name: "Bash", success: "true" });
		event("api_request", "ana", "2026-10-26T08:00:00Z", { model: "m", request_id: "heat" });
		event("api_request", "ana", "2026-10-26T08:00:01Z", { model: "m", request_id: "heat" });
		await send();
		const sunday = async (period: string) =>
			(await ask("heat_map", `${period}&tz=Europe/Berlin`)).map((row) => [row["weekday"], row["hour"], row["prompts"]]);
		const day = Array.from({ length: 24 }, (_, hour) => [7, hour, hour === 2 ? 2 : 1]);
		expect(await sunday("from=2026-10-24T22:00:00Z&to=2026-10-25T23:00:00Z")).toEqual(day);
		const short = day.filter(([, hour]) => hour !== 2);
		expect(await sunday("from=2026-03-28T23:00:00Z&to=2026-03-29T22:00:00Z")).toEqual(short);
		expect(await ask("heat_map", "from=2026-10-26&to=2026-10-27&tz=Europe/Berlin")).toEqual([
			{ weekday: 1, hour: 9, prompts: 0, api_requests: 1, tool_calls: 1, people: 2 },
		]);
	});

	test("session lengths: by events, else by points, and not what only started", async () => {
		const { event, active, send, ask } = labelled("lengths");
		const lasting = (id: string, ...times: readonly string[]) => {
			for (const at of times) event("user_prompt", "ana", `2026-09-15T${at}Z`, { "session.id": id });
		};
		lasting("lengths-once", "08:00:00");
		lasting("lengths-short", "08:00:00", "08:00:59.999");
		lasting("lengths-minute", "08:00:00", "08:00:30", "08:01:00");
		lasting("lengths-long", "08:00:00", "17:00:00");
		active("ana", "2026-09-15T08:30:00Z", 3, { "session.id": "lengths-short" });
		active("ben", "2026-09-15T08:00:00Z", 3, { "session.id": "lengths-points" });
		active("ben", "2026-09-15T08:10:00Z", 3, { "session.id": "lengths-points" });
		event("plugin_loaded", "cleo", "2026-09-15T08:00:00Z", { "session.id": "lengths-started" });
		await send();
		const rows = await ask("session_lengths", "from=2026-09-15&to=2026-09-16");
		expect(rows.map((row) => [row["bucket"], row["sessions"], row["share"], row["people"]])).toEqual([
			["under 1 min", 2, 0.4, 1],
			["1 to 5 min", 1, 0.2, 1],
			["5 to 15 min", 1, 0.2, 1],
			["15 to 30 min", 0, 0, 0],
			["30 to 60 min", 0, 0, 0],
			["1 to 2 h", 0, 0, 0],
			["2 to 4 h", 0, 0, 0],
			["4 to 8 h", 0, 0, 0],
			["8 h and more", 1, 0.2, 1],
		]);
		expect(rows[1]).toMatchObject({ from_seconds: 60, to_seconds: 300 });
		expect(rows[8]).toMatchObject({ from_seconds: 28_800, to_seconds: null });
	});

	test("tool failures: by tool and kind of error, against all calls of the tool", async () => {
		const { event, send, ask } = labelled("failures");
		const call = (person: string, tool: string, at: string, success: string | boolean, error?: string) =>
			event("tool_result", person, `2026-09-15T${at}Z`, { tool_name: tool, success, error_type: error });
		call("ana", "Bash", "08:00:00", "false", "ShellError");
		call("ben", "Bash", "08:01:00", false, "ShellError");
		call("ana", "Bash", "08:02:00", "false", "TimeoutError");
		call("ana", "Bash", "08:03:00", "true");
		call("ana", "Read", "08:04:00", true);
		call("ana", "Read", "08:05:00", "false");
		await send();
		expect(await ask("tool_failures", "from=2026-09-15&to=2026-09-16")).toEqual([
			row("Bash", "ShellError", 2, 4, 0.5, 2, "08:01:00"),
			row("Bash", "TimeoutError", 1, 4, 0.25, 1, "08:02:00"),
			row("Read", "", 1, 2, 0.5, 1, "08:05:00"),
		]);
		function row(tool: string, kind: string, failures: number, calls: number, ratio: number, people: number, at: string) {
			const last_failure = `2026-09-15T${at}.000Z`;
			return {
				tool,
				error_type: kind,
				failures,
				tool_calls: calls,
				failure_ratio: ratio,
				people,
				sessions: people,
				last_failure,
			};
		}
	});

	test("retry exhaustion: a session stalled when nothing succeeded after its last failure", async () => {
		const { event, send, ask } = labelled("retries");
		const at = (time: string) => `2026-09-15T${time}Z`;
		const fail = (session: string, time: string, status: number, attempt: number) =>
			event("api_error", session, at(time), { status_code: status, attempt, model: "m" });
		const succeed = (session: string, time: string) =>
			event("api_request", session, at(time), { model: "m", request_id: `${session}-${time}` });
		fail("recovered", "08:00:00", 529, 11);
		event("api_retries_exhausted", "recovered", at("08:00:00"), { status_code: 529, total_attempts: 11 });
		succeed("recovered", "08:00:05");
		succeed("stalled", "08:00:00");
		// A client that does not send api_retries_exhausted.
		fail("stalled", "08:01:00", 529, 3);
		fail("refused", "08:00:00", 401, 1);
		fail("twice", "08:00:00", 529, 1);
		succeed("twice", "08:00:30");
		fail("twice", "08:01:00", 401, 1);
		fail("later", "08:30:00", 529, 1);
		succeed("later", "09:30:00");
		succeed("well", "08:00:00");
		await send();
		expect(await ask("retry_exhaustion", "from=2026-09-15T08:00:00Z&to=2026-09-15T09:00:00Z")).toEqual([
			{
				status_code: "529",
				sessions: 3,
				stalled: 2,
				recovered: 1,
				stalled_ratio: 2 / 3,
				api_errors: 3,
				retries_exhausted: 2,
				people: 3,
				recovery_p50_ms: 5000,
				last_failure: "2026-09-15T08:30:00.000Z",
			},
			{
				status_code: "401",
				sessions: 2,
				stalled: 2,
				recovered: 0,
				stalled_ratio: 1,
				api_errors: 3,
				retries_exhausted: 0,
				people: 2,
				recovery_p50_ms: null,
				last_failure: "2026-09-15T08:01:00.000Z",
			},
		]);
	});

	test("permission waits: from what became of the request before, to the decision", async () => {
		const { event, send, ask } = labelled("permissions");
		const at = (time: string) => `2026-09-15T08:00:${time}Z`;
		event("api_request", "ana", at("00"), { model: "m", request_id: "permissions-1" });
		event("tool_decision", "ana", at("04"), {
			request_id: "permissions-1",
			tool_name: "Bash",
			decision: "accept",
			source: "user_temporary",
		});
		event("tool_result", "ana", at("10"), { request_id: "permissions-1", tool_name: "Bash", success: true });
		event("tool_decision", "ana", at("12"), {
			request_id: "permissions-1",
			tool_name: "Edit",
			decision: "accept",
			source: "user_temporary",
		});
		event("tool_decision", "ben", at("20"), { tool_name: "Edit", decision: "reject", source: "config" });
		await send();
		const nothing = { timed: 0, wait_p50_ms: null, wait_p95_ms: null, wait_seconds: 0 };
		expect(await ask("permission_waits", "from=2026-09-15&to=2026-09-16")).toEqual([
			expect.objectContaining({
				decision_source: "user_temporary",
				decision: "accept",
				decisions: 2,
				people: 1,
				timed: 2,
				wait_seconds: 6,
			}),
			{ decision_source: "config", decision: "reject", decisions: 1, share: 1 / 3, people: 1, ...nothing },
		]);
	});

	test("top movers: this period against the one before", async () => {
		const { event, send, ask, who } = labelled("movers");
		let id = 0;
		const cost = (person: string, model: string, day: string, usd: number) =>
			event("api_request", person, `2026-${day}T10:00:00Z`, { model, cost_usd: usd, request_id: `movers-${++id}` });
		cost("ana", "m1", "09-30", 9);
		cost("ana", "m1", "10-01", 1);
		cost("ana", "m1", "10-14", 3);
		cost("ben", "m2", "10-07", 5);
		cost("ben", "m2", "10-08", 1);
		cost("cleo", "m1", "10-03", 2);
		cost("cleo", "m1", "10-12", 2);
		const use = (tool: string, ...days: readonly string[]) => {
			for (const day of days) event("tool_result", "ana", `2026-${day}T11:00:00Z`, { tool_name: tool, success: true });
		};
		use("Bash", "10-01", "10-02", "10-09", "10-10", "10-11", "10-12", "10-13");
		use("Edit", "10-09");
		await send();
		const row = (dimension: string, name: string, before: number, now: number, ratio: number | null) => {
			const measure = dimension === "tool" ? "tool_calls" : "cost_usd";
			return { dimension, name, measure, before, now, change: now - before, change_ratio: ratio };
		};
		const rows = [
			row("model", "m2", 5, 1, -0.8),
			row("model", "m1", 3, 5, 2 / 3),
			row("person", who("ben"), 5, 1, -0.8),
			row("person", who("ana"), 1, 3, 2),
			row("tool", "Bash", 2, 5, 1.5),
			row("tool", "Edit", 0, 1, null),
		];
		const period = "from=2026-10-08&to=2026-10-15";
		expect(await ask("top_movers", period)).toEqual(rows);
		expect(await ask("top_movers", `${period}&top=1`)).toEqual([rows[0], rows[2], rows[4]]);
	});

	test("cache economics: what reading saves, what writing and rebuilding cost", async () => {
		const { event, send, ask } = labelled("cache");
		const request = (time: string, id: string, tokens: Values, source = "repl_main_thread") =>
			event("api_request", "ana", `2026-09-15T${time}Z`, { model: "m[1m]", query_source: source, request_id: id, ...tokens });
		request("08:00:00", "cache-1", { input_tokens: 100, cache_creation_tokens: 1000, cache_creation_5m_tokens: 1000 });
		request("08:01:00", "cache-2", {
			input_tokens: 50,
			cache_read_tokens: 1000,
			cache_creation_tokens: 500,
			cache_creation_1h_tokens: 500,
		});
		// A subagent has a context of its own: it has lost nothing.
		request("08:01:30", "cache-3", { input_tokens: 5, cache_creation_tokens: 700 }, "agent:builtin:general-purpose");
		// The cache has expired. Reported twice, counted once.
		request("09:00:00", "cache-4", { input_tokens: 10, cache_creation_tokens: 2000 });
		request("09:00:01", "cache-4", { input_tokens: 10, cache_creation_tokens: 2000 });
		await send();
		const whole = 165 + 1000 + 4200;
		const [row, ...others] = await ask("cache_economics", "from=2026-09-15&to=2026-09-16");
		expect(others).toEqual([]);
		expect(row).toEqual({
			model: "m",
			api_requests: 4,
			input_tokens: 165,
			cache_read_tokens: 1000,
			cache_write_5m_tokens: 3700,
			cache_write_1h_tokens: 500,
			hit_ratio: 1000 / whole,
			read_saved_equivalents: 900,
			write_extra_equivalents: 3700 * 0.25 + 500,
			net_saved_equivalents: 900 - 1425,
			saved_ratio: expect.closeTo(-525 / whole, 9),
			net_saved_usd: null,
			rebuilds: 1,
			rebuilt_tokens: 1500,
			rebuild_equivalents: 1725,
		});
	});

	test("cache economics: in dollars where the model has a price", async () => {
		const { event, send, ask } = labelled("cache-priced");
		const tokens = { input_tokens: 100, cache_read_tokens: 1000, cache_creation_tokens: 200 };
		event("api_request", "ana", "2026-09-15T08:00:00Z", { model: "claude-sonnet-4-6", request_id: "cache-priced", ...tokens });
		await send();
		// A price is known soon after its model: 3 dollars for a million tokens of input.
		const saved = async () => (await ask("cache_economics", "from=2026-09-15&to=2026-09-16"))[0]!["net_saved_usd"];
		await until(async () => (await saved()) !== null, "priced");
		expect(await saved()).toBeCloseTo(((1000 * 0.9 - 200 * 0.25) * 3) / 1e6, 12);
	}, 60_000);

	test("cost per outcome: what a person spent for each commit, pull request and line", async () => {
		const { event, send, ask, who } = labelled("outcome");
		event("api_request", "ana", "2026-09-15T10:00:00Z", { model: "m", cost_usd: 3, request_id: "outcome-1" });
		event("api_request", "ben", "2026-09-15T10:00:00Z", { model: "m", cost_usd: 1, request_id: "outcome-2" });
		await send();
		const points: Point[] = (
			[
				["claude_code.commit.count", 2, {}],
				["claude_code.lines_of_code.count", 20, { type: "added" }],
				["claude_code.lines_of_code.count", 10, { type: "removed" }],
			] as const
		).map(([name, value, attributes]) => ({
			at: Date.parse("2026-09-15T10:01:00Z"),
			name,
			unit: "",
			value,
			attributes: { case: "outcome", "user.email": who("ana"), "session.id": "outcome-ana", ...attributes },
		}));
		const body = Buffer.from(JSON.stringify(metricsOf({ resource, events: [], points })));
		await post(`http://${server.http}/v1/metrics`, { "content-type": "application/json" }, body);
		await server.settle();
		const none = { cost_per_commit_usd: null, cost_per_pull_request_usd: null, cost_per_line_usd: null };
		expect(await ask("cost_per_outcome", "from=2026-09-15&to=2026-09-16")).toEqual([
			{
				person: who("ana"),
				cost_usd: 3,
				commits: 2,
				pull_requests: 0,
				lines_changed: 30,
				...none,
				cost_per_commit_usd: 1.5,
				cost_per_line_usd: 0.1,
			},
			{ person: who("ben"), cost_usd: 1, commits: 0, pull_requests: 0, lines_changed: 0, ...none },
		]);
	});
});
