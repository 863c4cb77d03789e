import { enduser, tables } from "../normalize/tables.ts";
import type { SourceOf } from "./dictionary.ts";
import { quote } from "./schema.ts";

/**
 * Which identifiers were seen together, kept by the store as rows come in; and what follows from them: whose name a record's
 * own name stands for (see people/). Records are never rewritten: the dictionary is looked up when they are asked for.
 */
const columns = ["user_email", "enduser", "user_account_uuid", "user_account_id", "user_id"];

const seenTogether = (table: string): string => {
	const named = columns.map((name) => `toString(${name === "enduser" ? enduser : name}) AS ${name}`);
	const some = columns.map((name) => `(${name} != '')`).join(" + ");
	// By itself an identifier says nothing of another, unless it is an e-mail whose letters are cased otherwise elsewhere.
	return `SELECT * FROM (SELECT ${named.join(", ")}, toDateTime(max(time)) AS last_seen FROM ${table} GROUP BY ${columns.join(", ")}) WHERE ${some} > 1 OR user_email != lowerUTF8(user_email)`;
};

/** Tables, the views that fill one of them, and what was there before them. */
export const peopleTables: readonly string[] = Object.freeze([
	`CREATE TABLE IF NOT EXISTS identities (${columns.map((name) => `${name} String`).join(", ")}, last_seen SimpleAggregateFunction(max, DateTime)) ENGINE = AggregatingMergeTree ORDER BY (${columns.join(", ")})`,
	"CREATE TABLE IF NOT EXISTS person_names (person String, name String, at DateTime64(3) DEFAULT now64(3)) ENGINE = ReplacingMergeTree(at) ORDER BY person",
	...Object.keys(tables).flatMap((table) => [
		`CREATE MATERIALIZED VIEW IF NOT EXISTS identities_of_${table} TO identities AS ${seenTogether(table)}`,
		`INSERT INTO identities ${seenTogether(table)}`,
	]),
]);

const directoryColumns = ["name", "team", "department", "cost_center", "manager", "start_date"] as const;

/** What the organization says of people, by days. Written anew whenever its file, or a name, has changed. */
export const directoryTable = `CREATE TABLE IF NOT EXISTS directory (person String, valid_from Date, valid_to Date, ${directoryColumns.map((name) => `${name} String`).join(", ")}, batch UInt64) ENGINE = MergeTree ORDER BY (person, valid_from)`;

/** The dictionaries of names and of the directory. */
export const peopleDictionaries = (source: SourceOf, database: string): string[] => [
	`CREATE OR REPLACE DICTIONARY person_name_of (person String, name String) PRIMARY KEY person ${source(
		`QUERY ${quote(`SELECT person, argMax(name, at) AS name FROM ${database}.person_names GROUP BY person`)}`,
	)} LAYOUT(COMPLEX_KEY_HASHED()) LIFETIME(0)`,
	`CREATE OR REPLACE DICTIONARY directory_of (person String, valid_from Date, valid_to Date, ${directoryColumns.map((name) => `${name} String`).join(", ")}) PRIMARY KEY person ${source(
		`QUERY ${quote(`SELECT person, valid_from, valid_to, ${directoryColumns.join(", ")} FROM ${database}.directory WHERE batch = (SELECT max(batch) FROM ${database}.directory)`)}`,
	)} LAYOUT(COMPLEX_KEY_RANGE_HASHED()) RANGE(MIN valid_from MAX valid_to) LIFETIME(0)`,
];

/** A record's person as SQL: the name that its own stands for. */
export const personOf = (own: string): string =>
	`dictGetOrDefault('person_name_of', 'name', tuple(toString(${own})), toString(${own}))`;
export const personName = personOf("person");

/** What the directory says of a row's person on its day, as SQL: a text, empty where it says nothing. */
export const fromDirectory = (column: (typeof directoryColumns)[number]): string =>
	`dictGetOrDefault('directory_of', '${column}', tuple(toString(person)), toDate(time), '')`;
