import { spawn } from "node:child_process";
import type { Env } from "./emit-everything.ts";

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string; readonly ms: number };

const source = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

/** A host in a process of its own, which ends by itself; one that does not within ten seconds is killed. */
export async function runHost(env: Env, script: string): Promise<Ended> {
	const begin = `
		import { createTelemetry } from ${source("../src/index.ts")};
		import { sayAll } from ${source("./emit-everything.ts")};
		const open = (options) => createTelemetry({ settings: false, identity: { userId: "ada" }, ...options });
	`;
	const started = performance.now();
	const child = spawn(process.execPath, ["--input-type=module", "-e", begin + script], {
		env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", ...env },
		stdio: ["ignore", "pipe", "pipe"],
		timeout: 10_000,
		killSignal: "SIGKILL",
	});
	let [stdout, stderr] = ["", ""];
	child.stdout.on("data", (chunk) => {
		stdout += chunk;
	});
	child.stderr.on("data", (chunk) => {
		stderr += chunk;
	});
	const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
	return { code, stdout, stderr, ms: performance.now() - started };
}
