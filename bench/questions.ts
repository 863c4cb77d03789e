/** How long the page's questions take over ten million events of a month, and the metrics that came with them. */
import type { Load } from "./generator.ts";
import { send } from "./send.ts";
import { cpuMicros, residentMebibytes, startServer } from "./server.ts";
import { print, quantile, rounded } from "./table.ts";

const [events = 10_000_000, runs = 20] = process.argv.slice(2).map(Number);
const server = await startServer();
const common = { protocol: "http/protobuf", address: server.http, connections: 16, inFlight: 4, days: 28 } as const;
const loads: Load[] = [
	{ ...common, signal: "logs", perRequest: 100, requests: events / 100 },
	{ ...common, signal: "metrics", perRequest: 0, requests: events / 100 },
];
for (const load of loads) await send(load);
await server.settle();

const usage = (measure: string, more: Readonly<Record<string, string>> = {}) =>
	`/api/v1/usage?${new URLSearchParams({ measure, from: "-28d", tz: "Europe/Berlin", ...more })}`;
const figures =
	"cost_usd,cost_per_active_user_usd,active_users,prompts,sessions,active_seconds,input_tokens,output_tokens,cache_read_tokens," +
	"cache_creation_tokens,commits,pull_requests,lines_added,lines_removed,tool_calls,tool_failures,api_errors,api_error_ratio";
const daily = { grain: "day", limit: "20000" };

/** What dashboard/src/overview asks when it is opened. */
const overview: Readonly<Record<string, string>> = {
	"figures of the period": usage(figures),
	"figures of the period before": usage(figures, { from: "-56d", to: "-28d" }),
	"figures by day": usage(figures, daily),
	"cost by model": usage("cost_usd", { by: "model" }),
	"cost by model and day": usage("cost_usd", { by: "model", ...daily }),
	"active people by day": usage("active_users", daily),
	"sessions by day": usage("sessions", daily),
	"tokens by day": usage("input_tokens,output_tokens", daily),
	"cache tokens by day": usage("cache_read_tokens,cache_creation_tokens", daily),
	tools: usage("tool_calls,tool_failures,tool_duration_p95_ms", { by: "tool", order: "-tool_calls", limit: "200" }),
	"API errors by status and day": usage("api_errors", { by: "status_code", ...daily }),
	"tool failures by kind and day": usage("tool_failures", { by: "error_type", ...daily }),
	"commits and pull requests by day": usage("commits,pull_requests", daily),
	"lines by day": usage("lines_added,lines_removed", daily),
	"cost by repository": usage("cost_usd,active_users,sessions", { by: "repository", order: "-cost_usd", limit: "200" }),
	"cost by team": usage("cost_usd,active_users,sessions", { by: "label.team.id", order: "-cost_usd", limit: "200" }),
};

type Events = { rows: { session_id: string; attributes: Record<string, unknown> }[] };
const {
	rows: [one],
} = await server.get<Events>("/api/v1/events?event=assistant_response&limit=1");
const others: Readonly<Record<string, string>> = {
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

const rows = [await measure("the whole overview at once", Object.values(overview))];
for (const [question, path] of Object.entries({ ...overview, ...others })) rows.push(await measure(question, [path]));
type Status = { stored: { events: number; points: number } };
const { stored } = await server.get<Status>("/api/v1/status");
console.log(`${stored.events} events, ${stored.points} points; engine ${residentMebibytes(server.engine).most} MiB at most`);
print("questions", rows);
await server.stop();
