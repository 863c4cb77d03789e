import { Command, CommanderError, Option } from "commander";
import { MisuseError, messageOf } from "../errors.ts";
import { settings } from "../settings.ts";
import { version } from "../version.ts";
import type { OpenPurser } from "./purser.ts";
import { serve } from "./serve.ts";

export type { OpenPurser, Purser } from "./purser.ts";

/** Exit codes: 0 done, 1 failed, 2 misused. */
export async function runCli(args: readonly string[], openPurser: OpenPurser): Promise<void> {
	const program = new Command("purser")
		.description("Keeps the accounts of an organization's coding agents: what they did, what it cost, what came of it")
		.version(version)
		.exitOverride()
		.showHelpAfterError("(add --help for what can be said)");
	const serving = program
		.command("serve")
		.description("Receive, keep and answer")
		.option("--config <file>", "Configuration file (purser.yaml)");
	for (const [name, { brief, type }] of Object.entries(settings)) {
		serving.addOption(new Option(type === "switch" ? `--${name}` : `--${name} <value>`, brief));
	}
	serving.action((flags: Record<string, unknown>) => serve(flags, openPurser));
	try {
		await program.parseAsync(args, { from: "user" });
	} catch (error) {
		if (error instanceof CommanderError) {
			process.exitCode = error.exitCode === 0 ? 0 : 2;
			return;
		}
		process.stderr.write(`purser: ${messageOf(error)}\n`);
		process.exitCode = error instanceof MisuseError ? 2 : 1;
	}
}
