export const code = (text: string): string => `\`${text}\``;

export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
	const row = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
	return [row(header), row(header.map(() => "---")), ...rows.map(row)].join("\n");
}

export const page = (...parts: readonly string[]): string => `${parts.join("\n\n")}\n`;

export const written = (source: string): string => `<!-- Written by \`npm run docs\` from ${source}. Change it there. -->`;
