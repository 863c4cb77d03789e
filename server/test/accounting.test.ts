import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rolledUp, startPurser, type TestPurser } from "./purser.ts";
import { post } from "./send.ts";

/**
 * Histories with known totals, reported as clients report them: by events, by counters or by both; deltas or cumulative; in
 * several processes; sent again on another path, out of order, in any split; by a clock that is wrong. Whichever way they are
 * reported, the answers are the known totals.
 */
const histories = Number(process.env["PURSER_HISTORIES"] ?? 2000);

const tokenTypes = ["input", "output", "cacheRead", "cacheCreation"] as const;
const tokenKeys = ["input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens"] as const;
const models = ["claude-opus-5-5", "claude-haiku-5", "claude-opus-5-5[1m]"];

type Request = { readonly micros: number; readonly tokens: readonly number[]; readonly model: number; readonly hasId: boolean };
type Process = { readonly requests: readonly Request[]; readonly cuts: number; readonly temporality: 1 | 2 };
type History = {
	readonly processes: readonly Process[];
	readonly reports: "events" | "counters" | "both";
	/** True if points carry the session. */
	readonly pointsHaveSession: boolean;
	/** Parts of it are sent twice, in other requests. */
	readonly again: boolean;
	/** Points of a cumulative counter that never come; the last one does. */
	readonly gaps: boolean;
	readonly version: number;
	/** Wrong by so much, in ms. */
	readonly skew: number;
	/** When it began, in ms of an hour. */
	readonly begin: number;
};

const request: fc.Arbitrary<Request> = fc.record({
	micros: fc.integer({ min: 1, max: 3_000_000 }),
	tokens: fc.array(fc.nat(200_000), { minLength: 4, maxLength: 4 }),
	model: fc.nat(models.length - 1),
	hasId: fc.boolean(),
});
const history: fc.Arbitrary<History> = fc.record({
	processes: fc.array(
		fc.record({
			requests: fc.array(request, { minLength: 1, maxLength: 6 }),
			cuts: fc.integer({ min: 1, max: 4 }),
			temporality: fc.constantFrom(1 as const, 2 as const),
		}),
		{ minLength: 1, maxLength: 3 },
	),
	reports: fc.constantFrom("events" as const, "counters" as const, "both" as const),
	pointsHaveSession: fc.boolean(),
	again: fc.boolean(),
	gaps: fc.boolean(),
	version: fc.nat(2),
	skew: fc.constantFrom(0, 0, 0, -7_200_000, 600_000),
	begin: fc.nat(3_600_000),
});

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const versions = ["1.0.60", "2.1.100", "2.1.329"];
const nanoseconds = (ms: number) => `${Math.round(ms)}000000`;
type Piece = {
	readonly path: "/v1/logs" | "/v1/metrics";
	readonly version: number;
	readonly record: object;
	readonly key: string;
};

/** All that is sent of a history, in pieces that may come in any order, each as often as it stands there. */
function piecesOf(of: History, i: number, base: number): Piece[] {
	const pieces: Piece[] = [];
	const common = [text("user.email", `person-${i}@example.com`)];
	const session = text("session.id", `session-${i}`);
	const whole = { pieces, common, session, of, i };
	// Processes run one after the other, a quarter of an hour each.
	for (const [p, process] of of.processes.entries()) {
		const start = base + of.begin + of.skew + p * 900_000;
		if (of.reports !== "counters") addEvents(whole, process, p, start);
		if (of.reports !== "events") addCounters(whole, process, start);
	}
	if (of.again) pieces.push(...pieces.filter(({ key }, at) => key !== "" && at % 2 === 0));
	return pieces;
}

type Whole = { pieces: Piece[]; common: object[]; session: object; of: History; i: number };

function addEvents({ pieces, common, session, of, i }: Whole, { requests, cuts }: Process, p: number, start: number): void {
	const perCut = Math.ceil(requests.length / cuts);
	for (const [r, { micros, tokens, model, hasId }] of requests.entries()) {
		const id = hasId ? `req-${i}-${p}-${r}` : "";
		pieces.push({
			path: "/v1/logs",
			version: of.version,
			// A request without an id cannot be recognized as a duplicate: it is not sent on a second path here.
			key: id,
			record: {
				// Counters report it at the end of the minute.
				timeUnixNano: nanoseconds(start + Math.floor(r / perCut) * 60_000 + (r % perCut) * 9000 + 5000),
				attributes: [
					...common,
					session,
					text("event.name", "api_request"),
					text("model", models[model]!.replace("[1m]", "")),
					...(id ? [text(r % 2 ? "request_id" : "client_request_id", id)] : []),
					{ key: "cost_usd", value: { doubleValue: micros / 1e6 } },
					...tokenKeys.map((key, t) => ({ key, value: { intValue: String(tokens[t]) } })),
				],
			},
		});
	}
}

function addCounters({ pieces, common, session, of }: Whole, { requests, cuts, temporality }: Process, start: number): void {
	const attributes = [...common, ...(of.pointsHaveSession ? [session] : [])];
	const perCut = Math.ceil(requests.length / cuts);
	type Series = { readonly metric: string; readonly own: object[]; readonly amount: (request: Request) => number };
	const series: Series[] = models.flatMap((name, model) => [
		{
			metric: "claude_code.cost.usage",
			own: [text("model", name)],
			amount: (each) => (each.model === model ? each.micros / 1e6 : 0),
		},
		...tokenTypes.map((type, t) => ({
			metric: "claude_code.token.usage",
			own: [text("model", name), text("type", type)],
			amount: (each: Request) => (each.model === model ? each.tokens[t]! : 0),
		})),
	]);
	for (const { metric, own, amount } of series) {
		let total = 0;
		let from = start;
		for (let cut = 0; cut * perCut < requests.length; cut++) {
			const added = requests.slice(cut * perCut, (cut + 1) * perCut).reduce((sum, each) => sum + amount(each), 0);
			const at = start + (cut + 1) * 60_000;
			const isLast = (cut + 1) * perCut >= requests.length;
			total += added;
			const value = temporality === 1 ? added : total;
			const point = {
				startTimeUnixNano: nanoseconds(temporality === 1 ? from : start),
				timeUnixNano: nanoseconds(at),
				asDouble: value,
				attributes: [...attributes, ...own],
			};
			from = at;
			if (value === 0 || (temporality === 2 && of.gaps && !isLast)) continue;
			const sum = { aggregationTemporality: temporality, isMonotonic: true, dataPoints: [point] };
			pieces.push({ path: "/v1/metrics", version: of.version, key: "point", record: { name: metric, sum } });
		}
	}
}

type Truth = { micros: number; tokens: number[]; person: string };
const truthOf = ({ processes }: History, i: number): Truth => {
	const all = processes.flatMap(({ requests }) => requests);
	return {
		micros: all.reduce((sum, { micros }) => sum + micros, 0),
		tokens: tokenTypes.map((_, t) => all.reduce((sum, { tokens }) => sum + tokens[t]!, 0)),
		person: `person-${i}@example.com`,
	};
};

/** Shuffles with the same order for the same seed. */
function shuffled<T>(list: readonly T[], seed: number): T[] {
	let state = seed;
	const random = () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
	return list
		.map((value) => ({ value, at: random() }))
		.sort((a, b) => a.at - b.at)
		.map(({ value }) => value);
}

let server: TestPurser;
beforeAll(async () => {
	server = await startPurser({ "rollup-delay-seconds": 0 });
});
afterAll(() => server.stop());

async function send(pieces: readonly Piece[]): Promise<void> {
	for (const [, own] of Map.groupBy(pieces, ({ path, version }) => `${path} ${version}`)) {
		for (let at = 0; at < own.length; at += 500) {
			const { path, version } = own[0]!;
			const records = own.slice(at, at + 500).map(({ record }) => record);
			const resource = { attributes: [text("service.name", "claude-code"), text("service.version", versions[version]!)] };
			const scope = { name: "com.anthropic.claude_code", version: versions[version]! };
			const body =
				path === "/v1/logs"
					? { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: records }] }] }
					: { resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics: records }] }] };
			const { status } = await post(
				`http://${server.http}${path}`,
				{ "content-type": "application/json" },
				Buffer.from(JSON.stringify(body)),
			);
			expect(status).toBe(200);
		}
	}
}

test("any history, reported in any way, is accounted exactly (R3)", async () => {
	const seed = Number(process.env["PURSER_SEED"] ?? 20_261_121);
	const all = fc.sample(history, { numRuns: histories, seed });
	// Each history has hours of its own, and none is the present one.
	const base = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 20 * 3_600_000;
	const pieces = shuffled(
		all.flatMap((of, i) => piecesOf(of, i, base)),
		seed,
	);
	const half = Math.floor(pieces.length / 2);
	await send(pieces.slice(0, half));
	await server.settle();
	await rolledUp(server);
	// What comes late is in the very next answer, and in those from rollups that were made again.
	await send(pieces.slice(half));
	await server.settle();
	await expectTruth(all);
	await rolledUp(server);
	await expectTruth(all);
}, 180_000);

async function expectTruth(all: readonly History[]): Promise<void> {
	const measures = ["cost_usd", "tokens", ...tokenKeys];
	const { rows } = await server.get<{ rows: Record<string, number | string>[] }>(
		`/api/v1/usage?measure=${measures.join(",")}&by=person&from=-3d&limit=100000`,
	);
	const found = new Map(rows.map((row) => [row["person"], row]));
	const wrong: object[] = [];
	for (const [i, of] of all.entries()) {
		const { micros, tokens, person } = truthOf(of, i);
		const row = found.get(person) ?? {};
		const is = [Math.round(Number(row["cost_usd"]) * 1e6), ...tokenKeys.map((key) => Number(row[key])), Number(row["tokens"])];
		const should = [micros, ...tokens, tokens.reduce((sum, each) => sum + each, 0)];
		if (is.some((value, at) => value !== should[at])) wrong.push({ person, is, should, of: JSON.stringify(of) });
	}
	expect([wrong.length, wrong.slice(0, 3)]).toEqual([0, []]);
	expect(found.size).toBe(all.length);
	// The whole is the sum of its parts, to the micro-dollar.
	const [total] = (await server.get<{ rows: Record<string, number>[] }>("/api/v1/usage?measure=cost_usd,sessions&from=-3d")).rows;
	const truth = all.reduce((sum, of, i) => sum + truthOf(of, i).micros, 0);
	expect(Math.round(total!["cost_usd"]! * 1e6)).toBe(truth);
	const withSession = all.filter(({ reports, pointsHaveSession }) => reports !== "counters" || pointsHaveSession);
	expect(total!["sessions"]).toBe(withSession.length);
	// And of the times that it is cut into, wherever: what counts does not depend on the period asked for.
	let cuts = 0;
	for (let at = Date.now() - 26 * 3_600_000; at < Date.now(); at += 1.7 * 3_600_000) {
		const period = `from=${new Date(at).toISOString()}&to=${new Date(at + 1.7 * 3_600_000).toISOString()}`;
		const [part] = (await server.get<{ rows: Record<string, number>[] }>(`/api/v1/usage?measure=cost_usd&${period}`)).rows;
		cuts += part?.["cost_usd"] ?? 0;
	}
	expect(Math.round(cuts * 1e6)).toBe(truth);
}
