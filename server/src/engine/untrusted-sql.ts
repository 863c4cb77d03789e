import type { ServerResponse } from "node:http";
import type { Place, Query, SessionPool } from "./session-pool.ts";
import { checkFormat, checkStatement, checkTables, type EngineNames, escaped, untrustedSettings } from "./untrusted-query.ts";

/** Limits of a user's query. */
export type UntrustedLimits = { readonly bytes: number; readonly seconds: number };

/** An answer is made before it is sent: a larger one is refused. */
const maxResultBytes = 20_000_000;
/** A client that takes longer to read one is cut off: its place is another's. */
const maxSendMs = 30_000;

/**
 * Answers SQL written by users. The query holds a place of its lane from the first check until its answer is sent, and ends
 * when the client disconnects: so at most as many run, and as many answers are in memory, as there are places.
 */
export async function answerUntrusted(
	pool: SessionPool,
	limits: UntrustedLimits,
	query: Query,
	response: ServerResponse,
): Promise<void> {
	const left = new AbortController();
	response.once("close", () => left.abort(new Error("the client left")));
	const place = await pool.enter("untrusted");
	try {
		left.signal.throwIfAborted();
		const result = await run(pool, place, limits, query, left.signal);
		await send(response, result);
	} finally {
		pool.leave(place);
	}
}

async function run(pool: SessionPool, place: Place, { bytes, seconds }: UntrustedLimits, query: Query, signal: AbortSignal) {
	checkFormat(query.format);
	const settings = untrustedSettings(query.settings, {
		max_execution_time: String(seconds),
		max_memory_usage: String(bytes),
		max_bytes_before_external_group_by: "0",
		max_bytes_before_external_sort: "0",
		max_result_bytes: String(maxResultBytes),
		max_threads: "2",
		max_ast_elements: "50000",
		timeout_before_checking_execution_speed: "0",
	});
	const ask = async (sql: string, parameters: Query["parameters"] = {}): Promise<string> =>
		Buffer.from(await pool.runAt(place, { sql, format: "TSVRaw", settings: {}, parameters }, signal)).toString();
	// Exactly one statement, without comments: what is looked at is what is run.
	const statement = (
		await ask("SELECT formatQuerySingleLine({untrusted_sql:String})", { untrusted_sql: escaped(query.sql) })
	).trim();
	checkStatement(statement, await namesOf(pool));
	checkTables(await ask(`EXPLAIN AST ${statement}`, query.parameters));
	return await pool.runAt(place, { sql: statement, format: query.format, settings, parameters: query.parameters }, signal);
}

/** Resolves when the answer is with the client, or the client gone or too slow. */
function send(response: ServerResponse, result: Uint8Array): Promise<void> {
	return new Promise((resolve) => {
		const patience = setTimeout(() => response.destroy(), maxSendMs);
		response.once("close", () => {
			clearTimeout(patience);
			resolve();
		});
		response.end(result);
	});
}

let functions: ReadonlyMap<string, string> | undefined;

async function namesOf(pool: SessionPool): Promise<EngineNames> {
	const lines = async (sql: string): Promise<string[]> => {
		const found = await pool.run("query", { sql, format: "TSVRaw", settings: {}, parameters: {} });
		return Buffer.from(found).toString().split("\n").filter(Boolean);
	};
	functions ??= new Map(
		(
			await lines(
				"SELECT lower(name), lower(alias_to) FROM system.functions UNION ALL SELECT lower(name), '' FROM system.table_functions",
			)
		).map((line) => line.split("\t") as [string, string]),
	);
	const columns = new Set(await lines("SELECT DISTINCT lower(name) FROM system.columns WHERE database = 'default'"));
	return { functions, columns };
}
