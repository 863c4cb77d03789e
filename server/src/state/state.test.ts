import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { UsageError } from "../errors.ts";
import { State, type StateMigration } from "./state.ts";

let directory: string;
let path: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), "purser-state-"));
	path = join(directory, "state.db");
});
afterEach(() => rmSync(directory, { recursive: true }));

const first: StateMigration = {
	module: "budgets",
	number: 1,
	sql: "CREATE TABLE budgets (name TEXT PRIMARY KEY, usd REAL NOT NULL) STRICT",
};
const second: StateMigration = {
	module: "budgets",
	number: 2,
	sql: "ALTER TABLE budgets ADD COLUMN team TEXT NOT NULL DEFAULT ''",
};
const other: StateMigration = { module: "alerts", number: 1, sql: "CREATE TABLE incidents (id INTEGER PRIMARY KEY) STRICT" };
const insert = (state: State, name: string, usd: unknown = 1) =>
	state.prepare("INSERT INTO budgets (name, usd) VALUES (?, ?)").run(name, usd as number);
const names = (state: State) =>
	state
		.prepare("SELECT name FROM budgets ORDER BY name")
		.all()
		.map(({ name }) => name);

test("each module's migrations are applied once, and later ones to the rows of before", () => {
	const before = State.open(path, [first]);
	insert(before, "ada");
	before.close();
	const after = State.open(path, [other, second, first]);
	expect(after.prepare("SELECT * FROM budgets").all()).toEqual([{ name: "ada", usd: 1, team: "" }]);
	after.close();
	State.open(path, [first, second, other]).close();
});

test("a database of a later version is refused with the next step, and unchanged", () => {
	State.open(path, [first, second]).close();
	expect(() => State.open(path, [first])).toThrow(
		"cannot open the data directory: a later version of Purser wrote it (budgets 2, this one knows 1). Start that version again",
	);
	expect(() => State.open(path, [])).toThrow(UsageError);
	State.open(path, [first, second]).close();
});

test("a migration that fails is rolled back whole, and applied when it is right", () => {
	const wrong = { ...second, sql: `${second.sql}; INSERT INTO missing VALUES (1)` };
	expect(() => State.open(path, [first, wrong])).toThrow(/no such table: missing.*Restore it from a backup/s);
	State.open(path, [first, second]).close();
});

test("a transaction that throws leaves nothing, and does not wait", () => {
	const state = State.open(path, [first]);
	const both = () => {
		insert(state, "ada");
		insert(state, "ada");
	};
	expect(() => state.transaction(both)).toThrow(/UNIQUE/);
	expect(() => state.transaction(async () => insert(state, "eve"))).toThrow("a transaction cannot wait");
	expect(names(state)).toEqual([]);
	state.transaction(() => insert(state, "bob"));
	expect(names(state)).toEqual(["bob"]);
	state.close();
});

test("tables are strict, and a file that is no database is an error with a next step", () => {
	expect(() => State.open(path, [{ module: "lax", number: 1, sql: "CREATE TABLE lax (a TEXT)" }])).toThrow(
		"tables are not STRICT: lax",
	);
	rmSync(path, { force: true });
	const state = State.open(path, [first]);
	expect(() => insert(state, "ada", "much")).toThrow(/REAL/);
	state.close();
	const broken = join(directory, "broken.db");
	writeFileSync(broken, "this is no database, but long enough to be read as one".repeat(20));
	expect(() => State.open(broken, [first])).toThrow(/cannot open .*broken.db: file is not a database. Restore it/);
});
