import type { Status } from "@purser/api";
import { probeEvent } from "../receive/probe.ts";
import { type Check, failed } from "./check.ts";
import { keyFromHeaders, readSenderEnvironment } from "./client-environment.ts";
import { type CommandDefinition, optionOf } from "./command.ts";
import { environmentChecks, type Target } from "./environment-checks.ts";
import { formatOf, formatOption, serverOf, serverOptions } from "./query-options.ts";
import type { Server } from "./server.ts";
import {
	type ListenerReachability,
	portCheck,
	probeCheck,
	probes,
	reachedFrom,
	refusalChecks,
	serverChecks,
} from "./server-checks.ts";
import { write } from "./table.ts";
import { clean, styled, terminalWidth, writeOutput } from "./terminal.ts";

export const doctor: CommandDefinition = Object.freeze<CommandDefinition>({
	name: "doctor",
	brief: "Diagnose why no data arrives: check the server, its ports, keys, and the OTEL_ variables set in this shell",
	detail: `Run it where Claude Code is started. It sends a test event (${probeEvent}) over each protocol and looks for it in the store; such events
are kept as others are, and count in no measure but events. Exit code 1 when a check failed.`,
	options: [
		{ flags: "--ingest-key <key>", brief: "Ingest key; by default the one in OTEL_EXPORTER_OTLP_HEADERS" },
		formatOption,
		...serverOptions,
	],
	examples: [
		{ command: "purser doctor", brief: "In the shell that starts Claude Code" },
		{
			command: "purser doctor --server https://purser.example.com:4319 --key KEY",
			brief: "From a laptop, against the organization's server",
		},
	],
	run: async (_args, options, surroundings) => {
		const server = serverOf(options, surroundings);
		const format = formatOf(options);
		const all: Check[] = [];
		const add = (...checks: readonly Check[]) => {
			all.push(...checks);
			if (format === "table") for (const check of checks) writeOutput(lineOf(check));
		};
		const environment = readSenderEnvironment(surroundings.environment, process.cwd());
		const { checks, status } = await serverChecks(server);
		add(...checks);
		const reached = status ? reachedFrom(server, status) : [];
		if (status) {
			add(...refusalChecks(status, Date.now()));
			for (const listener of reached) add(await portCheck(listener, server));
			const key = optionOf(options, "ingestKey") ?? keyFromHeaders(environment);
			await sendProbes(server, status, reached, key, add);
		}
		add(...environmentChecks(environment, status && targetOf(server, status, reached)));
		const bad = all.filter(({ state }) => state === "failed").length;
		if (format === "table") writeOutput(bad === 0 ? "\nNothing is wrong." : `\n${bad} of ${all.length} checks failed.`);
		else {
			const columns = ["state", "name", "detail", "fix"].map((name) => ({ name }));
			writeOutput(
				write(format, { columns, rows: all, json: { ok: bad === 0, checks: all } }, terminalWidth(surroundings.environment)),
			);
		}
		if (bad > 0) process.exitCode = 1;
	},
});

async function sendProbes(
	server: Server,
	{ keys_required }: Status,
	reached: readonly ListenerReachability[],
	key: string | undefined,
	add: (check: Check) => void,
): Promise<void> {
	if (keys_required && key === undefined) {
		add(
			failed(
				"A key to send with",
				"the server wants an ingest key, and there is none to try",
				"Set OTEL_EXPORTER_OTLP_HEADERS as senders have it, or give --ingest-key; `purser keys add NAME --purpose ingest` makes one",
			),
		);
		return;
	}
	for (const { protocol, listener } of probes) {
		const at = reached.find(({ name }) => name === listener);
		if (at) add(await probeCheck(server, protocol, `${at.tls ? "https" : "http"}://${at.host}:${at.port}`, key));
	}
}

function targetOf(server: Server, status: Status, reached: readonly ListenerReachability[]): Target {
	const hosts = new Set([server.url.hostname, ...reached.map(({ host }) => host)].map((host) => host.toLowerCase()));
	// One machine, several names.
	if ([...hosts].some((host) => /^(localhost|127\..*|\[::1\])$/.test(host)))
		for (const host of ["localhost", "127.0.0.1", "[::1]"]) hosts.add(host);
	const portOf = (wanted: ListenerReachability["name"]) => reached.find(({ name }) => name === wanted)?.port ?? 0;
	return { grpcPort: portOf("grpc"), httpPort: portOf("http"), hosts, keysRequired: status.keys_required };
}

const marks = { ok: ["green", "✓"], failed: ["red", "✗"], note: ["yellow", "!"] } as const;

function lineOf({ state, name, detail, fix }: Check): string {
	const [colour, mark] = marks[state];
	const first = `${styled(colour, mark)} ${clean(name)}: ${clean(detail)}`;
	return fix ? `${first}\n  → ${clean(fix)}` : first;
}
