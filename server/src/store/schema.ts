import { type ColumnDefinition, type ComputedColumn, type TableDefinition, tables } from "../normalize/tables.ts";

/** How many inserts the engine remembers, so that loading one again after a crash changes nothing. */
const rememberedInserts = 10_000;

/**
 * Which load a row came with: how the store knows, after a crash, whether a segment's rows are there. It has no part in the
 * rows themselves: the insert fills it in, and no answer shows it.
 */
const loadedBy = "`loaded_by` UInt64 MATERIALIZED cityHash64(getSetting('insert_deduplication_token')) CODEC(ZSTD(1))";

const columnSql = ({ name, type, codec, brief }: ColumnDefinition): string =>
	`\`${name}\` ${type} COMMENT ${quote(brief)}${codec ? ` CODEC(${codec})` : ""}`;

const computedSql = ({ name, type, when, sql, brief, codec }: ComputedColumn): string =>
	`\`${name}\` ${type} ${when} ${sql} COMMENT ${quote(brief)}${codec ? ` CODEC(${codec})` : ""}`;

export const quote = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

const settings = [
	`non_replicated_deduplication_window = ${rememberedInserts}`,
	// A load is on the disk before its segment is deleted.
	"fsync_after_insert = 1",
	"fsync_part_directory = 1",
	// A load of 80,000 rows into one file a part costs two thirds of what it does into two files a column.
	// What merges make of them is in files a column, and merged column by column: row by row costs more than twice as much.
	"min_bytes_for_wide_part = 75497472",
	"vertical_merge_algorithm_min_rows_to_activate = 1",
	// Ten parts become one instead of five: a row is written again less often, and a question reads a few parts more.
	"merge_selector_base = 10",
];

/** `CREATE TABLE` for a table as it is defined now. One partition a month, because retention drops whole partitions. */
export function createTable(table: TableDefinition): string {
	const lines = [...table.columns.map(columnSql), ...table.computed.map(computedSql), loadedBy, ...table.indexes];
	return [
		`CREATE TABLE IF NOT EXISTS ${table.name} (\n  ${lines.join(",\n  ")}\n)`,
		"ENGINE = MergeTree",
		"PARTITION BY toYYYYMM(time)",
		`ORDER BY ${table.orderBy}`,
		`SETTINGS ${settings.join(", ")}`,
	].join("\n");
}

/** What a table of an older version lacks. */
export function missingColumns(table: TableDefinition, existing: ReadonlySet<string>): string[] {
	const stored = table.columns
		.filter(({ name }) => !existing.has(name))
		.map((column) => `ALTER TABLE ${table.name} ADD COLUMN IF NOT EXISTS ${columnSql(column)}`);
	const computed = table.computed
		.filter(({ name }) => !existing.has(name))
		.map((column) => `ALTER TABLE ${table.name} ADD COLUMN IF NOT EXISTS ${computedSql(column)}`);
	const load = existing.has("loaded_by") ? [] : [`ALTER TABLE ${table.name} ADD COLUMN IF NOT EXISTS ${loadedBy}`];
	return [...stored, ...computed, ...load];
}

export const allTables: readonly TableDefinition[] = Object.freeze(Object.values(tables));
