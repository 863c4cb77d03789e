import { columns as columnsNamed, type Sql, sql } from "../sql.ts";
import { columnsOf, summed } from "./dataset-rows.ts";
import { dimensionOf } from "./dimension.ts";
import { type Filter, filterSql } from "./filter.ts";
import { hasAll } from "./rollup.ts";
import type { Ground } from "./rollup-freshness.ts";
import { rollups } from "./rollups/index.ts";

/** A dimension that all records have, as it is said alike of every table. */
export const say = (name: string): Sql => dimensionOf(name)!.sql.everything!;

/** `where`, by dimensions that all records have, as SQL that goes on after a condition. */
export const conditionOf = (where: readonly Filter[]): Sql => filterSql(where, say);

/**
 * The period's rows of all records that the filters let through, to select these `columns` and `time` from: of rollups where they hold
 * and have what is filtered by. Ends with a condition.
 */
export const everything = (where: readonly Filter[], ground: Ground, columns: readonly string[]): Sql =>
	rowsOf("everything", where, ground, columns);

/** The same of spans too, and of how records arrived. */
export const arrivals = (where: readonly Filter[], ground: Ground, columns: readonly string[]): Sql =>
	rowsOf("arrivals", where, ground, columns);

function rowsOf(source: "everything" | "arrivals", where: readonly Filter[], ground: Ground, columns: readonly string[]): Sql {
	const condition = conditionOf(where);
	const isRolled = where.every(({ dimension }) => hasAll(rollups[source], say(dimension)));
	const rows = summed(
		source,
		undefined,
		isRolled ? ground : undefined,
		columnsOf(...Object.values(columnsNamed(...columns)), condition),
	);
	return sql`${rows} AS rows WHERE 1${condition}`;
}
