import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { messageOf } from "../messages.ts";

/** How long the program may take. Exports wait for it, the host never does. */
const patienceMs = 10_000;
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
	#startedMs = 0;
	#lastError: string | undefined;

	constructor(command: string, intervalMs: number, env: Readonly<Record<string, string | undefined>>) {
		this.#command = command;
		this.#intervalMs = intervalMs;
		this.#env = env;
	}

	/** Why it failed last; undefined when it did not. Never what it printed. */
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

	#run(): Promise<Readonly<Record<string, string>>> {
		// A path may have spaces; anything else is for the shell, and on Windows everything is.
		const isPath = process.platform !== "win32" && isExecutable(this.#command);
		const { promise, resolve, reject } = Promise.withResolvers<Readonly<Record<string, string>>>();
		const options = {
			env: this.#env as NodeJS.ProcessEnv,
			timeout: patienceMs,
			killSignal: "SIGKILL" as const,
			maxBuffer: mostBytes,
			shell: !isPath,
			windowsHide: true,
		};
		const child = execFile(this.#command, options, (error, stdout) => {
			if (error) reject(new Error(`otelHeadersHelper failed: ${reasonOf(error)}`));
			else {
				try {
					resolve(headersOf(stdout));
				} catch (problem) {
					reject(problem);
				}
			}
		});
		child.stdin?.end();
		// A program that hangs does not keep the host alive.
		child.unref();
		return promise;
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

/** Without what it printed, which may be a secret. */
function reasonOf(error: Error & { code?: number | string | null; killed?: boolean; signal?: string | null }): string {
	if (error.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") return `it printed more than ${mostBytes} bytes`;
	if (error.killed) return `it did not end within ${patienceMs / 1000} seconds`;
	return typeof error.code === "number" ? `it ended with code ${error.code}` : String(error.code ?? error.signal);
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
	if (!Object.values(printed).every((value) => typeof value === "string")) throw wrong;
	return printed as Record<string, string>;
}
