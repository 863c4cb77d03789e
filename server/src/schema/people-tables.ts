import { as, column, identifier, identifiers, join, literal, type Sql, sql } from "../sql.ts";
import type { DictionarySource } from "./dictionary-source.ts";
import { enduser, tables } from "./tables.ts";

/**
 * Identifiers that were seen together, kept by the store as rows come in; and the person's name for each name that records show
 * (see people/). Records are never rewritten: the dictionary is looked up at query time.
 */
const columns = ["user_email", "enduser", "user_account_uuid", "user_account_id", "user_id"];

const seenTogether = (table: string): Sql => {
	const named = columns.map((name) => as(sql`toString(${name === "enduser" ? enduser : identifier(name)})`, name));
	const some = join(
		columns.map((name) => sql`(${identifier(name)} != '')`),
		" + ",
	);
	// By itself an identifier says nothing of another, unless it is an e-mail whose letters are cased otherwise elsewhere.
	return sql`SELECT * FROM (SELECT ${join(named)}, toDateTime(max(time)) AS last_seen FROM ${identifier(table)} GROUP BY ${identifiers(columns)}) WHERE ${some} > 1 OR user_email != lowerUTF8(user_email)`;
};

const ofStrings = (names: readonly string[]): Sql => join(names.map((name) => sql`${identifier(name)} String`));

/** Tables, the views that fill one of them, and what was there before them. */
export const peopleTables: readonly Sql[] = Object.freeze([
	sql`CREATE TABLE IF NOT EXISTS identities (${ofStrings(columns)}, last_seen SimpleAggregateFunction(max, DateTime)) ENGINE = AggregatingMergeTree ORDER BY (${identifiers(columns)})`,
	sql`CREATE TABLE IF NOT EXISTS person_names (person String, name String, at DateTime64(3) DEFAULT now64(3)) ENGINE = ReplacingMergeTree(at) ORDER BY person`,
	...Object.keys(tables).flatMap((table) => [
		sql`CREATE MATERIALIZED VIEW IF NOT EXISTS ${identifier(`identities_of_${table}`)} TO identities AS ${seenTogether(table)}`,
		sql`INSERT INTO identities ${seenTogether(table)}`,
	]),
]);

const directoryColumns = ["name", "team", "department", "cost_center", "manager", "start_date"] as const;

/** The organization's directory of people, by days. Rewritten whenever its file, or a name, has changed. */
export const directoryTable = sql`CREATE TABLE IF NOT EXISTS directory (person String, valid_from Date, valid_to Date, ${ofStrings(directoryColumns)}, batch UInt64) ENGINE = MergeTree ORDER BY (person, valid_from)`;

/** The dictionaries of names and of the directory. */
export const peopleDictionaries = (source: DictionarySource, database: Sql): Sql[] => [
	sql`CREATE OR REPLACE DICTIONARY person_name_of (person String, name String) PRIMARY KEY person ${source({
		query: sql`SELECT person, argMax(name, at) AS name FROM ${database}.person_names GROUP BY person`,
	})} LAYOUT(COMPLEX_KEY_HASHED()) LIFETIME(0)`,
	sql`CREATE OR REPLACE DICTIONARY directory_of (person String, valid_from Date, valid_to Date, ${ofStrings(directoryColumns)}) PRIMARY KEY person ${source(
		{
			query: sql`SELECT person, valid_from, valid_to, ${identifiers(directoryColumns)} FROM ${database}.directory WHERE batch = (SELECT max(batch) FROM ${database}.directory)`,
		},
	)} LAYOUT(COMPLEX_KEY_RANGE_HASHED()) RANGE(MIN valid_from MAX valid_to) LIFETIME(0)`,
];

/** A record's person as SQL: the name that its own stands for. */
export const personOf = (own: Sql): Sql =>
	sql`dictGetOrDefault('person_name_of', 'name', tuple(toString(${own})), toString(${own}))`;
export const personName = personOf(column("person"));

/** SQL for the directory's entry about a row's person on its day: a text, empty where it has none. */
export const fromDirectory = (name: (typeof directoryColumns)[number]): Sql =>
	sql`dictGetOrDefault('directory_of', ${literal(name)}, tuple(toString(${column("person")})), toDate(time), '')`;
