import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type ClientHttp2Session, connect } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { logsOf } from "../../../scripts/otlp-json.ts";
import { freePorts, type ServerProcess, startServerProcess } from "../process.ts";
import { until } from "../purser.ts";
import { readRecordings } from "../recordings.ts";
import { post, replay } from "../send.ts";

/** A Purser that is attacked, and what must be the same afterwards. */
export type Target = {
	readonly server: ServerProcess;
	readonly web: string;
	readonly http: string;
	readonly sql: string;
	readonly grpc: ClientHttp2Session;
	/** A file with this in it that no input may read, and one that no input may create. */
	readonly secretPath: string;
	readonly secret: string;
	readonly outPath: string;
	/** Returns what is wrong with it now, if anything is. */
	readonly wrong: () => Promise<string | undefined>;
	readonly stop: () => Promise<void>;
};

const maxFrontBytes = 1.2e9;
const maxEngineBytes = 4.5e9;
const person = "known@example.com";
const from = Date.parse("2026-03-01T00:00:00Z");

export async function startTarget(): Promise<Target> {
	const directory = mkdtempSync(join(tmpdir(), "purser-fuzz-"));
	const canaries = join(directory, "canaries");
	mkdirSync(canaries);
	const secret = `secret-${randomBytes(12).toString("hex")}`;
	const secretPath = join(canaries, "secret.csv");
	writeFileSync(secretPath, `${secret}\n`);
	const outPath = join(canaries, "out");
	const sql = `127.0.0.1:${(await freePorts(1))[0]}`;
	const data = join(directory, "data");
	const server = await startServerProcess(data, ["--sql", sql, "--query-timeout-seconds", "10", "--rollup-delay-seconds", "11"]);
	await until(server.isReady, "ready", 60_000);
	await replay(readRecordings().slice(0, 60), server);
	const resource = { "service.name": "claude-code", "service.version": "2.1.329" };
	const events = Array.from({ length: 200 }, (_, i) => ({
		at: from + i * 600_000,
		event: i % 2 ? "user_prompt" : "api_request",
		attributes: {
			"event.name": i % 2 ? "user_prompt" : "api_request",
			"user.email": person,
			"session.id": `known-${i % 7}`,
			cost_usd: 0.01,
			model: "claude-opus-5-5",
			request_id: `known-${i}`,
		},
	}));
	await post(
		`http://${server.http}/v1/logs`,
		{ "content-type": "application/json" },
		Buffer.from(JSON.stringify(logsOf({ resource, events, points: [] }))),
	);
	await server.settled();
	const grpc = connect(`http://${server.grpc}`);
	grpc.on("error", () => undefined);

	const period = "from=2026-03-01&to=2026-03-05";
	const known = async (): Promise<string> => {
		const answers: unknown[] = [];
		for (const path of [
			`usage?${period}&where=person:${person}&measure=cost_usd,prompts,events&by=session`,
			`events?${period}&person=${person}&limit=1000`,
			`sessions?${period}&where=person:${person}&order=first_time`,
		])
			answers.push(((await server.get(`/api/v1/${path}`)) as { rows: unknown }).rows);
		const tables = await fetch(`http://${sql}/`, {
			method: "POST",
			body: "SELECT name, create_table_query FROM system.tables WHERE database = 'default' ORDER BY name",
		});
		answers.push(await tables.text());
		return createHash("sha256").update(JSON.stringify(answers)).digest("hex");
	};
	// Rolled up or not, the answers are the same.
	const before = await known();
	const files = () => readdirSync(canaries).join() + readFileSync(secretPath, "utf8");
	const filesBefore = files();
	const pids = [server.pid, server.enginePid()] as const;

	const wrong = async (): Promise<string | undefined> => {
		if (server.endedByItself()) return "the server ended";
		await server.settled().catch(() => undefined);
		const status = await server.get<Status>("/api/v1/status").catch((error: unknown) => String(error));
		if (typeof status === "string") return `no status: ${status}`;
		if (server.pid !== pids[0] || server.enginePid() !== pids[1] || status.store.restarts > 0)
			return `the engine was started again ${status.store.restarts} times: ${tail(server.log())}`;
		if (status.journal.backlog_records > 0)
			return `${status.journal.backlog_records} records are not loaded: ${tail(server.log())}`;
		if (status.journal.quarantined_records > 0)
			return `${status.journal.quarantined_records} records are quarantined: ${tail(server.log())}`;
		if (status.rollups.failed_hours > 0) return `${status.rollups.failed_hours} hours cannot be rolled up: ${tail(server.log())}`;
		if (files() !== filesBefore) return "a file was read or written that should not be";
		if (server.log().includes(secret)) return "the secret is in the log";
		const [front, engine] = [residentBytes(server.pid), residentBytes(server.enginePid()!)];
		if (front > maxFrontBytes) return `the front has ${Math.round(front / 1e6)} MB`;
		if (engine > maxEngineBytes) return `the engine has ${Math.round(engine / 1e6)} MB`;
		if ((await known()) !== before) return "an answer about others changed";
		return undefined;
	};
	const stop = async () => {
		grpc.destroy();
		await server.kill("SIGTERM");
		rmSync(directory, { recursive: true, force: true });
	};
	return { server, web: server.web, http: server.http, sql, grpc, secretPath, secret, outPath, wrong, stop };
}

type Status = {
	readonly store: { readonly restarts: number };
	readonly journal: { readonly backlog_records: number; readonly quarantined_records: number };
	readonly rollups: { readonly failed_hours: number };
};

const tail = (log: string): string => log.slice(-600);

function residentBytes(pid: number): number {
	const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
	return Number(kilobytes ?? 0) * 1024;
}
