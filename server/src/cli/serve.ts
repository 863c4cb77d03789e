import type { Listener } from "@purser/api";
import { type Config, formatAddress, readConfig } from "../config.ts";
import { createLog, type Log } from "../log.ts";
import { type SettingDefinition, type SettingName, settings, variableOf } from "../settings.ts";
import { version } from "../version.ts";
import type { CommandDefinition, OptionDefinition, Options } from "./command.ts";
import { writeOutput, writeStatus } from "./terminal.ts";

const settingOptions = (Object.entries(settings) as [SettingName, SettingDefinition][]).flatMap(
	([name, { type, brief, formerly }]): OptionDefinition[] => {
		const flags = (each: string) => (type === "switch" ? `--${each}` : `--${each} <value>`);
		const former = formerly === undefined ? [] : [{ flags: flags(formerly), brief: `Former name of --${name}`, isHidden: true }];
		return [{ flags: flags(name), brief }, ...former];
	},
);

export const serve: CommandDefinition = Object.freeze<CommandDefinition>({
	name: "serve",
	brief: "Run the server: receive, store and query telemetry",
	detail:
		"Every setting is also a variable (PURSER_GRPC) and a key in purser.yaml. Flags win over variables, variables over the file.\nSIGTERM and Ctrl-C finish what was accepted, and end with exit code 0.",
	options: [
		{ flags: "--config <file>", brief: "Configuration file (PURSER_CONFIG, or purser.yaml in this directory)" },
		{ flags: "--print-config", brief: "Print the effective settings as YAML and exit" },
		...settingOptions,
	],
	examples: [
		{ command: "purser serve", brief: "Listen on loopback, with data in ~/.local/share/purser" },
		{
			command: "purser serve --grpc :4317 --http :4318 --web :4319",
			brief: "Listen on the network; needs keys, see `purser keys add --help`",
		},
		{ command: "purser serve --print-config > purser.yaml", brief: "Write a configuration file to start from" },
	],
	run: async (_args, options, { openPurser, environment }) => {
		const config = configOf(options, environment);
		if (options["printConfig"] === true) {
			writeOutput(printedConfig(config));
			return;
		}
		// Only this user may read the files that the server writes.
		process.umask(0o077);
		const log = logOf(config);
		const stopped = waitForShutdownSignal();
		const purser = await openPurser(config, log);
		if (isForPeople(config)) writeStatus(ready(purser.listeners, config.data));
		else log.info({ version, data: config.data, listeners: purser.listeners }, "ready");
		await stopped;
		if (isForPeople(config)) writeStatus("Stopping: finishing accepted requests.");
		else log.info("stopping");
		await purser.close();
	},
});

const isForPeople = (config: Config): boolean => config["log-format"] === "text";

/** Creates the log of a server, which is written to standard error. */
export const logOf = (config: Config): Log =>
	createLog({
		level: config["log-level"],
		format: config["log-format"],
		write: (entry) => writeStatus(entry.trimEnd()),
	});

function configOf(
	{ config: file, printConfig: _, ...given }: Options,
	environment: Readonly<Record<string, string | undefined>>,
): Config {
	const flags = Object.fromEntries(
		Object.entries(given).map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), value]),
	);
	return readConfig({ flags, environment, ...(typeof file === "string" && { file }) });
}

/** Removes user and password from a URL. Text that is not a URL is not shown at all. */
function withoutPassword(text: string): string {
	if (text === "") return "";
	if (!URL.canParse(text)) return "***";
	const url = new URL(text);
	if (url.password !== "") url.password = "***";
	for (const name of [...url.searchParams.keys()]) if (!/^(user|database)$/i.test(name)) url.searchParams.set(name, "***");
	return String(url);
}

/** The settings as a purser.yaml that says the same, without a password. */
export function printedConfig(config: Config): string {
	const entries = Object.entries(settings) as [SettingName, SettingDefinition][];
	return entries
		.map(([name, { brief }]) => {
			const value = config[name];
			const shown = typeof value === "object" && "port" in value ? formatAddress(value) : (value ?? "");
			const safe = name === "clickhouse" ? withoutPassword(String(shown)) : shown;
			return `# ${brief}. --${name}, ${variableOf(name)}\n${name}: ${JSON.stringify(safe)}\n`;
		})
		.join("\n");
}

/** Text that says how to connect the first client. */
export function ready(listeners: readonly Listener[], data: string): string {
	const at = (name: Listener["name"]) => {
		const { address, tls } = listeners.find((listener) => listener.name === name)!;
		return `${tls ? "https" : "http"}://${address}`;
	};
	const forSenders = at("grpc").replace(/\/\/(0\.0\.0\.0|\[::\])/, "//this-machine");
	return `Purser ${version} is ready.
  page and API   ${at("web")}
  OTLP/gRPC      ${at("grpc")}
  OTLP/HTTP      ${at("http")}
  data           ${data}

Paste this where you start Claude Code:
  export CLAUDE_CODE_ENABLE_TELEMETRY=1 OTEL_METRICS_EXPORTER=otlp OTEL_LOGS_EXPORTER=otlp
  export OTEL_EXPORTER_OTLP_PROTOCOL=grpc OTEL_EXPORTER_OTLP_ENDPOINT=${forSenders}
The page has them for HTTP, settings files and containers: ${at("web")}/setup
Is it right? \`npx purser doctor\` in that shell.`;
}

/** The terminal and the parent process may both pass the same signal on: a second one within a second is the first. */
const onceMs = 1000;

/**
 * Resolves when the process is asked to end; a second request ends it immediately. Called before anything is opened, so that a
 * request during start-up closes in order, too.
 */
export function waitForShutdownSignal(): Promise<void> {
	return new Promise((resolve) => {
		let askedMs: number | undefined;
		for (const signal of ["SIGINT", "SIGTERM"] as const) {
			process.on(signal, () => {
				if (askedMs !== undefined && performance.now() - askedMs > onceMs) process.exit(1);
				askedMs ??= performance.now();
				resolve();
			});
		}
	});
}
