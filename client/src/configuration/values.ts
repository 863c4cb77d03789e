import { validateHeaderName, validateHeaderValue } from "node:http";

/** Readers of single variables: a value that cannot be used is noted with its replacement, never thrown. */

export type Env = Readonly<Record<string, string>>;
export type Note = (note: string) => void;

const yes = new Set(["1", "true", "yes", "on"]);
const no = new Set(["0", "false", "no", "off"]);

/** `1` and `true`, `0` and `false`, in any case. */
export function flagOf(env: Env, name: string, preset: boolean, note: Note): boolean {
	const text = env[name]?.trim().toLowerCase();
	if (!text) return preset;
	if (yes.has(text)) return true;
	if (no.has(text)) return false;
	note(`cannot use ${name}: it says neither 1 nor 0; it counts as ${preset ? 1 : 0}`);
	return preset;
}

const longestTimerMs = 2_147_483_647;

/** A whole number from 1 on, as of milliseconds or characters. */
export function countOf(env: Env, name: string, preset: number, note: Note, most = longestTimerMs): number {
	const text = env[name]?.trim();
	if (!text) return preset;
	const number = Number(text);
	if (Number.isInteger(number) && number >= 1 && number <= most) return number;
	note(`cannot use ${name}: "${shown(text)}" is not a whole number from 1 to ${most}; ${preset} is used`);
	return preset;
}

/** One of a few words. */
export function wordOf<Word extends string>(env: Env, name: string, words: readonly Word[], note: Note): Word | undefined {
	const text = env[name]?.trim();
	if (!text) return undefined;
	const word = words.find((each) => each === text.toLowerCase());
	if (!word) note(`cannot use ${name}: "${shown(text)}" is none of ${words.join(", ")}; it counts as not set`);
	return word;
}

/** The value of the variable for one signal, else of the general one: `OTEL_EXPORTER_OTLP_LOGS_PROTOCOL` before `…_OTLP_PROTOCOL`. */
export const otlpName = (stem: string, signal?: string): string =>
	signal ? `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${stem}` : `OTEL_EXPORTER_OTLP_${stem}`;

/** Enough of it to be recognized. */
export const shown = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** Returns true if HTTP can carry the header. */
export function isHeader(name: string, value: string): boolean {
	try {
		validateHeaderName(name);
		validateHeaderValue(name, value);
		return true;
	} catch {
		return false;
	}
}
