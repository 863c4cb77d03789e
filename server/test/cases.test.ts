/** Runs what other people's programs send, each case of cases/ on a fresh server, and compares the answers with the right ones. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPurser, type TestPurser } from "./purser.ts";
import { rounded } from "./rounded.ts";
import { post } from "./send.ts";

type Row = Readonly<Record<string, string | number | null>>;
type Check = {
	/** A path of the API; the period is added. */
	readonly ask: string;
	/** The answer's rows; an answer's column that is not named here may be anything. */
	readonly rows: readonly Row[];
	/** A regular expression that the answer's notes match, one a line; `^$` if there are to be none. */
	readonly notes?: string;
	/** A fault of today. The check is then expected to fail, and this line to be removed once it does not. */
	readonly known_fault?: string;
};
type Case = { readonly steps: readonly string[]; readonly checks: readonly Check[] };
type Answer = { readonly rows: readonly Row[]; readonly meta: { readonly notes: readonly string[] } };

const root = join(import.meta.dirname, "../../cases");
const period = "from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z&tz=UTC";
/** Twenty years: the cases have fixed times. */
const retention = Object.fromEntries(["events", "points", "spans"].map((table) => [`retention-${table}-months`, 240]));
const directories = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());

describe.each(directories.map(({ name }) => name))("%s", (name) => {
	const { steps, checks } = JSON.parse(readFileSync(join(root, name, "case.json"), "utf8")) as Case;
	let server: TestPurser;
	beforeAll(async () => {
		server = await startPurser(retention);
		for (const step of steps) {
			const [, path, file] = step.split(" ") as [string, string, string];
			const json = { "content-type": "application/json" };
			const { status, body } = await post(`http://${server.http}${path}`, json, readFileSync(join(root, name, file)));
			if (status !== 200) throw new Error(`${step}: ${status} ${body}`);
		}
		await server.settle();
	});
	afterAll(() => server.stop());

	for (const { ask, rows, notes, known_fault } of checks) {
		const run = known_fault === undefined ? test : test.fails;
		run(`${ask}${known_fault === undefined ? "" : ` (known fault: ${known_fault})`}`, async () => {
			const answer = await server.get<Answer>(`${ask}&${period}`);
			expect(rounded(answer.rows)).toEqual(rows.map((row) => expect.objectContaining(row)));
			if (notes !== undefined) expect(answer.meta.notes.join("\n")).toMatch(new RegExp(notes));
		});
	}
});
