import type { CommandDefinition } from "../src/cli/command.ts";
import { commands } from "../src/cli/commands.ts";
import { serve } from "../src/cli/serve.ts";
import { code, page, table, written } from "./markdown.ts";

const ownOfServe = ["--config <file>", "--print-config"];

function section(command: CommandDefinition): string {
	const { name, args, brief, detail, examples = [] } = command;
	const options = command === serve ? command.options.filter(({ flags }) => ownOfServe.includes(flags)) : command.options;
	const rows = options.map((option) => [
		code(option.flags),
		[
			`${option.brief}.`,
			option.choices && `One of ${option.choices.join(", ")}.`,
			option.default && `Default: ${code(option.default)}.`,
		]
			.filter(Boolean)
			.join(" "),
	]);
	const runnable = examples.map(
		(example) => `# ${example.brief}\n${example.command.replace(/\bpurser (?=[a-z])/, "npx purser ")}`,
	);
	return page(
		`## purser ${name}${args ? ` ${args}` : ""}`,
		`${brief}.`,
		...(command === serve ? ["In addition, every setting of [the configuration](configuration.md)."] : []),
		table(["Option", "Meaning"], rows),
		...(detail ? [detail.replace(/\bGET \S+/g, (match) => code(match))] : []),
		...(runnable.length > 0 ? [`\`\`\`sh\n${runnable.join("\n\n")}\n\`\`\``] : []),
	).trimEnd();
}

/** docs/cli.md: every command. */
export const cliPage = (): string =>
	page(
		written("server/src/cli"),
		"# The command line",
		"In a clone the program is `npx purser`. Every command has `--help`.",
		"- Data goes to stdout, words to stderr: `npx purser usage --format csv > usage.csv` writes a clean file.\n- Exit codes: 0 done, 1 failed, 2 misused.\n- Tables fit the terminal, and are as wide as it takes when piped. `NO_COLOR` is honoured.\n- Tables and Markdown show money as `$1.2345`; CSV and JSON have the exact value.\n- Commands ask a running server through [its API](api.md). `PURSER_SERVER` and `PURSER_KEY` save `--server` and `--key`.",
		...commands.map(section),
	);
