/**
 * Compares every answer of this build with another checkout's: `node bench/compare-builds.ts ../other --days 90`. Both receive the same
 * requests: the recordings, and the demonstration's history. Doubles are compared to 9 digits, as the order of a sum may differ. The other
 * checkout needs its packages (`npm ci` there). Ends with 1 if an answer differs.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { readRecordings } from "../server/test/recordings.ts";
import { post, replay } from "../server/test/send.ts";
import { type Server, startServer } from "./server.ts";

const { values, positionals } = parseArgs({
	options: { days: { type: "string", default: "90" }, "skip-keys": { type: "string", default: "" } },
	allowPositionals: true,
});
const [other] = positionals;
if (other === undefined) throw new Error("cannot compare: name the directory of another checkout");

// Hours are rolled up soon, under the setting's names of both builds.
process.env["PURSER_ROLLUP_REST"] = "12";
process.env["PURSER_QUERY_SECONDS"] = "10";
const [before, after] = await Promise.all([startServer(undefined, [], other), startServer()]);
const both = [before, after] as const;

/** Starts a receiver that sends every request on to both builds. */
async function startTee(): Promise<{ readonly url: string; readonly close: () => void }> {
	const tee = createServer(async (request, response) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const { "content-type": type = "", "content-encoding": encoding } = request.headers;
		const headers = { "content-type": type, ...(encoding && { "content-encoding": encoding }) };
		const answers = await Promise.all(
			both.map(({ http }) => post(`http://${http}${request.url}`, headers, Buffer.concat(chunks))),
		);
		const worst = answers.reduce((a, b) => (b.status > a.status ? b : a));
		response.writeHead(worst.status, { "content-type": String(worst.headers["content-type"] ?? type) }).end(worst.body);
	}).listen(0, "127.0.0.1");
	await once(tee, "listening");
	return { url: `http://127.0.0.1:${(tee.address() as AddressInfo).port}`, close: () => tee.close() };
}

async function fill(): Promise<void> {
	for (const server of both) await replay(readRecordings(), server);
	const tee = await startTee();
	const demo = new URL("../demo/src/main.ts", import.meta.url).pathname;
	const child = spawn(process.execPath, [demo, "--http", tee.url, "--days", values.days], { stdio: "inherit" });
	await once(child, "exit");
	tee.close();
	for (const server of both) {
		await server.settle();
		const waiting = async () =>
			(await server.get<{ rollups: { waiting_hours: number } }>("/api/v1/status")).rollups.waiting_hours;
		while ((await waiting()) > 0) await new Promise((resolve) => setTimeout(resolve, 500));
	}
}

type Catalog = { readonly measures: readonly { readonly name: string; readonly dimensions: readonly string[] }[] };
type Named = { readonly queries: readonly { readonly name: string }[] };
type Page = { readonly rows: readonly Record<string, unknown>[] };

/** Lists of records and sessions take no time zone. */
const withoutZone = (period: string): string => period.replace(/&tz=.*/, "");

/** Lists questions about everything that the earlier build can answer, on fixed periods. */
async function questions({ get }: Server): Promise<string[]> {
	const to = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000).toISOString();
	const from = new Date(Date.parse(to) - 30 * 86_400_000 - 12_345_678).toISOString();
	const periods = [`from=2025-01-01T00:00:00Z&to=${to}`, `from=${from}&to=${to}&tz=Asia/Kathmandu`];
	const { measures } = await get<Catalog>("/api/v1/catalog");
	const byDimensions = Map.groupBy(measures, ({ dimensions }) => dimensions.join());
	const usage = [...byDimensions.values()].flatMap((group) => {
		const names = group.map(({ name }) => name).join(",");
		const dimensions = group[0]!.dimensions.filter((name) => name !== "label.KEY" && name !== "session");
		const grouped = [...dimensions, "label.team.id"].map((name) => `by=${name}&limit=100000`);
		const all = [...grouped, "grain=day&limit=100000", "grain=week&by=person&limit=100000", "grain=hour&limit=100000"];
		return all.flatMap((rest) => periods.map((period) => `usage?measure=${names}&${rest}&${period}`));
	});
	const { queries } = await get<Named>("/api/v1/queries");
	const { rows } = await get<Page>(`/api/v1/sessions?${periods[0]}&limit=40&order=-cost_usd`);
	const others = periods.flatMap((period) => [
		...queries.map(({ name }) => `queries/${name}?${period}&limit=1000`),
		...["-cost_usd", "last_time", "-prompts"].map((order) => `sessions?${withoutZone(period)}&limit=500&order=${order}`),
		...["day", "person", "model", "version"].map((by) => `reconciliation?by=${by}&${period}`),
		...["events", "points", "spans"].map((records) => `${records}?${withoutZone(period)}&limit=200`),
		`coverage?${period}&limit=1000`,
		`coverage/gaps?${period}`,
	]);
	return [...usage, ...others, ...rows.map(({ id }) => `sessions/${encodeURIComponent(String(id))}?limit=5000`)];
}

/** Members that depend on the clock of the receiver, or are sentences or their ids. */
const skipped = new Set([
	"brief",
	"last_received",
	"most_late_seconds",
	"reasons",
	"received_at",
	"as_of",
	"started_at",
	"next_cursor",
	"notes",
	"text",
	"history_from",
	...values["skip-keys"].split(","),
]);

/** Sorts the rows of a list, as equal times may come in any order; those of the last time may be cut off anywhere. */
function inAnyOrder(question: string, answer: unknown): unknown {
	const { rows } = answer as Partial<Page>;
	if (!rows || !/^(events|points|spans|sessions)\?/.test(question)) return answer;
	const key = (row: Record<string, unknown>) => row["time"] ?? row["start_time"] ?? row["cost_usd"] ?? row["last_time"];
	const kept = rows.filter((row) => key(row) !== key(rows.at(-1)!));
	const shown = (row: object) => JSON.stringify(row, (name, value) => (skipped.has(name) ? undefined : value));
	return { ...(answer as object), rows: kept.map((row) => shown(row)).sort() };
}

/** Returns the path of the first difference of two answers; undefined where they are equal. */
function difference(a: unknown, b: unknown, path = ""): string | undefined {
	if (typeof a === "number" && typeof b === "number") {
		return Number(a.toPrecision(9)) === Number(b.toPrecision(9)) ? undefined : `${path}: ${a} → ${b}`;
	}
	if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
		return a === b ? undefined : `${path}: ${JSON.stringify(a)?.slice(0, 80)} → ${JSON.stringify(b)?.slice(0, 80)}`;
	}
	const keys = new Set([...Object.keys(a), ...Object.keys(b)].filter((key) => !skipped.has(key)));
	for (const key of keys) {
		const found = difference((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], `${path}.${key}`);
		if (found) return found;
	}
	return undefined;
}

try {
	await fill();
	const asked = await questions(before);
	const differing: string[] = [];
	for (const question of asked) {
		const [a, b] = await Promise.all(both.map(({ get }) => get(`/api/v1/${question}`).catch((error: Error) => error.message)));
		const found = difference(inAnyOrder(question, a), inAnyOrder(question, b));
		if (found) differing.push(`${question}\n    ${found}`);
	}
	for (const line of differing.slice(0, 60)) process.stdout.write(`${line}\n`);
	process.stdout.write(`${asked.length} answers compared, ${differing.length} differ\n`);
	process.exitCode = differing.length > 0 ? 1 : 0;
} finally {
	await Promise.all(both.map((server) => server.stop()));
}
