import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Config, readConfig } from "../config.ts";
import { demoMark, openDataDirectory } from "../data-directory.ts";
import { UsageError } from "../errors.ts";
import { type CommandContext, type CommandDefinition, type OpenPurser, optionOf, type Purser } from "./command.ts";
import { logOf, ready, waitForShutdownSignal } from "./serve.ts";
import { writeStatus } from "./terminal.ts";

/** The state of a demonstration, kept in its data directory. */
type Mark = { readonly seed: number; readonly days: number; readonly historyEndedAt?: string };

const usual = { grpc: "127.0.0.1:4317", http: "127.0.0.1:4318", web: "127.0.0.1:4319" };
const free = "127.0.0.1:0";

export const demo: CommandDefinition = Object.freeze<CommandDefinition>({
	name: "demo",
	brief: "Run a server with an invented organization: 90 days of history, then live",
	detail:
		"It has a data directory of its own, apart from yours, and marks all of it as invented. Its agents report through the client\nlibrary, as any agent would. Started again it continues where it was; --remove deletes all of it.",
	options: [
		{ flags: "--seed <number>", brief: "Seed of the invented organization; the same seed gives the same one", default: "1" },
		{ flags: "--days <number>", brief: "Days of history", default: "90" },
		{ flags: "--remove", brief: "Delete the demonstration with all its data" },
		{
			flags: "--data <folder>",
			brief: "Data directory; $XDG_DATA_HOME/purser-demo or ~/.local/share/purser-demo by default",
		},
		{ flags: "--grpc <address>", brief: `OTLP/gRPC listen address; ${usual.grpc}, or a free port if that is taken` },
		{ flags: "--http <address>", brief: `OTLP/HTTP listen address; ${usual.http}, or a free port` },
		{ flags: "--web <address>", brief: `Listen address of the page and the API; ${usual.web}, or a free port` },
	],
	examples: [
		{ command: "purser demo", brief: "Then open the URL that it prints" },
		{ command: "purser demo --remove", brief: "Remove all traces" },
	],
	run: async (_args, options, { openPurser, environment }) => {
		const data = optionOf(options, "data") ?? `${readConfig({ flags: {}, environment }).data}-demo`;
		if (options["remove"] === true) {
			await remove(data);
			return;
		}
		const mark = markOf(data, numberOf(options, "seed"), numberOf(options, "days"));
		const stopped = waitForShutdownSignal();
		if (mark.historyEndedAt === undefined) await clear(data);
		const addresses = Object.fromEntries(["grpc", "http", "web"].map((name) => [name, optionOf(options, name)]));
		const purser = await open(data, addresses, openPurser, environment);
		writeStatus(ready(purser.listeners, data).split("\n\n")[0]!);
		const http = purser.listeners.find(({ name }) => name === "http")!;
		const emitter = emit(`http://${http.address}`, data, mark);
		await stopped;
		writeStatus("Stopping: finishing what was accepted.");
		await end(emitter);
		await purser.close();
	},
});

function numberOf(options: Parameters<typeof optionOf>[0], name: string): number {
	const number = Number(optionOf(options, name));
	if (Number.isInteger(number) && number >= 0) return number;
	throw new UsageError(`--${name} must be a whole number, not "${optionOf(options, name)}"`);
}

/** Never another's data: only a new folder, or one that a demonstration made. */
function markOf(data: string, seed: number, days: number): Mark {
	const path = join(data, demoMark);
	if (!existsSync(path)) {
		if (existsSync(data) && readdirSync(data).length > 0)
			throw new UsageError(`cannot put a demonstration into ${data}: there is something else. Choose another folder with --data`);
		mkdirSync(data, { recursive: true, mode: 0o700 });
		const mark = { seed, days };
		writeFileSync(path, `${JSON.stringify(mark)}\n`);
		return mark;
	}
	const mark = JSON.parse(readFileSync(path, "utf8")) as Mark;
	if (mark.seed !== seed || mark.days !== days)
		throw new UsageError(
			`there is another demonstration in ${data}, with --seed ${mark.seed} --days ${mark.days}. Remove it first, with \`purser demo --remove\``,
		);
	return mark;
}

/** Removes a history that was not finished, so that starting again does not duplicate its records. */
async function clear(data: string): Promise<void> {
	const { journal, engine, close } = await openDataDirectory(data);
	for (const folder of [journal, engine]) rmSync(folder, { recursive: true, force: true });
	await close();
}

async function remove(data: string): Promise<void> {
	if (!existsSync(join(data, demoMark))) {
		if (existsSync(data)) throw new UsageError(`cannot remove ${data}: no demonstration made it`);
		writeStatus("There is no demonstration.");
		return;
	}
	// Says so where one is running.
	await (await openDataDirectory(data)).close();
	rmSync(data, { recursive: true, force: true });
	writeStatus(`Removed ${data}.`);
}

/** Opens on the default ports, or on free ones if another receiver is running. */
async function open(
	data: string,
	addresses: Readonly<Record<string, string | undefined>>,
	openPurser: OpenPurser,
	environment: CommandContext["environment"],
): Promise<Purser> {
	const directory = join(data, "directory.csv");
	if (!existsSync(directory)) writeFileSync(directory, "");
	const config = (preset: Readonly<Record<string, string>>): Config => {
		const given = Object.fromEntries(Object.entries(addresses).filter(([, address]) => address !== undefined));
		// Sooner than usual, as all of the history comes at once; and no question runs as long as hours rest.
		const soon = { "rollup-delay-seconds": 12, "query-timeout-seconds": 10 };
		return readConfig({ flags: { ...preset, ...given, ...soon, data, directory }, environment });
	};
	const open = (given: Config) => openPurser(given, logOf(given));
	try {
		return await open(config(usual));
	} catch (error) {
		if (!(error instanceof UsageError) || !error.message.includes("is listening there already")) throw error;
		return await open(config({ grpc: free, http: free, web: free }));
	}
}

/** Lets it send its last word, and waits no longer than for that. */
async function end(emitter: ChildProcess): Promise<void> {
	const exited = emitter.exitCode === null && emitter.signalCode === null ? once(emitter, "exit") : undefined;
	emitter.kill();
	await Promise.race([exited, sleep(3000)]);
	emitter.stdin?.end();
}

/** A program of its own, which knows nothing of this one but where it listens. */
function emit(http: string, data: string, { seed, days, historyEndedAt }: Mark): ChildProcess {
	const program = fileURLToPath(import.meta.resolve("@purser/demo/main"));
	const history = historyEndedAt === undefined ? ["--days", String(days), "--mark-file", join(data, demoMark)] : ["--days", "0"];
	const args = ["--http", http, "--seed", String(seed), "--directory", join(data, "directory.csv"), ...history, "--live"];
	// It ends with us, however we end: then its input does.
	return spawn(process.execPath, [program, ...args, "--tethered"], { stdio: ["pipe", "inherit", "inherit"] });
}
