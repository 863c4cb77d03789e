import type { Quarantine } from "@purser/api";
import type { CommandDefinition } from "./command.ts";
import { showBytes, showNumber, showTime } from "./format-value.ts";
import { formatOf, formatOption, serverOf, serverOptions } from "./query-options.ts";
import { write } from "./table.ts";
import { terminalWidth, writeOutput, writeStatus } from "./terminal.ts";

const quarantinedOf = async (server: ReturnType<typeof serverOf>): Promise<Quarantine["quarantined"]> =>
	(await server.get<Quarantine>("/api/v1/journal")).quarantined;

export const journalList: CommandDefinition = Object.freeze<CommandDefinition>({
	name: "journal list",
	brief: "List quarantined journal segments: records that were acknowledged but could not be loaded, with the reason",
	detail:
		"Their records are in no answer. The files stay in the data directory's journal until they are retried or removed by hand.",
	options: [...serverOptions, formatOption],
	examples: [{ command: "purser journal list", brief: "Prints nothing unless something is wrong" }],
	run: async (_args, options, surroundings) => {
		const quarantined = await quarantinedOf(serverOf(options, surroundings));
		if (quarantined.length === 0) writeStatus("Nothing is quarantined.");
		const columns = [
			{ name: "name" },
			{ name: "since", show: (value: unknown) => `${showTime(String(value), "UTC", "second")}Z` },
			{ name: "requests", right: true, show: (value: unknown) => showNumber(Number(value)) },
			{ name: "records", right: true, show: (value: unknown) => showNumber(Number(value)) },
			{ name: "bytes", right: true, show: (value: unknown) => showBytes(Number(value)) },
			{ name: "reason" },
		];
		writeOutput(
			write(formatOf(options), { columns, rows: quarantined, json: quarantined }, terminalWidth(surroundings.environment)),
		);
	},
});

export const journalRetry: CommandDefinition = Object.freeze<CommandDefinition>({
	name: "journal retry",
	args: "[name]",
	brief: "Retry loading one quarantined segment, or all of them, e.g. after an upgrade or with more engine memory",
	options: [...serverOptions],
	examples: [{ command: "purser journal retry", brief: "All quarantined segments" }],
	run: async ([name], options, surroundings) => {
		const server = serverOf(options, surroundings);
		const names = name === undefined ? (await quarantinedOf(server)).map((each) => each.name) : [name];
		for (const each of names) await server.post("/api/v1/journal/retry", { name: each });
		writeStatus(
			names.length === 0
				? "Nothing is quarantined."
				: `${showNumber(names.length)} to be loaded again; what cannot be is listed again.`,
		);
	},
});

export const journalExport: CommandDefinition = Object.freeze<CommandDefinition>({
	name: "journal export",
	args: "<name>",
	brief: "Export a quarantined segment's requests as OTLP/JSON, one per line, to inspect, fix or send elsewhere",
	options: [...serverOptions],
	examples: [{ command: "purser journal export 000000000012-1f2e3d4c > bad.jsonl", brief: "Into a file" }],
	run: async ([name = ""], options, surroundings) => {
		const server = serverOf(options, surroundings);
		const response = await server.open("/api/v1/journal/export", { name }, AbortSignal.timeout(120_000));
		writeOutput(await response.text());
	},
});
