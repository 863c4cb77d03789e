import { columns as columnsNamed, type Sql, sql } from "../sql.ts";
import { columnsOf, datasetRows } from "./dataset-rows.ts";
import { dimensionOf } from "./dimension.ts";
import { type Filter, filterSql } from "./filter.ts";
import { covers } from "./rollup.ts";
import type { RollupFreshness } from "./rollup-freshness.ts";
import { rollups } from "./rollups/index.ts";

/** SQL of a dimension that all records have, the same for every table. */
export const dimensionSql = (name: string): Sql => dimensionOf(name)!.sql.everything!;

/** Compiles filters on dimensions that all records have to an `AND …` suffix. */
export const conditionOf = (where: readonly Filter[]): Sql => filterSql(where, dimensionSql);

/**
 * The period's rows of all records that the filters let through, to select these `columns` and `time` from: of rollups where they hold
 * and have what is filtered by. Ends with a condition.
 */
export const allRecords = (where: readonly Filter[], freshness: RollupFreshness, columns: readonly string[]): Sql =>
	rowsOf("everything", where, freshness, columns);

/** Rows of all records, spans included, with how they arrived. */
export const ingest = (where: readonly Filter[], freshness: RollupFreshness, columns: readonly string[]): Sql =>
	rowsOf("arrivals", where, freshness, columns);

function rowsOf(
	source: "everything" | "arrivals",
	where: readonly Filter[],
	freshness: RollupFreshness,
	columns: readonly string[],
): Sql {
	const condition = conditionOf(where);
	const isRolled = where.every(({ dimension }) => covers(rollups[source], dimensionSql(dimension)));
	const rows = datasetRows(
		source,
		undefined,
		isRolled ? freshness : undefined,
		columnsOf(...Object.values(columnsNamed(...columns)), condition),
	);
	return sql`${rows} AS rows WHERE 1${condition}`;
}
