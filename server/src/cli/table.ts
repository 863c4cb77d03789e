import { toCsv } from "../api/csv.ts";
import { clean, cleanJson, clip, styled, widthOf } from "./terminal.ts";

export const formats = ["table", "json", "csv", "markdown"] as const;
export type Format = (typeof formats)[number];

export type Row = Readonly<Record<string, unknown>>;

export type TableColumn = {
	/** The member of a row. */
	readonly name: string;
	/** Its value for people; in CSV and JSON it is exact. */
	readonly show?: (value: unknown, row: Row) => string;
	/** Numbers: to the right, and never cut. */
	readonly right?: boolean;
};

/** A command's answer: its rows in columns, and the raw response for programs. */
export type Answer = {
	readonly columns: readonly TableColumn[];
	readonly rows: readonly Row[];
	readonly json: unknown;
};

export function write(format: Format, { columns, rows, json }: Answer, width: number): string {
	if (format === "json") return `${cleanJson(json, 2)}\n`;
	if (format === "csv") {
		const names = columns.map(({ name }) => name);
		return toCsv(names, rows);
	}
	const cells = rows.map((row) => columns.map((column) => cell(column, row)));
	return format === "markdown" ? markdown(columns, cells) : table(columns, cells, width);
}

const cell = ({ name, show }: TableColumn, row: Row): string => {
	const value = row[name];
	return clean(show ? show(value, row) : value === null || value === undefined ? "" : String(value));
};

function markdown(columns: readonly TableColumn[], cells: readonly (readonly string[])[]): string {
	const line = (texts: readonly string[]) =>
		`| ${texts.map((text) => text.replaceAll("\\", "\\\\").replaceAll("|", "\\|")).join(" | ")} |\n`;
	const head = line(columns.map(({ name }) => name)) + line(columns.map(({ right }) => (right ? "---:" : "---")));
	return head + cells.map(line).join("");
}

const gap = "  ";
const narrowest = 6;

/** Columns side by side where they fit, texts cut where they must be, and one under the other where nothing else helps. */
function table(columns: readonly TableColumn[], cells: readonly (readonly string[])[], width: number): string {
	if (cells.length === 0) return "";
	const widths = columns.map(({ name }, i) => Math.max(widthOf(name), ...cells.map((row) => widthOf(row[i]!))));
	const excess = () => widths.reduce((sum, each) => sum + each, 0) + gap.length * (columns.length - 1) - width;
	while (excess() > 0) {
		const cuttable = columns.flatMap(({ right }, i) => (!right && widths[i]! > narrowest ? [i] : []));
		if (cuttable.length === 0) return stacked(columns, cells, width);
		const widest = cuttable.reduce((a, b) => (widths[b]! > widths[a]! ? b : a));
		const others = cuttable.filter((i) => i !== widest).map((i) => widths[i]!);
		const floor = Math.max(narrowest, ...others);
		const target = widths[widest]! - excess();
		widths[widest] = widths[widest]! > floor ? Math.max(floor, target) : widths[widest]! - 1;
	}
	const line = (texts: readonly string[], last = columns.length - 1) =>
		texts
			.map((text, i) => {
				const shown = clip(text, widths[i]!);
				const space = " ".repeat(widths[i]! - widthOf(shown));
				return columns[i]!.right ? space + shown : i === last ? shown : shown + space;
			})
			.join(gap);
	return `${[styled("bold", line(columns.map(({ name }) => name))), ...cells.map((row) => line(row))].join("\n")}\n`;
}

function stacked(columns: readonly TableColumn[], cells: readonly (readonly string[])[], width: number): string {
	const names = Math.max(...columns.map(({ name }) => widthOf(name)));
	const room = Math.max(narrowest, width - names - gap.length);
	const block = (row: readonly string[]) =>
		row.map((text, i) => `${styled("bold", columns[i]!.name.padEnd(names))}${gap}${clip(text, room)}\n`).join("");
	return cells.map(block).join("\n");
}
