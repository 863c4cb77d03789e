import { commands } from "../../src/cli/commands.ts";
import { readConfig } from "../../src/config.ts";
import { UsageError } from "../../src/errors.ts";
import { settings } from "../../src/settings.ts";
import { runCommand } from "../process.ts";
import type { Inputs } from "./inputs.ts";

/** Most are read in this process: to start one takes a hundred times as long. */
const startedOneIn = 400;

/** Every flag of every command with values of every kind; settings also as variables. */
export const flags: Inputs = async (random, target) => {
	const names = Object.keys(settings);
	const argument = () => random.text().replaceAll("\0", "").toWellFormed();
	const asked = commands.filter(({ name }) => !/^(serve|demo|tail|keys|rebuild|doctor)/.test(name));
	const command = () => {
		const { name, options, args } = random.of(asked);
		const given = options
			.filter(() => random.oneIn(4))
			.flatMap(({ flags, choices }) => {
				const [flag] = /--[\w-]+/.exec(flags)!;
				return flags.includes("<") ? [flag!, choices && random.oneIn(2) ? random.of(choices) : argument()] : [flag!];
			});
		const words = args ? random.list(2, argument) : [];
		const all = [
			...name.split(" "),
			...given,
			...(random.oneIn(5) ? [argument()] : []),
			"--server",
			`http://${target.web}`,
			"--",
			...words,
		];
		return {
			what: JSON.stringify(all),
			run: async () => {
				const { code, stdout, stderr } = await runCommand(all);
				if ((stdout + stderr).includes(target.secret)) return "the secret was disclosed";
				if (code !== 0 && code !== 1 && code !== 2) return `exit code ${code}: ${stderr.slice(-300)}`;
				return /^\s+at .*:\d+:\d+/m.test(stderr) ? `a stack was shown: ${stderr.slice(-500)}` : undefined;
			},
		};
	};
	const configuration = () => {
		const some = () =>
			Object.fromEntries(
				random.list(5, () => [
					random.oneIn(5) ? random.text() : random.of(names),
					random.oneIn(4) ? random.below(1e6) : random.text(),
				]),
			);
		const environment = Object.fromEntries(
			Object.entries(some()).map(([name, value]) => [`PURSER_${name.toUpperCase().replaceAll("-", "_")}`, String(value)]),
		);
		const given = { flags: some(), environment: random.oneIn(2) ? environment : {} };
		return {
			what: JSON.stringify(given),
			run: async () => {
				try {
					readConfig({ ...given, environment: { ...given.environment, HOME: "/" } });
				} catch (error) {
					if (!(error instanceof UsageError)) return `${(error as Error).stack}`;
				}
				return undefined;
			},
		};
	};
	return () => (random.oneIn(startedOneIn) ? command() : configuration());
};
