import { expect, test } from "vitest";
import { type Row, type TableColumn, write } from "./table.ts";

const columns: TableColumn[] = [
	{ name: "model" },
	{ name: "cost_usd", right: true, show: (value) => `$${Number(value).toFixed(4)}` },
	{ name: "note" },
];
const rows: Row[] = [
	{ model: "claude-opus-5-5", cost_usd: 12.30006, note: "a | b" },
	{ model: "=cmd", cost_usd: 0.1, note: "ends\there\x1b[2J" },
];
const at = (format: Parameters<typeof write>[0], width = Number.POSITIVE_INFINITY) =>
	write(format, { columns, rows, json: { rows } }, width);

test("a table lines up numbers to the right, and nothing in it commands the terminal", () => {
	expect(at("table")).toBe(
		["model            cost_usd  note", "claude-opus-5-5  $12.3001  a | b", "=cmd              $0.1000  ends␉here␛[2J", ""].join(
			"\n",
		),
	);
});

test("a table fits the terminal: texts are cut, numbers never", () => {
	const lines = at("table", 30).split("\n");
	expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(30);
	expect(lines[1]).toBe("claude-o…  $12.3001  a | b");
	expect(lines[2]).toContain("$0.1000");
});

test("where even that does not fit, rows are read from top to bottom", () => {
	expect(at("table", 18)).toBe(
		[
			"model     claude-…",
			"cost_usd  $12.3001",
			"note      a | b",
			"",
			"model     =cmd",
			"cost_usd  $0.1000",
			"note      ends␉he…",
			"",
		].join("\n"),
	);
});

test("CSV and JSON are exact", () => {
	expect(at("csv").split("\r\n")[1]).toBe("claude-opus-5-5,12.30006,a | b");
	expect(at("csv").split("\r\n")[2]).toMatch(/^'=cmd,0\.1,/);
	expect(JSON.parse(at("json"))).toEqual({ rows });
});

test("Markdown escapes what would end a cell", () => {
	expect(at("markdown").split("\n")).toEqual([
		"| model | cost_usd | note |",
		"| --- | ---: | --- |",
		"| claude-opus-5-5 | $12.3001 | a \\| b |",
		"| =cmd | $0.1000 | ends␉here␛[2J |",
		"",
	]);
});

test("no rows are no table", () => expect(write("table", { columns, rows: [], json: {} }, 80)).toBe(""));
