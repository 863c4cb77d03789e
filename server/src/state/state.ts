import { DatabaseSync, type StatementSync } from "node:sqlite";
import { messageOf, UsageError } from "../errors.ts";

/** One step in the life of a module's tables. Steps of a module are applied in the order of their numbers, each once. */
export type StateMigration = {
	readonly module: string;
	/** From 1 on, without gaps. */
	readonly number: number;
	/** SQL statements. Tables are STRICT, so that SQLite checks the types of their columns. */
	readonly sql: string;
};

/**
 * The SQLite database of a data directory, for what needs unique keys and transactions: settings made on the page, states of alerts,
 * offsets. Records and answers about them are in the store. This module opens it; each module hands in its own tables.
 */
export class State {
	readonly #database: DatabaseSync;

	private constructor(database: DatabaseSync) {
		this.#database = database;
	}

	/** Opens the database and applies missing migrations. Throws a UsageError for one of a later version, which is left unchanged. */
	static open(path: string, migrations: readonly StateMigration[]): State {
		let database: DatabaseSync | undefined;
		try {
			database = new DatabaseSync(path);
			database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000");
			const state = new State(database);
			state.#migrate(migrations);
			return state;
		} catch (error) {
			database?.close();
			if (error instanceof UsageError) throw error;
			throw new UsageError(
				`cannot open ${path}: ${messageOf(error)}. Restore it from a backup, or choose another directory with --data`,
			);
		}
	}

	/** Prepares a statement. Values are bound when it is run. */
	prepare(sql: string): StatementSync {
		return this.#database.prepare(sql);
	}

	/** Runs `work` in a transaction, which is rolled back if it throws. Transactions do not nest, and `work` must not be asynchronous. */
	transaction<Result>(work: () => Result): Result {
		this.#database.exec("BEGIN IMMEDIATE");
		try {
			const result = work();
			if (result instanceof Promise) throw new Error("a transaction cannot wait");
			this.#database.exec("COMMIT");
			return result;
		} catch (error) {
			this.#database.exec("ROLLBACK");
			throw error;
		}
	}

	close(): void {
		this.#database.close();
	}

	#migrate(migrations: readonly StateMigration[]): void {
		this.#database.exec(
			"CREATE TABLE IF NOT EXISTS migrations (module TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (module, number)) STRICT",
		);
		const rows = this.prepare("SELECT module, max(number) AS number FROM migrations GROUP BY module").all();
		const applied = new Map(rows.map(({ module, number }) => [String(module), Number(number)]));
		for (const [module, number] of applied) {
			const known = Math.max(0, ...migrations.filter((each) => each.module === module).map((each) => each.number));
			if (number > known) {
				throw new UsageError(
					`cannot open the data directory: a later version of Purser wrote it (${module} ${number}, this one knows ${known}). Start that version again, or choose another directory with --data`,
				);
			}
		}
		const missing = migrations.filter(({ module, number }) => number > (applied.get(module) ?? 0));
		for (const { module, number, sql } of missing.sort((a, b) => a.number - b.number)) {
			this.transaction(() => {
				this.#database.exec(sql);
				this.prepare("INSERT INTO migrations (module, number) VALUES (?, ?)").run(module, number);
			});
		}
		const lax = this.prepare(
			"SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
		).all();
		if (lax.length > 0) throw new Error(`tables are not STRICT: ${lax.map(({ name }) => name).join(", ")}`);
	}
}
