import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { isHeader, shown } from "../configuration/values.ts";
import { messageOf } from "../messages.ts";

/** Timeout of the program. Exports wait for it, the host never does. */
const presetPatienceMs = 10_000;
const mostBytes = 64 * 1024;

/**
 * Headers that a program prints (`otelHeadersHelper`): one JSON object of texts. It is run when the first export needs it, and again
 * with the next export after the interval. While it fails nothing is exported, and each export tries again.
 */
export class HeadersHelper {
	readonly #command: string;
	readonly #intervalMs: number;
	readonly #env: Readonly<Record<string, string | undefined>>;
	#headers: Promise<Readonly<Record<string, string>>> | undefined;
	readonly #patienceMs: number;
	#startedMs = 0;
	#isClosed = false;
	#stop: ((why: string) => void) | undefined;
	#lastError: string | undefined;

	constructor(
		command: string,
		intervalMs: number,
		env: Readonly<Record<string, string | undefined>>,
		patienceMs: number = presetPatienceMs,
	) {
		this.#patienceMs = patienceMs;
		this.#command = command;
		this.#intervalMs = intervalMs;
		this.#env = env;
	}

	/** The reason of its last failure; undefined after a success. Never its output. */
	get lastError(): string | undefined {
		return this.#lastError;
	}

	/** Rejects with the reason while there are none. */
	headers(): Promise<Readonly<Record<string, string>>> {
		const isDue = Date.now() - this.#startedMs >= this.#intervalMs;
		if (this.#headers && !isDue) return this.#headers;
		this.#startedMs = Date.now();
		const asked = this.#run().then(
			(headers) => {
				this.#lastError = undefined;
				return headers;
			},
			(error) => {
				if (this.#headers === asked) this.#headers = undefined;
				this.#lastError = messageOf(error);
				throw error;
			},
		);
		this.#headers = asked;
		return asked;
	}

	/** Stops the running program, and starts no other. */
	close(): void {
		this.#isClosed = true;
		this.#stop?.("no export waits for it any more");
	}

	async #run(): Promise<Readonly<Record<string, string>>> {
		if (this.#isClosed) throw new Error("otelHeadersHelper is not run any more");
		const { promise, resolve, reject } = Promise.withResolvers<Readonly<Record<string, string>>>();
		// A path may have spaces; anything else is for the shell, and on Windows everything is. A group of its own, so that what the
		// shell starts ends with it.
		const isWindows = process.platform === "win32";
		const child = spawn(this.#command, {
			env: this.#env as NodeJS.ProcessEnv,
			shell: isWindows || !isExecutable(this.#command),
			detached: !isWindows,
			windowsHide: true,
			stdio: ["ignore", "pipe", "ignore"],
		});
		const stop = (why: string) => {
			reject(new Error(`otelHeadersHelper failed: ${why}`));
			child.stdout.destroy();
			endGroup(child);
		};
		this.#stop = stop;
		const timer = setTimeout(stop, this.#patienceMs, `it did not end within ${this.#patienceMs / 1000} seconds`);
		const chunks: Buffer[] = [];
		let size = 0;
		child.stdout.on("data", (chunk: Buffer) => {
			size += chunk.length;
			chunks.push(chunk);
			if (size > mostBytes) stop(`it printed more than ${mostBytes} bytes`);
		});
		child.on("error", (error: NodeJS.ErrnoException) => stop(error.code ?? "it cannot be started"));
		child.on("close", (code, signal) => {
			if (code !== 0) return stop(`it ended with ${code === null ? signal : `code ${code}`}`);
			try {
				resolve(headersOf(Buffer.concat(chunks).toString()));
			} catch (error) {
				reject(error);
			}
		});
		return promise.finally(() => clearTimeout(timer));
	}
}

function endGroup({ pid }: ChildProcess): void {
	if (pid === undefined) return;
	try {
		process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
	} catch {
		// It has ended already.
	}
}

function isExecutable(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

function headersOf(stdout: string): Readonly<Record<string, string>> {
	const wrong = new Error("otelHeadersHelper has to print one JSON object with texts: it did not");
	let printed: unknown;
	try {
		printed = JSON.parse(stdout);
	} catch {
		throw wrong;
	}
	if (typeof printed !== "object" || printed === null || Array.isArray(printed)) throw wrong;
	const headers = Object.entries(printed);
	if (!headers.every((header): header is [string, string] => typeof header[1] === "string")) throw wrong;
	const odd = headers.find(([name, value]) => !isHeader(name, value));
	if (odd) throw new Error(`otelHeadersHelper printed a header that cannot be sent: "${shown(odd[0])}"`);
	return Object.fromEntries(headers);
}
