/** Measures the page's questions over a hundred million events of three months, and the metrics that came with them. */
import { startWithHistory } from "./history.ts";
import { overviewOf } from "./overview.ts";
import { cpuMicros, residentMebibytes } from "./server.ts";
import { print, quantile, rounded } from "./table.ts";

const [events = 100_000_000, runs = 20] = process.argv.slice(2).map(Number);
const days = 90;
const server = await startWithHistory(events, days);

type Events = { rows: { session_id: string; attributes: Record<string, unknown> }[] };
const {
	rows: [one],
} = await server.get<Events>("/api/v1/events?event=assistant_response&limit=1");
const others: Readonly<Record<string, string>> = {
	"active people by day, week and month": `/api/v1/queries/active_people?from=-${days}d&tz=Europe/Berlin`,
	"newest 100 events": "/api/v1/events?limit=100",
	"newest 100 API errors": "/api/v1/events?event=api_error&limit=100",
	"one session's events": `/api/v1/events?session=${one!.session_id}&limit=100`,
	"coverage of a week": "/api/v1/coverage?from=-7d&tz=Europe/Berlin",
	"coverage of four weeks": "/api/v1/coverage?from=-28d&tz=Europe/Berlin",
	"search for a frequent word": "/api/v1/events?q=opus&limit=100",
	"search for a request's id": `/api/v1/events?q=${one!.attributes["request_id"]}&limit=100`,
};

async function timed(paths: readonly string[]): Promise<{ readonly ms: number; readonly cpuMs: number }> {
	const cpu = cpuMicros(server.engine) + cpuMicros(server.front);
	const started = performance.now();
	await Promise.all(paths.map((path) => server.get(path)));
	const ms = performance.now() - started;
	return { ms, cpuMs: (cpuMicros(server.engine) + cpuMicros(server.front) - cpu) / 1000 };
}

async function measure(question: string, paths: readonly string[]) {
	await timed(paths);
	const all = [];
	for (let run = 0; run < runs; run++) all.push(await timed(paths));
	const ms = all.map((each) => each.ms);
	const cpuMs = quantile(
		all.map((each) => each.cpuMs),
		0.5,
	);
	return { question, "p50 ms": rounded(quantile(ms, 0.5), 0), "p95 ms": rounded(quantile(ms, 0.95), 0), "CPU ms": cpuMs };
}

for (const period of [7, 28, days]) {
	const overview = overviewOf(period);
	const rows = [await measure("all at once", Object.values(overview))];
	for (const [question, path] of Object.entries(overview)) rows.push(await measure(question, [path]));
	print(`overview of ${period} days`, rows);
}
const rows = [];
for (const [question, path] of Object.entries(others)) rows.push(await measure(question, [path]));
print("other questions", rows);
type Status = { stored: { events: number; points: number } };
const { stored } = await server.get<Status>("/api/v1/status");
console.log(`${stored.events} events, ${stored.points} points; engine ${residentMebibytes(server.engine).most} MiB at most`);
await server.stop();
