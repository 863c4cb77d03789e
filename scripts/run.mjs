import { spawn } from "node:child_process";

/** @typedef {{ code: number, output: string, ms: number }} Outcome */

const PASSED_ON = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Runs a program to its end. With `quiet` its output is kept instead of shown. A signal that ends us ends the program first.
 * With `group` the program leads a process group of its own, so that `limit` (an AbortSignal) ends its children too.
 * @returns {Promise<Outcome>} code 127 when the program cannot be started, 128 when a signal ended it
 */
export function run(command, args, { cwd, env, quiet = false, group = false, limit, stdio } = {}) {
	return new Promise((resolve) => {
		const began = performance.now();
		const chunks = [];
		const child = spawn(command, args, {
			cwd,
			env,
			stdio: stdio ?? (quiet ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"]),
			detached: group,
			shell: process.platform === "win32" && command.endsWith(".cmd"),
		});
		child.stdout?.on("data", (chunk) => chunks.push(chunk));
		child.stderr?.on("data", (chunk) => chunks.push(chunk));

		const send = (signal) => {
			try {
				if (group && child.pid) process.kill(-child.pid, signal);
				else child.kill(signal);
			} catch {
				// It has ended already.
			}
		};
		let ending;
		let killing;
		const passOn = (signal) => {
			ending = signal;
			send(signal);
		};
		const stop = () => {
			send("SIGTERM");
			killing = setTimeout(send, 5000, "SIGKILL");
		};
		for (const signal of PASSED_ON) process.on(signal, passOn);
		if (limit?.aborted) stop();
		else limit?.addEventListener("abort", stop);

		const end = (code, text = "") => {
			clearTimeout(killing);
			limit?.removeEventListener("abort", stop);
			// What a stopped program leaves behind in its group goes with it.
			if (group && limit?.aborted) send("SIGKILL");
			for (const signal of PASSED_ON) process.off(signal, passOn);
			if (ending) process.kill(process.pid, ending);
			else resolve({ code, output: Buffer.concat(chunks).toString() + text, ms: performance.now() - began });
		};
		child.once("error", (error) => end(127, `${error.message}\n`));
		child.once("close", (code) => end(code ?? 128));
	});
}

/** The first and the last lines of an output: enough to see why something failed. */
function ends(output, first = 20, last = 40) {
	const lines = output.trimEnd().split("\n");
	return lines.length > first + last ? [...lines.slice(0, first), "…", ...lines.slice(-last)].join("\n") : lines.join("\n");
}

/** Runs one step and reports it on stderr as one line: the step, then how long it took, or its output when it fails. */
export async function step(doing, command, args, options) {
	process.stderr.write(`purser: ${doing} … `);
	const outcome = await run(command, args, { ...options, quiet: true });
	const seconds = `${(outcome.ms / 1000).toFixed(1)} s`;
	process.stderr.write(outcome.code === 0 ? `${seconds}\n` : `failed after ${seconds}\n${ends(outcome.output)}\n`);
	return outcome;
}
