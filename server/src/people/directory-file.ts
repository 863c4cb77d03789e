import { readFileSync } from "node:fs";
import { messageOf, UsageError } from "../errors.ts";
import { csv, yaml } from "../lazy-imports.ts";
import { inLowerCase } from "./identity.ts";

/** A person's entry in the organization's directory, valid from a day on. Texts are empty where it has none. */
export type DirectoryEntry = {
	/** An e-mail, or any other identifier that records carry. */
	readonly person: string;
	readonly name: string;
	readonly team: string;
	readonly department: string;
	readonly cost_center: string;
	readonly manager: string;
	/** When they started, as YYYY-MM-DD. */
	readonly start_date: string;
	/** The first day on which this entry counts, as YYYY-MM-DD; empty: always. */
	readonly from: string;
};

const directoryColumns = ["person", "name", "team", "department", "cost_center", "manager", "start_date", "from"] as const;
type Column = (typeof directoryColumns)[number];
const dates: ReadonlySet<Column> = new Set(["start_date", "from"]);
const maxListed = 10;

/** Reads the file that `--directory` names: CSV with a head, or YAML or JSON with a list. All that is wrong is said at once. */
export function readDirectoryFile(path: string): DirectoryEntry[] {
	try {
		return parseDirectory(readFileSync(path, "utf8"), path);
	} catch (error) {
		if (error instanceof UsageError) throw error;
		throw new UsageError(`cannot read the directory: ${messageOf(error)}\nMend the file, or leave the setting "directory" out.`);
	}
}

/** A directory's text; whether it is CSV, its name says. */
export function parseDirectory(text: string, path: string): DirectoryEntry[] {
	const isCsv = /\.(csv|tsv|txt)$/i.test(path);
	const records: unknown = isCsv
		? csv().parse(text, { columns: true, bom: true, trim: true, skip_empty_lines: true, delimiter: delimiterOf(text) })
		: yaml().parse(text);
	if (!Array.isArray(records)) throw new UsageError(`cannot read the directory: ${path} must be a list of people`);
	const problems: string[] = [];
	const seen = new Set<string>();
	const entries = records.map((record: unknown, i) => {
		const at = isCsv ? `line ${i + 2}` : `entry ${i + 1}`;
		const wrong = (what: string) => problems.push(`${at}: ${what}`);
		const entry = Object.fromEntries(directoryColumns.map((name) => [name, ""])) as Record<Column, string>;
		if (typeof record !== "object" || record === null || Array.isArray(record)) {
			wrong("must have keys, as person: ada@example.com");
			return entry;
		}
		for (const [key, value] of Object.entries(record)) {
			const name = key
				.trim()
				.toLowerCase()
				.replaceAll(/[\s-]+/g, "_") as Column;
			if (!directoryColumns.includes(name)) {
				if (i === 0) wrong(`there is no column "${key}". Known: ${directoryColumns.join(", ")}`);
			} else if (typeof value === "object" && value !== null) wrong(`"${key}" must be a text`);
			else entry[name] = String(value ?? "").trim();
		}
		if (entry.person === "") wrong('"person" is missing: an e-mail, or another identifier that clients send');
		for (const name of dates) {
			if (entry[name] !== "" && !isDate(entry[name]))
				wrong(`"${name}" must be a day as 2026-11-21, not "${entry[name].slice(0, 40)}"`);
		}
		const key = `${inLowerCase(entry.person)} ${entry.from}`;
		if (seen.has(key))
			wrong(`${entry.person} stands there twice${entry.from ? ` from ${entry.from}` : ""}: a move needs a "from"`);
		seen.add(key);
		return entry;
	});
	if (problems.length > 0) {
		const listed = problems.slice(0, maxListed);
		const more = problems.length > maxListed ? [`and ${problems.length - maxListed} more`] : [];
		throw new UsageError(`cannot read the directory ${path}:\n  ${[...listed, ...more].join("\n  ")}`);
	}
	return entries;
}

/** The head decides: names have none of these in them. */
const delimiterOf = (text: string): string => [";", "\t"].find((each) => text.split("\n", 1)[0]!.includes(each)) ?? ",";

const isDate = (text: string): boolean =>
	/^\d{4}-\d\d-\d\d$/.test(text) &&
	!Number.isNaN(Date.parse(text)) &&
	new Date(text).toISOString().startsWith(text) &&
	text >= "1970-01-01" &&
	text < "2149-01-01";

/** An entry and the days on which it counts: until the day before the person's next one. */
export type DirectoryPeriod = Omit<DirectoryEntry, "from"> & { readonly valid_from: string; readonly valid_to: string };

const always = { from: "1970-01-01", to: "2149-06-06" };

/**
 * Returns the entries of each person in order, under the name that the person is reported by. The first entry also holds for
 * the time before it. Of two of the same day, e.g. of a person with two identifiers in the file, the one with that name counts,
 * else the later.
 */
export function periodsOf(entries: readonly DirectoryEntry[], names: ReadonlyMap<string, string>): DirectoryPeriod[] {
	const nameOf = ({ person }: DirectoryEntry): string => {
		const plain = person.includes("@") ? inLowerCase(person) : person;
		return names.get(plain) ?? names.get(person) ?? plain;
	};
	const perPerson = Map.groupBy(entries, nameOf);
	return [...perPerson].flatMap(([person, own]) => {
		const sorted = own.toSorted(
			(a, b) =>
				a.from.localeCompare(b.from) || Number(inLowerCase(a.person) === person) - Number(inLowerCase(b.person) === person),
		);
		return sorted.flatMap(({ from, ...entry }, i) => {
			const next = sorted[i + 1];
			if (next?.from === from) return [];
			const isFirst = sorted[0]!.from === from;
			const period = {
				...entry,
				person,
				valid_from: isFirst ? always.from : from,
				valid_to: next ? dayBefore(next.from) : always.to,
			};
			return period.valid_from <= period.valid_to ? [period] : [];
		});
	});
}

const dayBefore = (day: string): string => new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
