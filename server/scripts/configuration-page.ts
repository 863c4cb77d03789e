import { type SettingDefinition, settings, variableOf } from "../src/settings.ts";
import { code, page, table, written } from "./markdown.ts";

const forms: Readonly<Record<SettingDefinition["type"], string>> = {
	text: "text",
	address: "HOST:PORT",
	path: "path",
	count: "whole number",
	seconds: "seconds",
	bytes: "size",
	switch: "true or false",
	list: "list",
};

const shownDefault = ({ default: value }: SettingDefinition): string =>
	value === "" || (Array.isArray(value) && value.length === 0) ? "" : code(String(value));

/** docs/configuration.md: every setting. */
export const configurationPage = (): string =>
	page(
		written("server/src/settings.ts"),
		"# Configuration",
		"Every setting has a flag of `purser serve`, a variable and a key in `purser.yaml`. Flags win over variables, variables over the\nfile, the file over defaults. An unknown key or variable is an error, and all errors are reported at once. Nothing needs to be set\nto try Purser on one machine.",
		"`npm start -- --web 127.0.0.1:5000` passes flags on. This prints the effective settings as a file:",
		"```sh\nnpx purser serve --print-config > purser.yaml\n```",
		table(
			["Flag", "Variable", "Form", "Default", "Meaning"],
			(Object.entries(settings) as [string, SettingDefinition][]).map(([name, definition]) => [
				code(`--${name}`),
				code(variableOf(name)),
				forms[definition.type],
				shownDefault(definition),
				`${definition.brief}.`,
			]),
		),
		"- HOST:PORT: `127.0.0.1:4317`, `[::1]:4317`, or `:4317` for all addresses. Beyond loopback keys are needed: see\n  [security](security.md).\n- A size: `64M`, `1.5G`, or bytes. A list: with commas between, or a YAML list.\n- The file is the one named by `--config` or `PURSER_CONFIG`, else `purser.yaml` in the working directory.",
		"```yaml\n# purser.yaml\ngrpc: :4317\nhttp: :4318\nweb: :4319\nretention-events-months: 25\nallowed-hosts: [purser.example.com]\n```",
		"## For the commands that ask",
		table(
			["Variable", "Meaning"],
			[
				[
					code("PURSER_SERVER"),
					"Where the page and the API are, for `usage`, `tail` and the others; `http://127.0.0.1:4319` by default",
				],
				[code("PURSER_KEY"), "A read key, where the server wants one"],
				[code("PURSER_CONFIG"), "The configuration file"],
				[code("NO_COLOR"), "Any value: no colours"],
				[
					code("NODE_EXTRA_CA_CERTS"),
					"PEM of an authority to trust in addition to the system's, where the server has a certificate of its own",
				],
			],
		),
		"Claude Code has settings of its own: see [getting started](getting-started.md) and all its variables in\n[the contract](contract.md#variables).",
	);
