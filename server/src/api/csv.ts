/** Rows as CSV (RFC 4180) with a header. Null is empty; a text that a spreadsheet would run as a formula gets an apostrophe. */
export function toCsv(columns: readonly string[], rows: readonly Readonly<Record<string, unknown>>[]): string {
	const lines = rows.map((row) => columns.map((column) => cell(row[column])).join(","));
	return `${[columns.map(cell).join(","), ...lines].join("\r\n")}\r\n`;
}

function cell(value: unknown): string {
	if (value === null || value === undefined) return "";
	if (typeof value === "number") return String(value);
	const text = typeof value === "object" ? JSON.stringify(value) : String(value);
	// Also where control characters or spaces come first, or signs as wide as letters of Chinese: some programs skip and change them.
	const harmless = /^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]/u.test(text) || /^[\t\r\n]/.test(text) ? `'${text}` : text;
	// Semicolons and tabs, too: elsewhere they are what separates.
	return /[",;\t\r\n\0]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
