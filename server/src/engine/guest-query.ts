import type { Query, SessionPool } from "./session-pool.ts";

/** Statements that only read. */
const reading = /^(SELECT|WITH|SHOW|DESCRIBE|EXISTS|\()/i;

/** Table functions that make rows of nothing but their arguments. All others reach files, networks or other servers. */
const harmlessSources: ReadonlySet<string> = new Set(
	["numbers", "numbers_mt", "zeros", "zeros_mt", "values", "generate_series", "generateSeries", "format", "null", "view"].map(
		(name) => name.toLowerCase(),
	),
);
/** Functions that read files or keep a thread waiting. */
const refusedFunctions: ReadonlySet<string> = new Set(
	["file", "catboostEvaluate", "sleep", "sleepEachRow", "showCertificate", "getServerSetting", "filesystemUnreserved"].map(
		(name) => name.toLowerCase(),
	),
);

const refuse = (why: string) => new Error(`Code: 497. DB::Exception: not allowed here: ${why}. (ACCESS_DENIED)`);

let sources: ReadonlySet<string> | undefined;

/**
 * Other people's SQL as it may be run, in the engine's own normal form. The sessions for it are read-only, but the engine in
 * this process would still read any file and reach any address for a reader; so its own parser says what a statement holds.
 * Throws what ClickHouse would say where something is not allowed.
 */
export async function guestQuery(pool: SessionPool, sql: string, bound: Query["parameters"]): Promise<string> {
	const ask = async (query: string, parameters: Query["parameters"] = {}): Promise<string> =>
		Buffer.from(await pool.run("ask", { sql: query, format: "TSVRaw", settings: {}, parameters })).toString();
	// Exactly one statement, without comments: what is looked at is what is run.
	const statement = (await ask("SELECT formatQuerySingleLine({guest_sql:String})", { guest_sql: escaped(sql) })).trim();
	if (!reading.test(statement)) throw refuse("only SELECT, SHOW, DESCRIBE and EXISTS");
	if (/\bINTO OUTFILE\b/i.test(statement)) throw refuse("INTO OUTFILE");
	sources ??= new Set((await ask("SELECT lower(name) FROM system.table_functions")).split("\n").filter(Boolean));
	const tree = await ask(`EXPLAIN AST ${statement}`, bound);
	for (const [, name] of tree.matchAll(/\bFunction (\w+)/g)) {
		const lower = name!.toLowerCase();
		if (refusedFunctions.has(lower) || (sources.has(lower) && !harmlessSources.has(lower))) throw refuse(`the function ${name}`);
	}
	return statement;
}

/** A parameter's value is read as escaped text. */
const escaped = (text: string): string =>
	text.replaceAll("\\", "\\\\").replaceAll("\t", "\\t").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
