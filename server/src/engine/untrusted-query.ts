import type { Query } from "./session-pool.ts";
import { combinators, untrustedFunctions } from "./untrusted-functions.ts";

/**
 * SQL written by users. The engine in this process has neither users nor grants, and reads any file: so allow lists hold
 * everything that a statement may contain, and everything else is refused, including what a later engine adds. The checked text
 * is the text that runs: the engine's own formatting of what it parsed, which is one statement without comments and with every
 * name quoted one way.
 */

/** Names that the engine itself defines. */
export type EngineNames = {
	/** Lower-case names of functions and table functions, each with the name it is another word for. */
	readonly functions: ReadonlyMap<string, string>;
	/** Lower-case names of our tables' columns. */
	readonly columns: ReadonlySet<string>;
};

const statements: readonly RegExp[] = [
	/^(SELECT|WITH) /,
	/^SHOW (TABLES|DATABASES)$/,
	/^SHOW CREATE TABLE \w+$/,
	/^SHOW COLUMNS FROM \w+$/,
	/^EXISTS TABLE \w+$/,
	/^DESCRIBE TABLE \w+$/,
	/^DESCRIBE TABLE \((SELECT|WITH) .*\)$/s,
];

/** Tables of the engine from which clients learn what there is. */
const systemTables: ReadonlySet<string> = new Set(["columns", "databases", "functions", "numbers", "one", "settings", "tables"]);
const databases: ReadonlySet<string> = new Set([
	"default",
	"system",
	"information_schema",
	"_table_function",
	"_temporary_and_external_tables",
]);
/** Table functions that make rows of nothing but their arguments. */
const sources: ReadonlySet<string> = new Set(["numbers", "numbers_mt", "zeros", "zeros_mt", "generateseries", "generate_series"]);
/** Words before a parenthesis that are no functions: of the language, and of types. */
const words: ReadonlySet<string> = new Set(
	[
		"all and any apply array as asc between by columns cube desc distinct else end except exists first from fill global group",
		"grouping having in interpolate join last like limit not null nulls offset on or order over partition prewhere qualify",
		"replace rollup rows range select semi sets table then to totals union using when where window with within intersect",
		"array datetime datetime64 date32 decimal decimal32 decimal64 decimal128 decimal256 enum8 enum16 fixedstring lowcardinality map",
		"nested nullable tuple variant aggregatefunction simpleaggregatefunction time64",
	].flatMap((each) => each.split(" ")),
);
const maxNameLength = 200;
/** Words that are never allowed: they write files, set settings, or make a name of a parameter. */
const refusedWords: ReadonlySet<string> = new Set(["into", "outfile", "infile", "settings", "parallel", "identifier", "explain"]);
/** Formats of an answer. */
const formats =
	/^(TabSeparated|TSV|TSKV|CSV|JSON|Pretty|Vertical|Values|XML|Markdown|RowBinary|Native|Parquet|Arrow|ORC|Avro|Null|LineAsString|RawBLOB|SQLInsert|BSONEachRow|MsgPack)\w*$/;

const refused = (what: string): Error =>
	new Error(`Code: 497. DB::Exception: not allowed here: ${what}; see docs/sql.md. (ACCESS_DENIED)`);

/** Throws what ClickHouse would say unless the statement, in the engine's own wording, holds nothing but what is allowed. */
export function checkStatement(statement: string, { functions, columns }: EngineNames): void {
	if (!statements.some((each) => each.test(statement))) throw refused("only SELECT, and SHOW, DESCRIBE and EXISTS of a table");
	const tokens = tokensOf(statement);
	for (const [i, token] of tokens.entries()) {
		if (!token.isName) continue;
		const { text } = token;
		// The engine looks for files of its tables' names, and says where.
		if (text.length > maxNameLength) throw refused(`a name of more than ${maxNameLength} letters`);
		const name = text.toLowerCase();
		const [before, next] = [tokens[i - 1]?.text, tokens[i + 1]?.text];
		if (before !== "." && refusedWords.has(name) && !token.isQuoted) throw refused(text.toUpperCase());
		if (name === "identifier") throw refused("a name as a parameter");
		if (before !== "." && next === "." && databases.has(name)) checkTable(name, tokens[i + 2]);
		else if (text === "FORMAT" && !token.isQuoted && tokens[i + 1]?.isName) checkFormat(tokens[i + 1]!.text);
		else if (isFunction(name, next === "(", functions) && !isAllowed(name, functions) && (next === "(" || !columns.has(name)))
			throw refused(`the function ${text}`);
	}
}

/**
 * Throws where what the engine takes for a table, in its own tree of the statement, is none of ours: it also reads files whose names
 * stand in a table's place.
 */
export function checkTables(tree: string): void {
	for (const [, name] of tree.matchAll(/\bTableIdentifier (.*?)(?: \(alias .*)?$/gm)) {
		const [database, table] = /^(?:(\w+)\.)?(\w+)$/.exec(name!)?.slice(1) ?? [];
		if (table === undefined) throw refused(`the table ${name!.slice(0, 80)}`);
		if (database === "default" || database === undefined) continue;
		if (database !== "system" || !systemTables.has(table.toLowerCase())) throw refused(`the table ${name!.slice(0, 80)}`);
	}
}

/** Throws unless an answer may be in that format. */
export function checkFormat(name: string): void {
	if (!formats.test(name)) throw refused(`the format ${name.slice(0, 80)}`);
}

function checkTable(database: string, table: Token | undefined): void {
	if (database === "default") return;
	if (database === "system" && table?.isName && systemTables.has(table.text.toLowerCase())) return;
	throw refused(`the table ${database}.${table?.text ?? ""}`);
}

const isFunction = (name: string, isCalled: boolean, functions: EngineNames["functions"]): boolean =>
	isCalled ? !words.has(name) : functions.has(name) && name !== "null";

function isAllowed(name: string, functions: EngineNames["functions"]): boolean {
	const own = functions.get(name) || name;
	if (untrustedFunctions.has(own) || sources.has(own)) return true;
	// As sumIf or countDistinctIf: what follows the function's name, from the last.
	for (let base = name, i = 0; i < 4; i++) {
		const shorter = base.replace(new RegExp(combinators.source, "i"), "");
		if (shorter === base || shorter === "") return false;
		base = shorter;
		if (untrustedFunctions.has(functions.get(base) || base)) return true;
	}
	return false;
}

type Token = { readonly text: string; readonly isName: boolean; readonly isQuoted: boolean };

/** Names, and all else as it stands. Texts are left out: nothing in them is run. */
function tokensOf(statement: string): Token[] {
	const tokens: Token[] = [];
	const pattern = /'(?:[^'\\]|\\.)*'|`((?:[^`\\]|\\.)*)`|"((?:[^"\\]|\\.)*)"|([A-Za-z_]\w*)|\d[\w.]*|(\S)/gs;
	for (const [, backquoted, doubleQuoted, word, sign] of statement.matchAll(pattern)) {
		const quoted = backquoted ?? doubleQuoted;
		if (quoted !== undefined) tokens.push({ text: quoted.replace(/\\(.)/gs, "$1"), isName: true, isQuoted: true });
		else if (word !== undefined) tokens.push({ text: word, isName: true, isQuoted: false });
		else tokens.push({ text: sign ?? "", isName: false, isQuoted: false });
	}
	return tokens;
}

/** Settings that a client may give: they change how an answer is written or how soon it gives up, and nothing else. */
const allowedSettings =
	/^(output_format_\w+|date_time_output_format|session_timezone|extremes|join_use_nulls|max_result_rows|result_overflow_mode|group_by_use_nulls|union_default_mode|prefer_column_name_to_alias|asterisk_include_\w+)$/;
/** Clients send these with everything; here they change nothing. */
const ignoredSettings =
	/^(wait_end_of_query|send_progress_in_http_headers|http_headers_progress_interval_ms|enable_http_compression|http_zlib_compression_level|cancel_http_readonly_queries_on_client_close|readonly|max_block_size|input_format_\w+|date_time_input_format|send_logs_level|log_queries|async_insert|wait_for_async_insert|http_\w+|network_compression_method|insert_\w+|max_insert_\w+|allow_experimental_\w+|enable_\w+|use_uncompressed_cache|load_balancing|connect_timeout\w*|receive_timeout|send_timeout|client_protocol_version|session_check|max_query_size|max_threads|max_memory_usage|max_execution_time|timeout_overflow_mode|low_cardinality_allow_in_native_format|format_schema_\w+_never)$/;

/** Returns the settings of a user's query. Throws for one that is not on the list. */
export function untrustedSettings(given: Query["settings"], limits: Query["settings"]): Query["settings"] {
	const settings: Record<string, string> = {};
	for (const [name, value] of Object.entries(given)) {
		if (allowedSettings.test(name)) settings[name] = value;
		else if (!ignoredSettings.test(name)) throw refused(`the setting ${name.slice(0, 80)}`);
	}
	const seconds = Number(given["max_execution_time"]);
	const most = Number(limits["max_execution_time"]);
	return { ...settings, ...limits, max_execution_time: String(seconds > 0 && seconds < most ? seconds : most) };
}

/** A parameter's value is read as escaped text. */
export const escaped = (text: string): string =>
	text.replaceAll("\\", "\\\\").replaceAll("\t", "\\t").replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("\0", "\\0");
