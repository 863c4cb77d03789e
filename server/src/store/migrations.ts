import type { Log } from "../log.ts";
import { directoryTable, peopleDictionaries, peopleTables } from "../schema/people-tables.ts";
import { allTables, createTable, missingColumns, redefinedColumns } from "../schema/table-ddl.ts";
import { bind, type Sql, sql } from "../sql.ts";
import { createDictionaries } from "./dictionary.ts";
import type { Store } from "./store.ts";

/**
 * Changes that new columns alone cannot express, in order, each applied once. New columns need no entry: a table gets the
 * columns of its definition that it lacks.
 */
const migrations: readonly { readonly number: number; readonly name: string; readonly statements: readonly Sql[] }[] =
	Object.freeze([
		{ number: 1, name: "events, points and spans", statements: allTables.map(createTable) },
		{ number: 2, name: "people", statements: [...peopleTables, directoryTable] },
		{ number: 3, name: "costs that are no amounts count as none", statements: allTables.flatMap(redefinedColumns) },
	]);

/** Brings a store of any earlier version to this one. A store of a later version is refused: it may mean things we don't know. */
export async function migrate(store: Store, log: Log): Promise<void> {
	await store.command(
		sql`CREATE TABLE IF NOT EXISTS purser_migrations (number UInt32, name String, applied_at DateTime DEFAULT now()) ENGINE = MergeTree ORDER BY number`,
	);
	const rows = await store.rows<{ number: number }>(sql`SELECT number FROM purser_migrations`);
	const applied = new Set(rows.map(({ number }) => number));
	const latest = migrations.at(-1)!.number;
	const newest = Math.max(0, ...applied);
	if (newest > latest) {
		throw new Error(`cannot open the store: it is from a later version of Purser (schema ${newest}, this one knows ${latest})`);
	}
	for (const { number, name, statements } of migrations) {
		if (applied.has(number)) continue;
		for (const statement of statements) await store.command(statement);
		await store.command(sql`INSERT INTO purser_migrations (number, name) SELECT ${bind(number, "UInt32")}, ${bind(name)}`);
		if (applied.size > 0) log.info(`migrated to schema ${number} (${name})`);
	}
	for (const table of allTables) {
		const existing = await store.rows<{ name: string }>(
			sql`SELECT name FROM system.columns WHERE database = currentDatabase() AND table = ${bind(table.name)}`,
		);
		for (const statement of missingColumns(table, new Set(existing.map(({ name }) => name)))) await store.command(statement);
	}
	await createDictionaries(store, peopleDictionaries);
}
