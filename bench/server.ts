import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export type Server = {
	readonly grpc: string;
	readonly http: string;
	readonly web: string;
	readonly data: string;
	readonly front: number;
	readonly engine: number;
	/** From spawning the process to the first 200 of /readyz. */
	readonly readyMs: number;
	readonly get: <Answer>(path: string) => Promise<Answer>;
	/** Waits until nothing that was acknowledged is missing in the store. */
	readonly settle: () => Promise<void>;
	readonly stop: (keep?: boolean) => Promise<void>;
};

const root = fileURLToPath(new URL("..", import.meta.url));

/** `purser serve` as `npm start` starts it, with default settings but its own ports and data directory. */
export async function startServer(
	data = mkdtempSync(join(tmpdir(), "purser-bench-")),
	nodeFlags: readonly string[] = [],
	checkout = root,
): Promise<Server> {
	const [grpc, http, web] = (await Promise.all([freePort(), freePort(), freePort()])).map((port) => `127.0.0.1:${port}`) as [
		string,
		string,
		string,
	];
	const started = performance.now();
	const flags = ["--data", data, "--grpc", grpc, "--http", http, "--web", web];
	const main = join(checkout, "server/src/main.ts");
	const child = spawn(process.execPath, ["--max-semi-space-size=8", ...nodeFlags, main, "serve", ...flags], {
		stdio: ["ignore", "ignore", "pipe"],
	});
	// A bench that fails leaves nothing running: the engine ends with the front.
	process.once("exit", () => child.kill("SIGKILL"));
	let said = "";
	child.stderr!.setEncoding("utf8").on("data", (text: string) => {
		said += text;
	});
	child.on("exit", (code) => code && process.stderr.write(said));
	while (!(await isReady(web, child))) await sleep(2);
	const readyMs = performance.now() - started;
	const get = async <Answer>(path: string): Promise<Answer> => {
		const response = await fetch(`http://${web}${path}`);
		if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
		return (await response.json()) as Answer;
	};
	const settle = async () => {
		while ((await get<{ journal: { backlog_records: number } }>("/api/v1/status")).journal.backlog_records > 0) await sleep(200);
	};
	const stop = async (keep = false) => {
		const gone = new Promise((resolve) => child.once("exit", resolve));
		child.kill("SIGTERM");
		await gone;
		if (!keep) rmSync(data, { recursive: true, force: true });
	};
	return { grpc, http, web, data, front: child.pid!, engine: childOf(child.pid!), readyMs, get, settle, stop };
}

async function isReady(web: string, child: ChildProcess): Promise<boolean> {
	if (child.exitCode !== null) throw new Error("the server did not start");
	return await fetch(`http://${web}/readyz`).then(
		({ ok }) => ok,
		() => false,
	);
}

const freePort = (): Promise<number> =>
	new Promise((resolve) => {
		const server = createServer().listen(0, "127.0.0.1", () => {
			const { port } = server.address() as { port: number };
			server.close(() => resolve(port));
		});
	});

function childOf(pid: number): number {
	const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
		readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean).map(Number),
	);
	if (children.length !== 1) throw new Error(`expected one engine, found ${children.length}`);
	return children[0]!;
}

/** CPU time of a process and all its threads so far. The kernel counts in hundredths of a second. */
export function cpuMicros(pid: number): number {
	const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
		.replace(/^.*\) /s, "")
		.split(" ");
	return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

export function residentMebibytes(pid: number): { readonly now: number; readonly most: number } {
	const status = readFileSync(`/proc/${pid}/status`, "utf8");
	const mebibytes = (name: string) => Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1]) / 1024);
	return { now: mebibytes("VmRSS"), most: mebibytes("VmHWM") };
}
