import { type Env, type Note, shown } from "./values.ts";

/** What a list of pairs must not have unencoded (W3C Baggage, and Claude Code's documentation of resource attributes). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const forbidden = /[\u0000-\u0020"\\;\u007f-\uffff]/;
const nameOf: Readonly<Record<string, string>> = {
	" ": "a space",
	'"': "a quotation mark",
	"\\": "a backslash",
	";": "a semicolon",
};

export type Pairs = {
	/** All pairs that can be told apart, decoded. */
	readonly all: Readonly<Record<string, string>>;
	/** Those of them that are exactly as the format says. */
	readonly strict: Readonly<Record<string, string>>;
};

/**
 * `key=value,key=value`, percent-encoded. What is no pair is left out with a note; a pair with characters that should have been
 * encoded is in `all` only, as Claude Code has it on the resource but not on data points. Notes have keys, never values: these may be
 * secrets.
 */
export function pairsOf(env: Env, name: string, note: Note): Pairs {
	const all: Record<string, string> = {};
	const strict: Record<string, string> = {};
	for (const [i, entry] of (env[name] ?? "").split(",").entries()) {
		if (entry.trim() === "") continue;
		const at = entry.indexOf("=");
		const place = `entry ${i + 1} of ${name}`;
		if (at < 1 || entry.slice(0, at).trim() === "") {
			note(`cannot use ${place}: it has to be key=value, and a comma inside a value %2C; it is left out`);
			continue;
		}
		const [key, value] = [entry.slice(0, at).trim(), entry.slice(at + 1).trim()];
		const decoded = decode(value);
		if (decoded === undefined) {
			note(
				`cannot use ${place}, "${shown(key)}": a % that is followed by no two hexadecimal digits has to be %25; it is left out`,
			);
			continue;
		}
		all[key] = decoded;
		const odd = forbidden.exec(entry.slice(0, at).trim() + value)?.[0];
		if (odd === undefined) strict[key] = decoded;
		else note(oddNote(place, key, odd));
	}
	return { all, strict };
}

function oddNote(place: string, key: string, odd: string): string {
	const encoded = encodeURIComponent(odd).replace(/^(?=[^%])/, "%");
	return `${place}, "${shown(key)}", has ${nameOf[odd] ?? "a character that is not plain ASCII"}, which has to be written as ${encoded}: it stays on the resource only`;
}

function decode(value: string): string | undefined {
	try {
		return decodeURIComponent(value);
	} catch {
		return undefined;
	}
}
