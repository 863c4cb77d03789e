import type { SettingsSource } from "./settings-sources.ts";

/** Settings of which everything that matters here is well-formed. Other keys are kept, unread. */
export type Settings = {
	readonly env?: Readonly<Record<string, string>>;
	readonly otelHeadersHelper?: string;
	readonly [key: string]: unknown;
};

/** One place that settings come from. */
export type Scope = { readonly name: string; readonly settings: Settings };

/** A variable's value, and the name of the scope that set it. */
export type Variable = { readonly value: string; readonly source: string };

/** The command that prints headers, and the name of the scope that set it. An empty one cancels those of lower scopes. */
export type HeadersHelper = { readonly command: string; readonly source: string };

/** Only the program that starts the process identifies the user: no settings file can. */
const identity: ReadonlySet<string> = new Set([
	"CLAUDE_CODE_ACCOUNT_UUID",
	"CLAUDE_CODE_USER_EMAIL",
	"CLAUDE_CODE_ORGANIZATION_UUID",
]);

/** Returns true if this value switches off. */
export const isOff = (value: string): boolean => ["0", "false", "no", "off"].includes(value.trim().toLowerCase());

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === "object" && value !== null && !Array.isArray(value);

export const variablesOf = ({ settings }: Scope): [string, string][] => Object.entries(settings.env ?? {});

export const headersHelperOf = ({ name, settings }: Scope): HeadersHelper | undefined =>
	settings.otelHeadersHelper === undefined ? undefined : { command: settings.otelHeadersHelper, source: name };

/** The scope of a JSON text, as of a file; undefined where there is none. Notes never quote the text: it may hold secrets. */
export function readScope(name: string, read: () => string | undefined, notes: string[]): Scope | undefined {
	const text = attempt(name, read, notes);
	if (text === undefined) return undefined;
	let settings: unknown;
	try {
		settings = JSON.parse(text.replace(/^\uFEFF/, ""));
	} catch (error) {
		const line = /\(line (\d+) column \d+\)$/.exec(String(error))?.[1];
		notes.push(`cannot read ${name}: it is not valid JSON${line ? ` at line ${line}` : ""}. Fix it: nothing of it counts`);
		return undefined;
	}
	return parseScope({ name, settings }, notes);
}

/** Returns the reader's result, or notes that it failed. */
export function attempt<T>(name: string, read: () => T, notes: string[]): T | undefined {
	try {
		return read();
	} catch (error) {
		const code = (error as NodeJS.ErrnoException | null | undefined)?.code;
		notes.push(`cannot read ${name}: ${code ?? "its reader failed"}. Make it readable, or remove it`);
		return undefined;
	}
}

/** Keeps what is well-formed, and says of the rest what to do. */
export function parseScope({ name, settings }: SettingsSource, notes: string[]): Scope {
	if (!isObject(settings)) {
		notes.push(`cannot use ${name}: settings must be one JSON object, as {"env": {}}`);
		return { name, settings: {} };
	}
	const { env, otelHeadersHelper, ...rest } = settings;
	const variables = env === undefined ? undefined : parseEnv(name, env, notes);
	const helper = parseHeadersHelper(name, otelHeadersHelper, notes);
	return {
		name,
		settings: { ...rest, ...(variables && { env: variables }), ...(helper !== undefined && { otelHeadersHelper: helper }) },
	};
}

/** A program named by a relative path would be whatever the repository that is open has there. */
const relativeProgram = /^\s*["']?(\.{0,2}[\w.-]+|\.{1,2})[\\/]/;

function parseHeadersHelper(name: string, command: unknown, notes: string[]): string | undefined {
	if (command === undefined) return undefined;
	if (typeof command === "string" && !relativeProgram.test(command)) return command;
	const wanted =
		typeof command === "string"
			? "write its whole path: a relative one would run whatever the open repository has there"
			: "it must be a text, the command that prints the headers";
	notes.push(`cannot use "otelHeadersHelper" of ${name}: ${wanted}`);
	return undefined;
}

function parseEnv(name: string, env: unknown, notes: string[]): Record<string, string> | undefined {
	if (!isObject(env)) {
		notes.push(`cannot use "env" of ${name}: it must be an object of texts, as {"CLAUDE_CODE_ENABLE_TELEMETRY": "1"}`);
		return undefined;
	}
	const kept = Object.entries(env).flatMap(([variable, value]) => {
		if (identity.has(variable)) {
			notes.push(`cannot use "env.${variable}" of ${name}: set it in the environment that the agent is started from`);
			return [];
		}
		if (typeof value === "string") return [[variable, value]];
		// What people mean by 1 or true is plain, and Claude Code's own page has them in quotes.
		if (typeof value === "number" || typeof value === "boolean") {
			notes.push(`"env.${variable}" of ${name} is a ${typeof value} and taken as text: write it in quotes`);
			return [[variable, String(value)]];
		}
		notes.push(`cannot use "env.${variable}" of ${name}: it must be a text in quotes`);
		return [];
	});
	return Object.fromEntries(kept);
}
