import type { Agent } from "node:http";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { type ClickHouseClient, ClickHouseError, type ClickHouseSettings, createClient } from "@clickhouse/client";
import { messageOf, RetryableError } from "../errors.ts";
import type { TableName } from "../schema/tables.ts";
import { bind, identifier, render, type Sql, sql, type Value } from "../sql.ts";

export type StoreOptions = {
	/** A ClickHouse server's URL, or any with `agent` for the engine's socket. */
	readonly url: string;
	readonly agent?: Agent;
	/** No question runs longer. */
	readonly maxSeconds: number;
};

/** Values of a statement, by name. */
export type Parameters = Readonly<Record<string, Value>>;

/** A question took longer than it may, or wanted more memory: narrower it would work. */
export class TooExpensiveError extends Error {}

/** An answer is larger than it may be: with fewer rows it would not be. */
export class TooLargeError extends TooExpensiveError {}

/** A table's rows of one segment, as Native blocks. */
export type LoadContent = { readonly rows: number; readonly pieces: readonly Uint8Array[] };

/** Far more than a load ever needed. */
const maxTokens = 20;
const loadedBy = (tokens: readonly string[]): Sql =>
	sql`has(arrayMap(token -> cityHash64(token), ${bind(tokens, "Array(String)")}), loaded_by)`;
/** The time that an abandoned insert may take to show its rows, once its token is recorded. */
const settleMs = 1000;

/** The store can't read what it was given: sending the same again changes nothing. */
export class UnreadableRowsError extends Error {}

/** INCORRECT_DATA, CANNOT_READ_ALL_DATA, TYPE_MISMATCH, VIOLATED_CONSTRAINT and their like; not a full disk, not a lack of memory. */
const unreadable: ReadonlySet<string> = new Set(["6", "27", "33", "49", "53", "70", "117", "128", "131", "469"]);
/** TOO_MANY_ROWS_OR_BYTES, which nothing but an answer is limited in. */
const tooLarge = "396";
const tooExpensive: ReadonlySet<string> = new Set(["159", "160", "241", "307", "396"]);

/** The one way to ClickHouse, whether it is our own engine or a server: the official client. */
export class Store {
	/** The server's address; without a path for the embedded engine. */
	readonly url: URL;
	readonly #client: ClickHouseClient;
	readonly #maxSeconds: number;

	constructor({ url, agent, maxSeconds }: StoreOptions) {
		this.url = new URL(url);
		this.#maxSeconds = maxSeconds;
		this.#client = createClient({
			url,
			...(agent && { http_agent: agent }),
			request_timeout: (maxSeconds + 5) * 1000,
			application: "purser",
			log: { level: 127 as never },
			// A column means the column, also where the answer has something of that name.
			clickhouse_settings: {
				// Conditions on dictionary columns, once asked often enough to be compiled, fail with "Invalid cast from LowCardinality".
				compile_expressions: 0,
				prefer_column_name_to_alias: 1,
				asterisk_include_alias_columns: 1,
				asterisk_include_materialized_columns: 1,
				output_format_json_quote_denormals: 1,
				// What a question is read for stands in it: looking for what follows from `a < b AND b < c` takes a seventh of the
				// time that a large one is planned in, and finds nothing.
				optimize_and_compare_chain: 0,
			},
		});
	}

	async close(): Promise<void> {
		await this.#client.close();
	}

	/** Resolves to true if the store answers. */
	async answers(): Promise<boolean> {
		try {
			await this.#client
				.query({ query: "SELECT 1", query_id: `purser-admin-${crypto.randomUUID()}` })
				.then((result) => result.text());
			return true;
		} catch {
			return false;
		}
	}

	/**
	 * Rows of a question, as objects. 64-bit integers are numbers unless `exactIntegers`. Settings are given here and not in the
	 * text: where questions are asked nothing can be changed, not even these.
	 */
	async rows<Row>(
		statement: Sql,
		parameters: Parameters = {},
		exactIntegers = false,
		settings: ClickHouseSettings = {},
	): Promise<Row[]> {
		const { query, parameters: bound } = render(statement, parameters);
		try {
			const result = await this.#client.query({
				query,
				format: "JSONEachRow",
				query_params: bound,
				clickhouse_settings: {
					...settings,
					max_execution_time: this.#maxSeconds,
					output_format_json_quote_64bit_integers: exactIntegers ? 1 : 0,
				},
			});
			return await result.json<Row>();
		} catch (error) {
			throw this.#explain(error);
		}
	}

	/** The text of a statement and the values that are bound to it. */
	explain(statement: Sql, parameters: Parameters): { readonly sql: string; readonly parameters: Parameters } {
		const { query, parameters: bound } = render(statement, parameters);
		return { sql: query, parameters: bound };
	}

	/** A statement without an answer. */
	async command(statement: Sql, parameters: Parameters = {}): Promise<void> {
		try {
			const { query, parameters: bound } = render(statement, parameters);
			await this.#client.command({ query, query_params: bound });
		} catch (error) {
			throw this.#explain(error);
		}
	}

	/** Inserts rows, each with these columns, however many they are: unlike bound parameters they do not go in the address. */
	async insert(table: string, columns: readonly [string, ...string[]], rows: readonly Readonly<Record<string, unknown>>[]) {
		try {
			await this.#client.insert({ table, columns: [...columns] as [string, ...string[]], values: rows, format: "JSONEachRow" });
		} catch (error) {
			throw this.#explain(error);
		}
	}

	/**
	 * Inserts a segment's rows of one table, so that they are there once. `isAgain` when they may have been inserted before:
	 * by a process that was killed meanwhile, or by a request that was never answered.
	 */
	async load(table: TableName, content: LoadContent, token: string, isAgain: boolean): Promise<void> {
		await this.#insert(table, content.pieces, token);
		if (!isAgain) return;
		// The engine notes a token just before it puts the rows in place. Killed between the two, it takes rows that it does not
		// have for ones that it has: then they need another token.
		const tokens = [token];
		while ((await this.#loaded(table, tokens)) !== content.rows) {
			await sleep(settleMs);
			const found = await this.#loaded(table, tokens);
			if (found === content.rows) return;
			if (found > 0)
				await this.command(sql`ALTER TABLE ${identifier(table)} DELETE WHERE ${loadedBy(tokens)} SETTINGS mutations_sync = 2`);
			const another = `${token}-${tokens.length}`;
			tokens.push(another);
			await this.#insert(table, content.pieces, another);
		}
	}

	/** Deletes what was inserted under that token, and under those that `load` may have followed it with. */
	async unload(table: TableName, token: string): Promise<void> {
		const tokens = [token, ...Array.from({ length: maxTokens }, (_, i) => `${token}-${i + 1}`)];
		if ((await this.#loaded(table, tokens)) === 0) return;
		await this.command(sql`ALTER TABLE ${identifier(table)} DELETE WHERE ${loadedBy(tokens)} SETTINGS mutations_sync = 2`);
	}

	async #loaded(table: TableName, tokens: readonly string[]): Promise<number> {
		const [row] = await this.rows<{ rows: number }>(
			sql`SELECT count() AS rows FROM ${identifier(table)} WHERE ${loadedBy(tokens)}`,
		);
		return row?.rows ?? 0;
	}

	/**
	 * Inserts Native blocks as one block a partition. The same token again inserts nothing, as far as the store remembers it.
	 */
	async #insert(table: TableName, pieces: readonly Uint8Array[], token: string): Promise<void> {
		const oneBlock = "1000000000";
		try {
			const result = await this.#client.exec({
				query: String(sql`INSERT INTO ${identifier(table)} FORMAT Native`),
				values: Readable.from(pieces, { objectMode: false }),
				clickhouse_settings: {
					async_insert: 0,
					insert_deduplicate: 1,
					insert_deduplication_token: token,
					max_threads: 1,
					max_insert_threads: "1",
					max_insert_block_size: oneBlock,
					min_insert_block_size_rows: oneBlock,
					min_insert_block_size_bytes: "4000000000",
					max_partitions_per_insert_block: "0",
					low_cardinality_allow_in_native_format: 1,
				},
			});
			result.stream.resume();
			await new Promise((resolve, reject) => result.stream.on("end", resolve).on("error", reject));
		} catch (error) {
			throw this.#explain(error);
		}
	}

	#explain(error: unknown): Error {
		if (!(error instanceof ClickHouseError))
			return new RetryableError(`cannot ask the store: ${messageOf(error) || "it does not answer"}`);
		// Without the values in the engine's message: they are content, and this goes to the log.
		if (unreadable.has(error.code)) return new UnreadableRowsError(error.message.replace(/ Column values: .*$/s, ""));
		if (error.code === tooLarge) return new TooLargeError(error.message);
		if (tooExpensive.has(error.code)) return new TooExpensiveError(error.message);
		return error;
	}
}
