import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { Agent, get } from "node:http";
import { fileURLToPath } from "node:url";
import { messageOf } from "../errors.ts";
import type { Log } from "../log.ts";

export type EngineState = "starting" | "ready" | "away";

export type EngineOptions = {
	readonly directory: string;
	/** The path of the engine's socket. It must be short, because the paths of sockets must be. */
	readonly socketPath: string;
	/** More resident memory than this and it is restarted: its own limit does not see all it takes. */
	readonly residentBytes: number;
	/** No query of other people runs longer. */
	readonly untrustedSeconds: number;
	/** No answer to a ping for this long and it is restarted. */
	readonly wedgedMs: number;
	readonly onReady: () => void;
	readonly log: Log;
};

const processPath = fileURLToPath(new URL("./process.ts", import.meta.url));

/** Two queries of users together leave the engine three quarters of its memory. */
const untrustedShare = 8;

/**
 * The engine's own environment: a query that made it print its variables would find no key and no password among them. Every
 * running query holds a thread of libuv's pool.
 */
function environment(): NodeJS.ProcessEnv {
	const { PATH, HOME, TZ } = process.env;
	return { ...(PATH && { PATH }), ...(HOME && { HOME }), ...(TZ && { TZ }), UV_THREADPOOL_SIZE: "16" };
}

/** Keeps an engine process running: starts it, restarts it when it dies, eats memory or no longer answers. */
export class EngineSupervisor {
	readonly #options: EngineOptions;
	/** The agent with which clients of the engine send HTTP requests. */
	readonly agent: Agent;
	state: EngineState = "starting";
	reason = "";
	restarts = -1;
	/** The number of times that it ended without being asked to. */
	deaths = 0;
	#child: ChildProcess | undefined;
	#closing = false;
	#delayMs = 100;
	#checks: NodeJS.Timeout | undefined;
	#answeredAt = 0;

	constructor(options: EngineOptions) {
		this.#options = options;
		mkdirSync(options.directory, { recursive: true, mode: 0o700 });
		this.agent = new SocketAgent(options.socketPath);
		this.#start();
	}

	get pid(): number | undefined {
		return this.#child?.pid;
	}

	async close(): Promise<void> {
		this.#closing = true;
		clearInterval(this.#checks);
		const child = this.#child;
		if (child?.connected) {
			const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
			child.send("close");
			const patience = setTimeout(() => child.kill("SIGKILL"), 10_000);
			await gone;
			clearTimeout(patience);
		} else child?.kill("SIGKILL");
		this.agent.destroy();
		rmSync(this.#options.socketPath, { force: true });
	}

	#start(): void {
		this.restarts++;
		try {
			this.#watch(this.#fork());
		} catch (error) {
			this.#ended(messageOf(error));
		}
	}

	#fork(): ChildProcess {
		const { directory, socketPath, residentBytes, untrustedSeconds } = this.#options;
		rmSync(socketPath, { force: true });
		const untrustedBytes = Math.floor(residentBytes / untrustedShare);
		return fork(processPath, [directory, socketPath, String(untrustedBytes), String(untrustedSeconds)], {
			env: environment(),
			stdio: ["ignore", "ignore", "pipe", "ipc"],
			execArgv: ["--disable-warning=ExperimentalWarning"],
		});
	}

	#watch(child: ChildProcess): void {
		this.#child = child;
		let lastWords = "";
		child.stderr?.on("data", (chunk: Buffer) => {
			lastWords = `${lastWords}${chunk}`.slice(-2000);
		});
		child.on("message", (message: { ready?: true; failed?: string }) => {
			if (message.failed) lastWords = message.failed;
			if (!message.ready) return;
			this.state = "ready";
			this.reason = "";
			this.#delayMs = 100;
			this.#answeredAt = Date.now();
			this.#checks ??= setInterval(() => void this.#check(), 2000).unref();
			this.#options.onReady();
		});
		child.on("error", (error) => {
			lastWords ||= messageOf(error);
		});
		child.on("exit", (code, signal) => {
			if (this.#child === child) this.#ended(explain(lastWords) || `the engine ended (${signal ?? code})`);
		});
	}

	/** It is started again, later each time it ends before it was ready. */
	#ended(reason: string): void {
		if (this.#closing) return;
		this.deaths++;
		this.state = "away";
		this.reason = reason;
		this.#options.log.warn(`${reason}; restarting it`);
		setTimeout(() => !this.#closing && this.#start(), this.#delayMs);
		this.#delayMs = Math.min(this.#delayMs * 2, 5000);
	}

	async #check(): Promise<void> {
		if (this.state !== "ready") return;
		const residentBytes = await ping(this.#options.socketPath, this.agent);
		const now = Date.now();
		if (residentBytes !== undefined) this.#answeredAt = now;
		const wedged = now - this.#answeredAt > this.#options.wedgedMs;
		const bloated = residentBytes !== undefined && residentBytes > this.#options.residentBytes;
		if (!wedged && !bloated) return;
		const mebibytes = Math.round((residentBytes ?? 0) / 1048576);
		this.#options.log.warn(wedged ? "does not answer; killing it" : `${mebibytes} MiB resident; killing it`);
		this.#child?.kill("SIGKILL");
	}
}

/** The engine's resident bytes if it runs a query in time, else undefined. */
function ping(socketPath: string, agent: Agent): Promise<number | undefined> {
	return new Promise((resolve) => {
		const path = "/?query=SELECT%201&query_id=purser-admin-ping";
		const request = get({ socketPath, agent, path, timeout: 5000 }, (response) => {
			response.resume();
			response.on("end", () =>
				resolve(response.statusCode === 200 ? Number(response.headers["x-purser-resident-bytes"] ?? 0) : undefined),
			);
		});
		request.on("timeout", () => request.destroy());
		request.on("error", () => resolve(undefined));
	});
}

/** Explains what a person can do about the causes that are known. */
function explain(words: string): string {
	if (/Cannot find module 'chdb'|@chdb\/lib/.test(words)) {
		return (
			"the embedded engine (chdb) is not installed: it exists for Linux with glibc and macOS. " +
			"Elsewhere use WSL, or a ClickHouse server with --clickhouse URL"
		);
	}
	if (/Cannot lock file|already in use|another server/i.test(words))
		return "the data directory is still in use by another process";
	return words.trim().split("\n").at(-1) ?? "";
}

/** Connects to the socket whatever host the client names. */
class SocketAgent extends Agent {
	readonly #path: string;

	constructor(path: string) {
		super({ keepAlive: true, maxSockets: 32 });
		this.#path = path;
	}

	override createConnection(_options: object, connected?: (error: Error | null, stream: import("node:stream").Duplex) => void) {
		return super.createConnection({ path: this.#path } as never, connected);
	}
}
