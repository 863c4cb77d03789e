import { identifier, join, literal, type Sql, sql, typeName } from "../sql.ts";
import { type ColumnDefinition, type ComputedColumn, type TableDefinition, tables } from "./tables.ts";

/** The number of inserts that the engine remembers, so that loading one again after a crash changes nothing. */
const rememberedInserts = 10_000;

/**
 * A hash of the load that a row came with: after a crash it shows if a segment's rows are in the store. The insert fills it in,
 * and no answer shows it.
 */
const loadedBy = sql`loaded_by UInt64 MATERIALIZED cityHash64(getSetting('insert_deduplication_token')) CODEC(ZSTD(1))`;

const codecSql = (codec: string | undefined): Sql => (codec ? sql` CODEC(${typeName(codec)})` : sql``);

const columnSql = ({ name, type, codec, brief }: ColumnDefinition): Sql =>
	sql`${identifier(name)} ${typeName(type)} COMMENT ${literal(brief)}${codecSql(codec)}`;

const computedSql = ({ name, type, when, sql: expression, brief, codec }: ComputedColumn): Sql =>
	sql`${identifier(name)} ${typeName(type)} ${typeName(when)} ${expression} COMMENT ${literal(brief)}${codecSql(codec)}`;

const settings = [
	sql`non_replicated_deduplication_window = ${rememberedInserts}`,
	// A load is on the disk before its segment is deleted.
	sql`fsync_after_insert = 1`,
	sql`fsync_part_directory = 1`,
	// A load of 80,000 rows into one file a part costs two thirds of what it does into two files a column.
	// What merges make of them is in files a column, and merged column by column: row by row costs more than twice as much.
	sql`min_bytes_for_wide_part = 75497472`,
	sql`vertical_merge_algorithm_min_rows_to_activate = 1`,
	// Ten parts become one instead of five: a row is written again less often, and a question reads a few parts more.
	sql`merge_selector_base = 10`,
];

/**
 * Compiles `CREATE TABLE` for the current definition of a table. One partition a month, because retention drops whole
 * partitions.
 */
export function createTable(table: TableDefinition): Sql {
	const lines = [...table.columns.map(columnSql), ...table.computed.map(computedSql), loadedBy, ...table.indexes];
	return sql`CREATE TABLE IF NOT EXISTS ${identifier(table.name)} (
	${join(lines, ",\n\t")}
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(time)
ORDER BY ${table.orderBy}
SETTINGS ${join(settings)}`;
}

/** Compiles the columns that a table of an older version lacks. */
export function missingColumns(table: TableDefinition, existing: ReadonlySet<string>): Sql[] {
	const isMissing = ({ name }: { readonly name: string }) => !existing.has(name);
	const load = existing.has("loaded_by") ? [] : [loadedBy];
	return [...table.columns.filter(isMissing).map(columnSql), ...table.computed.filter(isMissing).map(computedSql), ...load].map(
		(column) => sql`ALTER TABLE ${identifier(table.name)} ADD COLUMN IF NOT EXISTS ${column}`,
	);
}

/** Columns that are computed when asked for are computed as they are defined now, also over what earlier versions stored. */
export const redefinedColumns = (table: TableDefinition): Sql[] =>
	table.computed
		.filter(({ when }) => when === "ALIAS")
		.map((column) => sql`ALTER TABLE ${identifier(table.name)} MODIFY COLUMN IF EXISTS ${computedSql(column)}`);

export const allTables: readonly TableDefinition[] = Object.freeze(Object.values(tables));
