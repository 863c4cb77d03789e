import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { until } from "./purser.ts";

const mainPath = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** `purser serve` as a process of its own, to be killed and started again on the same directory and ports. */
export type ServerProcess = {
	readonly grpc: string;
	readonly http: string;
	readonly web: string;
	readonly pid: number;
	/** The engine's process, unless it is between two. */
	readonly enginePid: () => number | undefined;
	readonly start: () => void;
	/** The log of all its lives. */
	readonly log: () => string;
	/** True if it ended without being asked to. */
	readonly endedByItself: () => boolean;
	readonly isReady: () => Promise<boolean>;
	readonly settled: () => Promise<void>;
	readonly get: <Answer>(path: string) => Promise<Answer>;
	readonly kill: (signal?: NodeJS.Signals) => Promise<void>;
};

export async function startServerProcess(data: string, flags: readonly string[] = [], main = mainPath): Promise<ServerProcess> {
	const [grpc, http, web] = (await freePorts(3)).map((port) => `127.0.0.1:${port}`) as [string, string, string];
	let child: ChildProcess;
	let log = "";
	let endedByItself = false;
	const start = () => {
		const args = [main, "serve", "--data", data, "--grpc", grpc, "--http", http, "--web", web, ...flags];
		const started = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"], env: { PATH: process.env["PATH"] } });
		started.stderr.on("data", (chunk: Buffer) => {
			log += chunk;
		});
		started.on("exit", (code, signal) => {
			if (signal === null && child === started && code !== 0) endedByItself = true;
		});
		child = started;
	};
	start();
	const get = async <Answer>(path: string): Promise<Answer> => {
		const response = await fetch(`http://${web}${path}`);
		if (response.status !== 200) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
		return (await response.json()) as Answer;
	};
	const isReady = async () => (await fetch(`http://${web}/readyz`).catch(() => undefined))?.status === 200;
	const backlog = async () => {
		const status = await get<{ journal: { backlog_records: number } }>("/api/v1/status").catch(() => undefined);
		return status?.journal.backlog_records;
	};
	return {
		grpc,
		http,
		web,
		get pid() {
			return child.pid!;
		},
		enginePid: () => childrenOf(child.pid!)[0],
		start,
		log: () => log,
		endedByItself: () => endedByItself,
		isReady,
		settled: async () => {
			await until(isReady, "ready", 60_000);
			await until(async () => (await backlog()) === 0, "settled", 20_000);
		},
		get,
		kill: async (signal = "SIGKILL") => {
			if (child.exitCode !== null || child.signalCode !== null) return;
			const gone = once(child, "exit");
			child.kill(signal);
			await gone;
		},
	};
}

function childrenOf(pid: number): number[] {
	try {
		return execFileSync("pgrep", ["-P", String(pid)], { encoding: "utf8" })
			.trim()
			.split("\n")
			.filter(Boolean)
			.map(Number);
	} catch {
		return [];
	}
}

/** Returns ports on which no program listens at the moment. */
export async function freePorts(count: number): Promise<number[]> {
	const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
	await Promise.all(servers.map((server) => once(server, "listening")));
	const ports = servers.map((server) => (server.address() as AddressInfo).port);
	await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
	return ports;
}

/** Runs a command to its end. */
export async function runCommand(
	args: readonly string[],
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
	const child = spawn(process.execPath, [mainPath, ...args], {
		stdio: ["ignore", "pipe", "pipe"],
		env: { PATH: process.env["PATH"] },
	});
	let [stdout, stderr] = ["", ""];
	child.stdout.setEncoding("utf8").on("data", (text: string) => {
		stdout += text;
	});
	child.stderr.setEncoding("utf8").on("data", (text: string) => {
		stderr += text;
	});
	const [code] = (await once(child, "close")) as [number | null];
	return { code, stdout, stderr };
}
