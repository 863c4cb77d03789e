/** Names in parameters that hold several things: a label may have any name, also one with a comma or a colon in it. */

type Token = {
	readonly text: string;
	readonly isSeparator: boolean;
	/** Index of the text that follows. */
	readonly end: number;
};

/**
 * A text and its separators, one by one. A backslash before a separator takes it for text, and two stand for one there. Everywhere
 * else a backslash is a character like others, so that only the names that need it are written otherwise than they are.
 */
function* tokensOf(text: string, separators: RegExp): Generator<Token> {
	let end = 0;
	for (const { 0: match, 1: backslashes, 2: separator, index } of text.matchAll(separators)) {
		const isSeparator = backslashes!.length % 2 === 0;
		yield { text: text.slice(end, index) + "\\".repeat(backslashes!.length >> 1), isSeparator: false, end: index };
		end = index + match.length;
		yield { text: separator!, isSeparator, end };
	}
	yield { text: text.slice(end), isSeparator: false, end: text.length };
}

/** The items of a list with commas between. Spaces around an item are left out, but not those that end a label's name. */
export function itemsOf(text: string): string[] {
	const items = [""];
	for (const token of tokensOf(text, /(\\*)(,)/g)) {
		if (token.isSeparator) items.push("");
		else items[items.length - 1] += token.text;
	}
	return items.map((item) => (/^\s*-?label\./.test(item) ? item.trimStart() : item.trim())).filter((item) => item !== "");
}

/** `name:value` or, to exclude, `name!:value`; undefined where there is no colon or no name. Only the name has escapes. */
export function conditionOf(
	text: string,
): { readonly name: string; readonly exclude: boolean; readonly value: string } | undefined {
	let name = "";
	for (const { text: piece, isSeparator, end } of tokensOf(text, /(\\*)([!:])/g)) {
		const exclude = piece === "!" && text[end] === ":";
		if (isSeparator && (piece === ":" || exclude))
			return name === "" ? undefined : { name, exclude, value: text.slice(exclude ? end + 1 : end) };
		name += piece;
	}
	return undefined;
}
