import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { UsageError } from "./errors.ts";
import { yaml } from "./lazy-imports.ts";
import { type SettingDefinition, type SettingName, settings, variableOf } from "./settings.ts";

export type Address = { readonly host: string; readonly port: number };

type ValueOf<Type> = Type extends "address"
	? Address | undefined
	: Type extends "count" | "seconds" | "bytes"
		? number
		: Type extends "switch"
			? boolean
			: Type extends "list"
				? readonly string[]
				: string;

export type Config = { readonly [Name in SettingName]: ValueOf<(typeof settings)[Name]["type"]> };

export type ConfigSources = {
	/** Values of the command line, by setting name. */
	readonly flags: Readonly<Record<string, unknown>>;
	readonly environment: Readonly<Record<string, string | undefined>>;
	/** purser.yaml; by default the one in the working directory, if there is one. */
	readonly file?: string;
};

/** Reads the settings from all sources. Throws one UsageError that lists all problems. */
export function readConfig({ flags, environment, file }: ConfigSources): Config {
	const problems: string[] = [];
	const inFile = readFile(file ?? environment["PURSER_CONFIG"], problems);
	for (const name of Object.keys(environment)) {
		if (name.startsWith("PURSER_") && !knownVariables.has(name)) problems.push(`${name}: there is no such variable`);
	}
	/** Returns the values that were given under these names, the one that wins first, each with its origin. */
	const valuesOf = (names: readonly string[]): [value: unknown, origin: string][] =>
		[
			...names.map((name): [unknown, string] => [flags[name], `--${name}`]),
			...names.map((name): [unknown, string] => [environment[variableOf(name)], variableOf(name)]),
			...names.map((name): [unknown, string] => [inFile[name], `${name} in the configuration file`]),
		].filter(([value]) => value !== undefined);
	const config: Record<string, unknown> = {};
	for (const [name, definition] of Object.entries(settings) as [SettingName, SettingDefinition][]) {
		const sources = valuesOf(definition.formerly === undefined ? [name] : [name, definition.formerly]);
		const [value, origin] = sources[0] ?? [definition.default, name];
		try {
			config[name] = parseValue(definition, value);
		} catch (error) {
			problems.push(`${origin}: ${(error as Error).message}`);
		}
	}
	if (problems.length > 0) throw new UsageError(`cannot read the configuration:\n  ${problems.join("\n  ")}`);
	config["data"] ||= defaultData(environment);
	config["keys"] ||= join(config["data"] as string, "keys.json");
	return Object.freeze(config) as Config;
}

/** Variables that are no settings of the server. */
const otherVariables = ["PURSER_CONFIG", "PURSER_SERVER", "PURSER_KEY"];
const formerNames = Object.values(settings as Record<string, SettingDefinition>).flatMap(({ formerly = [] }) => formerly);
const knownNames: ReadonlySet<string> = new Set([...Object.keys(settings), ...formerNames]);
const knownVariables: ReadonlySet<string> = new Set([...[...knownNames].map(variableOf), ...otherVariables]);

function readFile(path: string | undefined, problems: string[]): Record<string, unknown> {
	const from = path ?? "purser.yaml";
	if (!existsSync(from)) {
		if (path) problems.push(`${path}: there is no such file`);
		return {};
	}
	const document = yaml().parseDocument(readFileSync(from, "utf8"));
	for (const error of document.errors) problems.push(`${from}: ${error.message.split("\n")[0]}`);
	if (document.errors.length > 0) return {};
	const content: unknown = document.toJS();
	if (content === null || content === undefined) return {};
	if (typeof content !== "object" || Array.isArray(content)) {
		problems.push(`${from}: must be a list of settings, e.g. \`web: 127.0.0.1:4319\``);
		return {};
	}
	for (const key of Object.keys(content)) if (!knownNames.has(key)) problems.push(`${from}: there is no setting "${key}"`);
	return content as Record<string, unknown>;
}

function parseValue({ type, choices }: SettingDefinition, value: unknown): unknown {
	if (choices && !choices.includes(String(value))) throw new Error(`must be one of ${choices.join(", ")}, not "${value}"`);
	switch (type) {
		case "address":
			return value === "" ? undefined : parseAddress(String(value));
		case "count":
		case "seconds": {
			const number = typeof value === "number" ? value : /^\d+$/.test(String(value)) ? Number(value) : Number.NaN;
			if (!Number.isSafeInteger(number) || number < 0) throw new Error(`must be a whole number, not "${value}"`);
			return number;
		}
		case "bytes":
			return parseBytes(String(value));
		case "switch":
			if (typeof value === "boolean") return value;
			if (["1", "true", "yes", "on"].includes(String(value))) return true;
			if (["0", "false", "no", "off", ""].includes(String(value))) return false;
			throw new Error(`must be true or false, not "${value}"`);
		case "list":
			return Array.isArray(value)
				? value.map(String)
				: String(value)
						.split(",")
						.map((item) => item.trim())
						.filter(Boolean);
		case "path": {
			const path = String(value).replace(/^~(?=\/|$)/, home);
			return path === "" || isAbsolute(path) ? path : resolve(path);
		}
		default:
			return String(value);
	}
}

/** `HOST:PORT`, `[::1]:PORT` or `:PORT` (all addresses). */
export function parseAddress(text: string): Address {
	const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(text.trim());
	const port = Number(match?.[3]);
	if (!match || port > 65535) throw new Error(`must be HOST:PORT, e.g. 127.0.0.1:4317, not "${text}"`);
	return { host: match[1] ?? (match[2] || "::"), port };
}

export const formatAddress = ({ host, port }: Address): string => (host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`);

export const isLoopback = ({ host }: Address): boolean => host === "localhost" || host === "::1" || /^127\./.test(host);

function parseBytes(text: string): number {
	const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?$/i.exec(text.trim());
	if (!match) throw new Error(`must be a size, e.g. 64M, not "${text}"`);
	return Math.floor(Number(match[1]) * 1024 ** " KMGT".indexOf((match[2] || " ").toUpperCase()));
}

/** A user without an entry in the system's list, as containers have them, may have none. */
function home(): string {
	try {
		return homedir();
	} catch {
		throw new UsageError("cannot find this user's home directory: pass --data DIRECTORY, or set HOME");
	}
}

function defaultData(environment: ConfigSources["environment"]): string {
	const base = environment["XDG_DATA_HOME"];
	return join(base && isAbsolute(base) ? base : join(home(), ".local", "share"), "purser");
}
