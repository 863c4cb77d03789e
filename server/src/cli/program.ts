import { Command, CommanderError, Option } from "commander";
import { messageOf, UsageError } from "../errors.ts";
import { version } from "../version.ts";
import type { CommandContext, CommandDefinition, OpenPurser, OptionDefinition, Options } from "./command.ts";
import { commands } from "./commands.ts";
import { exitOnBrokenPipe, writeStatus } from "./terminal.ts";

export type { OpenPurser, Purser } from "./command.ts";

/** Exit codes: 0 done, 1 failed, 2 usage error. */
export async function runCli(args: readonly string[], openPurser: OpenPurser): Promise<void> {
	exitOnBrokenPipe();
	try {
		await createProgram({ openPurser, environment: process.env }).parseAsync(args, { from: "user" });
	} catch (error) {
		if (error instanceof CommanderError) {
			process.exitCode = error.exitCode === 0 ? 0 : 2;
			return;
		}
		writeStatus(`purser: ${messageOf(error)}`);
		process.exitCode = error instanceof UsageError ? 2 : 1;
	}
}

/** The parser, with every command that there is. */
function createProgram(surroundings: CommandContext): Command {
	const program = new Command("purser")
		.description("Usage accounting for an organization's coding agents: what they do, cost and achieve")
		.version(version)
		.exitOverride()
		.showHelpAfterError("(add --help for what can be said)")
		.addHelpText("after", "\nExit codes: 0 done, 1 failed, 2 misused. Data goes to stdout, words to stderr.");
	for (const definition of commands) addCommand(program, definition, surroundings);
	return program;
}

function addCommand(program: Command, definition: CommandDefinition, surroundings: CommandContext): void {
	const path = definition.name.split(" ");
	const group = path.length === 1 ? program : groupOf(program, path[0]!);
	const command = group.command(`${path.at(-1)}${definition.args ? ` ${definition.args}` : ""}`).description(definition.brief);
	for (const option of definition.options) command.addOption(optionFrom(option));
	if (definition.detail) command.addHelpText("after", `\n${definition.detail}`);
	if (definition.examples) {
		const lines = definition.examples.map((example) => `  ${example.command}\n      ${example.brief}`);
		command.addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
	}
	command.action(async () => {
		await definition.run(command.args, command.opts() as Options, surroundings);
	});
}

const groups: ReadonlyMap<string, string> = new Map([
	["journal", "Records that could not be loaded: list, inspect or load them again"],
	["keys", "Create, list and revoke API keys"],
]);

const groupOf = (program: Command, name: string): Command =>
	program.commands.find((command) => command.name() === name) ?? program.command(name).description(groups.get(name) ?? "");

function optionFrom({ flags, brief, default: value, choices, many, isHidden }: OptionDefinition): Option {
	const option = new Option(flags, brief).hideHelp(isHidden === true);
	if (choices) option.choices(choices);
	if (value !== undefined) option.default(value);
	if (many) option.argParser((text: string, before: readonly string[] | undefined) => [...(before ?? []), text]);
	return option;
}
