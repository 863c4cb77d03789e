// `npm start`: installs and builds what is not yet there, then runs `purser serve` until either of the two is ended.
// `npm run demo`: the same with `purser demo`.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { build, install, PrepareError, root, say } from "./prepare.mjs";

try {
	const { node, env } = await install();
	await build({ env });
	const given = process.argv.slice(2);
	run(node, given[0] === "demo" ? given : ["serve", ...given]);
} catch (error) {
	if (!(error instanceof PrepareError)) throw error;
	say(error.message);
	process.exitCode = 1;
}

function run(node, args) {
	const child = spawn(
		node,
		[
			// Memory for young objects is kept once it was used: more than this makes nothing faster, only the idle server larger.
			"--max-semi-space-size=8",
			"--import",
			new URL("./tether.mjs", import.meta.url).href,
			join(root, "server/src/main.ts"),
			...args,
		],
		{
			stdio: ["inherit", "inherit", "inherit", "pipe"],
			env: { ...process.env, PURSER_TETHER: "3" },
		},
	);

	// Ctrl-C comes from the terminal and again from npm: within a second it is one. The terminal also signals the server
	// itself, which therefore takes a repeated signal for one.
	const last = {};
	const passOn = (signal) => {
		if (performance.now() - (last[signal] ?? Number.NEGATIVE_INFINITY) < 1000) return;
		last[signal] = performance.now();
		child.kill(signal);
	};
	const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
	for (const signal of signals) process.on(signal, passOn);

	// An npm that is killed outright passes nothing on.
	const parent = process.ppid;
	if (process.env.npm_lifecycle_event) setInterval(() => process.ppid !== parent && passOn("SIGTERM"), 1000).unref();

	child.once("error", (error) => {
		say(`cannot start the server: ${error.message}; delete node_modules and start again`);
		process.exit(1);
	});
	child.once("exit", (code, signal) => {
		for (const each of signals) process.off(each, passOn);
		if (signal) process.kill(process.pid, signal);
		else process.exit(code);
	});
}
