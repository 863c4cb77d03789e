import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createTelemetry } from "@purser/client";
import { event, metric, span } from "@purser/contract";
import { describe, expect, test } from "vitest";

/** Claims of docs/client.md about the library that only a program can check. */
const folder = fileURLToPath(new URL(".", import.meta.url));
const page = readFileSync(new URL("../docs/client.md", import.meta.url), "utf8");
const section = (title: string) => page.split(/^## /m).find((part) => part.startsWith(`${title}\n`))!;
/** The tables of a section, each row as the names that stand as code in its cells. */
const tables = (title: string): string[][][][] =>
	[...section(title).matchAll(/(?:^\|.*\n)+/gm)].map(([table]) =>
		table
			.trim()
			.split("\n")
			.slice(2)
			.map((row) =>
				row
					.split("|")
					.slice(1, -1)
					.map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!)),
			),
	);
const shelf = (of: object) =>
	Object.entries(of).flatMap(([method, definition]) => (Array.isArray(definition) ? [] : [[method, definition.name as string]]));

describe("the page names all methods, and no others", () => {
	const [counters, events, spans, others] = tables("Methods");
	const names = (rows: string[][][] | undefined, column: number) => rows!.flatMap((row) => row[column]!);

	test("counters, with their metrics", () => {
		expect(counters!.map((row) => row.flat())).toEqual(shelf(metric));
	});
	test("events", () => {
		expect(names(events, 1).sort()).toEqual(
			shelf(event)
				.map(([method]) => method)
				.sort(),
		);
		for (const [method, name] of shelf(event))
			if (method !== "toolEvent") expect(name!.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())).toBe(method);
	});
	test("spans", () => {
		const rows = spans!.map(([method, name]) => [method![0], `claude_code.${name![0]}`]);
		expect(rows).toEqual(shelf(span));
	});
	test("the rest", () => {
		const own = Object.keys(createTelemetry({ env: {}, settings: false }));
		const derived = new Set([metric, event, span].flatMap((of) => shelf(of).map(([method]) => method)));
		const rest = own.filter((name) => !derived.has(name) && name !== "isEnabled");
		expect(names(others, 0).map((call) => call.replace(/\(.*/, ""))).toEqual(rest);
	});
});

describe("programs on the page run", () => {
	const programs = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, program]) => program!);
	test.each(programs)("%#", (program) => {
		const home = mkdtempSync(join(tmpdir(), "purser-page-"));
		const env = { PATH: process.env["PATH"], HOME: home, CLAUDE_CODE_ENABLE_TELEMETRY: "1", OTEL_LOGS_EXPORTER: "console" };
		const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module-typescript", "--eval", program], {
			cwd: folder,
			env,
			encoding: "utf8",
		});
		rmSync(home, { recursive: true });
		expect(stderr).toBe("");
		expect(stdout).toContain("claude_code.api_request");
	});
	test("there are some", () => expect(programs.length).toBe(2));
});
