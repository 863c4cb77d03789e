/** Runs what other people's programs send, each case of cases/ on a fresh server, and compares the answers with the right ones. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPurser, type TestPurser } from "./purser.ts";

type Row = Readonly<Record<string, string | number | null>>;
type Check = {
	/** A path of the API; the period is added. */
	readonly ask: string;
	/** The answer's rows; an answer's column that is not named here may be anything. */
	readonly rows: readonly Row[];
	/** A regular expression that one of the answer's notes matches; `^$` if there are to be none. */
	readonly notes?: string;
	/** A fault of today. The check is then expected to fail, and this line to be removed once it does not. */
	readonly known_fault?: string;
};
type Case = { readonly what: string; readonly steps: readonly string[]; readonly checks: readonly Check[] };
type Answer = { readonly rows: readonly Row[]; readonly meta: { readonly notes: readonly string[] } };

const root = join(import.meta.dirname, "../../cases");
const period = "from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z&tz=UTC";
const names = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());

describe.each(names.map(({ name }) => name))("%s", (name) => {
	const { steps, checks } = JSON.parse(readFileSync(join(root, name, "case.json"), "utf8")) as Case;
	let server: TestPurser;
	beforeAll(async () => {
		server = await startPurser();
		for (const step of steps) {
			const [method, path, file] = step.split(" ") as [string, string, string];
			const body = readFileSync(join(root, name, file));
			const response = await fetch(`http://${server.http}${path}`, {
				method,
				headers: { "content-type": "application/json" },
				body,
			});
			if (response.status !== 200) throw new Error(`${step}: ${response.status} ${await response.text()}`);
		}
		await server.settle();
	});
	afterAll(() => server.stop());

	for (const { ask, rows, notes, known_fault } of checks) {
		const run = known_fault === undefined ? test : test.fails;
		run(`${ask}${known_fault === undefined ? "" : ` (known fault: ${known_fault})`}`, async () => {
			const answer = await server.get<Answer>(`${ask}&${period}`);
			expect(answer.rows.map(rounded)).toEqual(rows.map((row) => expect.objectContaining(row)));
			if (notes === "^$") expect(answer.meta.notes).toEqual([]);
			else if (notes !== undefined) expect(answer.meta.notes.join("\n")).toMatch(new RegExp(notes));
		});
	}
});

/** A row whose money and quantities have no binary noise. */
const rounded = (row: Row): Row =>
	Object.fromEntries(
		Object.entries(row).map(([name, value]) => [name, typeof value === "number" ? Number(value.toFixed(9)) : value]),
	);
