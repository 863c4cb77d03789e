import { hashKey, type KeyPurpose, newKey } from "../access/key-ring.ts";
import { readConfig } from "../config.ts";
import { UsageError } from "../errors.ts";
import { settings } from "../settings.ts";
import { type CommandContext, type CommandDefinition, type OptionDefinition, type Options, optionOf } from "./command.ts";
import { changeKeyFile, readKeyFile } from "./key-file.ts";
import { formatOf, formatOption } from "./query-options.ts";
import { write } from "./table.ts";
import { terminalWidth, writeOutput, writeStatus } from "./terminal.ts";

const placeOptions: readonly OptionDefinition[] = Object.freeze([
	{ flags: "--data <value>", brief: settings.data.brief },
	{ flags: "--keys <value>", brief: settings.keys.brief },
	{ flags: "--config <file>", brief: "Configuration file (purser.yaml)" },
]);

const pathOf = (options: Options, { environment }: CommandContext): string => {
	const file = optionOf(options, "config");
	const flags = { data: optionOf(options, "data"), keys: optionOf(options, "keys") };
	return readConfig({ flags, environment, ...(file !== undefined && { file }) }).keys;
};

const demand: Readonly<Record<KeyPurpose, string>> = {
	ingest: "From now on senders need an ingest key",
	read: "From now on the page, the API and the other commands need a read key",
};
const use: Readonly<Record<KeyPurpose, string>> = {
	ingest: 'Senders give it as OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer KEY".',
	read: "Commands take it as --key or PURSER_KEY, a browser as the password, programs as Authorization: Bearer KEY.",
};

export const keysAdd: CommandDefinition = Object.freeze<CommandDefinition>({
	name: "keys add",
	args: "<name>",
	brief: "Create an API key; it is shown once, only a hash is stored",
	detail:
		"The key alone goes to stdout. A running server knows it within a second. The first key of a purpose makes one necessary:\nuntil then everybody who can connect may send, or read.",
	options: [
		{ flags: "--purpose <purpose>", brief: "ingest to send telemetry, read to query (required)", choices: ["ingest", "read"] },
		...placeOptions,
	],
	examples: [
		{ command: "purser keys add laptops --purpose ingest", brief: "For the clients' managed settings" },
		{ command: "PURSER_KEY=$(purser keys add me --purpose read)", brief: "For this shell" },
	],
	run: async ([name = ""], options, surroundings) => {
		const purpose = optionOf(options, "purpose") as KeyPurpose | undefined;
		if (!purpose) throw new UsageError("cannot add a key: say what it is for with --purpose ingest or --purpose read");
		if (!/^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,63}$/u.test(name)) {
			throw new UsageError(`cannot add a key: a name is up to 64 letters, digits and . _ @ -, not "${name}"`);
		}
		const key = newKey();
		let first = false;
		const path = pathOf(options, surroundings);
		await changeKeyFile(path, (keys) => {
			if (keys.some((each) => each.name === name)) {
				throw new UsageError(
					`cannot add a key: there is one named "${name}" already. Remove it with \`purser keys remove ${name}\`, or choose another name`,
				);
			}
			first = !keys.some((each) => each.purpose === purpose);
			return [...keys, { name, purpose, sha256: hashKey(key), created: new Date().toISOString() }];
		});
		writeStatus(`Added "${name}" to ${path}. ${use[purpose]}\nThis is the only time it is shown:`);
		writeOutput(key);
		if (first) writeStatus(`${demand[purpose]}.`);
	},
});

export const keysList: CommandDefinition = Object.freeze<CommandDefinition>({
	name: "keys list",
	brief: "List API keys with purpose and creation time",
	options: [...placeOptions, formatOption],
	examples: [{ command: "purser keys list", brief: "Who may send and read" }],
	run: async (_args, options, surroundings) => {
		const path = pathOf(options, surroundings);
		const keys = (await readKeyFile(path)).map(({ name, purpose, created }) => ({ name, purpose, created }));
		if (keys.length === 0) writeStatus(`There are no keys in ${path}: every client that can connect may send and read.`);
		const columns = ["name", "purpose", "created"].map((name) => ({ name }));
		writeOutput(write(formatOf(options), { columns, rows: keys, json: keys }, terminalWidth(surroundings.environment)));
	},
});

export const keysRemove: CommandDefinition = Object.freeze<CommandDefinition>({
	name: "keys remove",
	args: "<name>",
	brief: "Revoke an API key; takes effect within a second",
	options: placeOptions,
	examples: [{ command: "purser keys remove laptops", brief: "After a key may have leaked" }],
	run: async ([name = ""], options, surroundings) => {
		const path = pathOf(options, surroundings);
		let last: KeyPurpose | undefined;
		await changeKeyFile(path, (keys) => {
			const removed = keys.find((key) => key.name === name);
			if (!removed) {
				const names = keys.map((key) => key.name).join(", ") || "none";
				throw new UsageError(`cannot remove a key: there is none named "${name}" in ${path}. There are: ${names}`);
			}
			const rest = keys.filter((key) => key !== removed);
			if (!rest.some(({ purpose }) => purpose === removed.purpose)) last = removed.purpose;
			return rest;
		});
		writeStatus(`Removed "${name}".`);
		if (last) writeStatus(`It was the last ${last} key: a running server still requires one; after a restart it requires none.`);
	},
});
