import { type Env, isHeader, type Note, shown } from "./values.ts";

/** Characters that must be encoded in a list of pairs (W3C Baggage, and Claude Code's documentation of resource attributes). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const forbidden = /[\u0000-\u0020"\\;\u007f-\u{10ffff}]/u;
const nameOf: Readonly<Record<string, string>> = {
	" ": "a space",
	'"': "a quotation mark",
	"\\": "a backslash",
	";": "a semicolon",
};

type Pair = { readonly key: string; readonly value: string; readonly place: string; readonly odd: string | undefined };

/** Labels of the resource. One with characters that should have been encoded is in `all` only: Claude Code has it on no record. */
export function labelsOf(env: Env, name: string, note: Note) {
	const keyValueList = pairsOf(env, name, note);
	const record = (some: readonly Pair[]) => Object.fromEntries(some.map(({ key, value }) => [key, value]));
	for (const { place, odd } of keyValueList) if (odd !== undefined) note(oddNote(place, odd));
	return { all: record(keyValueList), strict: record(keyValueList.filter(({ odd }) => odd === undefined)) };
}

/** Headers, where an odd character matters only if HTTP cannot carry it. */
export function headersOf(env: Env, name: string, note: Note): Record<string, string> {
	const keyValueList = pairsOf(env, name, note).filter(({ key, value, place }) => {
		const can = isHeader(key, value);
		if (!can) note(`cannot use ${place}: HTTP has no such header; it is left out`);
		return can;
	});
	return Object.fromEntries(keyValueList.map(({ key, value }) => [key, value]));
}

/**
 * `key=value,key=value`, percent-encoded. What is no pair is left out with a note. Notes have keys, never values: these may be secrets.
 */
function pairsOf(env: Env, name: string, note: Note): Pair[] {
	const keyValueList: Pair[] = [];
	for (const [i, entry] of (env[name] ?? "").split(",").entries()) {
		if (entry.trim() === "") continue;
		const at = entry.indexOf("=");
		const entryPlace = `entry ${i + 1} of ${name}`;
		if (at < 1 || entry.slice(0, at).trim() === "") {
			note(`cannot use ${entryPlace}: it has to be key=value, and a comma inside a value %2C; it is left out`);
			continue;
		}
		const [key, value] = [entry.slice(0, at).trim(), entry.slice(at + 1).trim()];
		const place = `${entryPlace}, "${shown(key)}"`;
		const decoded = decode(value);
		if (decoded === undefined) {
			note(`cannot use ${place}: a % that is followed by no two hexadecimal digits has to be %25; it is left out`);
			continue;
		}
		keyValueList.push({ key, value: decoded, place, odd: forbidden.exec(key + value)?.[0] });
	}
	return keyValueList;
}

function oddNote(place: string, odd: string): string {
	const encoded = encodeURIComponent(odd.toWellFormed()).replace(/^(?=[^%])/, "%");
	return `${place}, has ${nameOf[odd] ?? "a character that is not plain ASCII"}, which has to be written as ${encoded}: it stays on the resource only`;
}

function decode(value: string): string | undefined {
	try {
		return decodeURIComponent(value);
	} catch {
		return undefined;
	}
}
