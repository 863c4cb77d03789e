import { expect, test } from "vitest";
import { parseDirectory, periodsOf } from "./directory-file.ts";

const none = { name: "", team: "", department: "", cost_center: "", manager: "", start_date: "", from: "" };

test("CSV and YAML say the same", () => {
	const expected = [
		{ ...none, person: "ada@x.com", name: "Ada, Countess", team: "Engines", cost_center: "0042", start_date: "2026-01-05" },
		{ ...none, person: "bob@x.com", team: "Looms" },
	];
	const csv = 'Person,name,Team,cost center,start_date\nada@x.com,"Ada, Countess",Engines,0042,2026-01-05\nbob@x.com,,Looms,,\n';
	expect(parseDirectory(csv, "people.csv")).toEqual(expected);
	expect(parseDirectory(csv.replaceAll("\n", "\r\n"), "people.csv")).toEqual(expected);
	expect(parseDirectory(`\uFEFF${csv.replaceAll(",", ";").replace("Ada;", "Ada,")}`, "people.csv")).toEqual(expected);
	const yaml = `- person: ada@x.com\n  name: "Ada, Countess"\n  team: Engines\n  cost_center: "0042"\n  start_date: "2026-01-05"\n- {person: bob@x.com, team: Looms}\n`;
	expect(parseDirectory(yaml, "people.yaml")).toEqual(expected);
});

test("all that is wrong is said at once, with where", () => {
	const csv = "person,team,colour\nada@x.com,Engines,red\n,Looms,\nbob@x.com,Looms,\nbob@x.com,Engines,\n";
	expect(() => parseDirectory(csv, "people.csv")).toThrow(
		/people\.csv:\n {2}line 2: there is no column "colour"\. Known: person.*\n {2}line 3: "person" is missing.*\n {2}line 5: bob@x\.com stands there twice: a move needs a "from"/,
	);
	expect(() => parseDirectory("- person: ada\n  from: 2026-02-31\n", "p.yaml")).toThrow(
		'entry 1: "from" must be a day as 2026-11-21',
	);
	expect(() => parseDirectory("ada: Engines\n", "p.yaml")).toThrow("must be a list of people");
	expect(() => parseDirectory("- ada\n", "p.yaml")).toThrow("entry 1: must have keys");
});

test("a move does not rewrite the past", () => {
	const entries = parseDirectory(
		"person,team,from\nada@x.com,Looms,2026-03-01\nada@x.com,Engines,\nold@x.com,Mills,2026-01-01\n",
		"people.csv",
	);
	const periods = periodsOf(entries, new Map([["old@x.com", "new@x.com"]]));
	expect(periods.map(({ person, team, valid_from, valid_to }) => [person, team, valid_from, valid_to])).toEqual([
		["ada@x.com", "Engines", "1970-01-01", "2026-02-28"],
		["ada@x.com", "Looms", "2026-03-01", "2149-06-06"],
		["new@x.com", "Mills", "1970-01-01", "2149-06-06"],
	]);
});

test("an e-mail is the same however its letters are cased", () => {
	const entries = parseDirectory("person,team\nAda@X.com,Engines\nBob@x.com,Looms\nCI-bot,Pits\n", "people.csv");
	const periods = periodsOf(entries, new Map([["bob@x.com", "robert@x.com"]]));
	expect(periods.map(({ person, team }) => [person, team])).toEqual([
		["ada@x.com", "Engines"],
		["robert@x.com", "Looms"],
		["CI-bot", "Pits"],
	]);
});

test("a person with two identifiers in the file is one person, as the line of the name says", () => {
	const entries = parseDirectory(
		"person,team,from\nnew@x.com,Mills,\nold@x.com,Looms,\nold@x.com,Engines,2026-03-01\nnew@x.com,Pits,2026-03-01\n",
		"people.csv",
	);
	const periods = periodsOf(entries, new Map([["old@x.com", "new@x.com"]]));
	expect(periods.map(({ person, team, valid_from, valid_to }) => [person, team, valid_from, valid_to])).toEqual([
		["new@x.com", "Mills", "1970-01-01", "2026-02-28"],
		["new@x.com", "Pits", "2026-03-01", "2149-06-06"],
	]);
});
