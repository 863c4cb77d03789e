/** A text between quotes of any kind, in which everything is text. */
const quotedText = /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`\\]|\\.|``)*`/gs;
/**
 * Characters that end a statement, or may hide where it ends: comments, heredocs, quotes without an end, letters the parser
 * does not know.
 */
const unclear = /['"`;#$\0]|--|\/[*/]|[^\t\n\r\x20-\x7e]/;

/**
 * Throws unless a text is certainly one statement. chDB runs all statements of a text, whatever the session's settings, so a
 * text to which a user could have added a statement is not run.
 */
export function checkSingle(sql: string): void {
	const found = unclear.exec(sql.replace(quotedText, " "));
	if (found)
		throw new Error(`Code: 62. DB::Exception: not one plain statement: it has ${JSON.stringify(found[0])}. (SYNTAX_ERROR)`);
}

/** A text as SQL reads it between single quotes. */
export const literal = (value: string): string =>
	`'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\0", "\\0")}'`;

/** A name of a parameter or a setting. Throws for anything else: they stand in a statement as they are. */
export function checkedName(name: string): string {
	if (!/^[A-Za-z_]\w{0,127}$/.test(name))
		throw new Error(
			`Code: 36. DB::Exception: ${JSON.stringify(name.slice(0, 80))} is no name of a parameter or setting. (BAD_ARGUMENTS)`,
		);
	return name;
}

/** A name of a format. */
export function checkedFormat(name: string): string {
	if (!/^[A-Za-z]\w{0,63}$/.test(name))
		throw new Error(`Code: 73. DB::Exception: unknown format ${JSON.stringify(name.slice(0, 80))}. (UNKNOWN_FORMAT)`);
	return name;
}
