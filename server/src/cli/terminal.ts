import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** Writes data to stdout, so that it can be piped: unchanged, except that on a terminal unsafe characters are escaped. */
export function writeOutput(text: string): void {
	const whole = text.endsWith("\n") || text === "" ? text : `${text}\n`;
	process.stdout.write(process.stdout.isTTY ? cleanLines(whole) : whole);
}

/** Words go to stderr, and with them what a server or a file said. */
export const writeStatus = (text: string): void => void process.stderr.write(`${cleanLines(text)}\n`);

/** Styled where stdout is a terminal and NO_COLOR is not set. */
export const styled = (style: Style, text: string): string =>
	process.env["NO_COLOR"] ? text : styleText(style, text, { stream: process.stdout });

/** Columns that a line on stdout may take; none of that when it goes elsewhere. */
export function terminalWidth(environment: Readonly<Record<string, string | undefined>>): number {
	const asked = Number(environment["COLUMNS"]);
	return process.stdout.columns || (asked > 0 ? asked : Number.POSITIVE_INFINITY);
}

/** EPIPE (e.g. from `| head`) is not an error; exit quietly. */
export function exitOnBrokenPipe(): void {
	process.stdout.on("error", (error: NodeJS.ErrnoException) => {
		if (error.code === "EPIPE") process.exit(0);
		throw error;
	});
	process.stderr.on("error", () => undefined);
}

/**
 * Makes foreign text safe to show: control characters would command the terminal, and bidirectional ones would show another
 * text.
 */
export const clean = (text: string): string =>
	text.replace(/[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/gu, (character) => {
		const code = character.codePointAt(0)!;
		return code < 0x20 ? String.fromCodePoint(0x2400 + code) : "\ufffd";
	});

/** Lines as they are safe to show: they keep their ends, tabs, and the colours that we give them. */
export const cleanLines = (text: string): string =>
	text
		// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what colours begin with.
		.split(/(\r?\n|\t|\u001b\[[\d;]{0,20}m)/)
		.map((piece, i) => (i % 2 ? piece : clean(piece)))
		.join("");

/** JSON that is safe to show: JSON itself escapes only the first 32 control characters. */
export const cleanJson = (value: unknown, space?: number): string =>
	JSON.stringify(value, undefined, space).replace(
		/[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
	);

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
const wide =
	/\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;
const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

/** Returns the number of terminal columns of a text. */
export function widthOf(text: string): number {
	if (isPlain(text)) return text.length;
	let width = 0;
	for (const { segment } of segmenter.segment(text)) width += wide.test(segment) ? 2 : 1;
	return width;
}

/** The text in so many columns, with an ellipsis where some is missing. */
export function clip(text: string, width: number): string {
	if (widthOf(text) <= width) return text;
	let kept = "";
	let used = 0;
	for (const { segment } of segmenter.segment(text)) {
		const next = widthOf(segment);
		if (used + next > width - 1) break;
		kept += segment;
		used += next;
	}
	return `${kept}…`;
}
