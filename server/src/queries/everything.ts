import { dimensionOf } from "./dimension.ts";
import type { Ground } from "./ground.ts";
import { rollups } from "./rolled/index.ts";
import { hasAll } from "./rollup.ts";
import { summed, wordsIn } from "./summed.ts";
import type { Filter } from "./usage.ts";

/** A dimension that all records have, as it is said alike of every table. */
export const say = (name: string): string => dimensionOf(name)!.sql.everything!;

/** `where`, by dimensions that all records have, as SQL that goes on after a condition, with its bound values. */
export function conditionOf(where: readonly Filter[]): { sql: string; parameters: Record<string, readonly string[]> } {
	const parameters: Record<string, readonly string[]> = {};
	const sql = where.map(({ dimension, values, exclude }, i) => {
		parameters[`where${i}`] = values;
		return ` AND ${say(dimension)} ${exclude ? "NOT IN" : "IN"} {where${i}:Array(String)}`;
	});
	return { sql: sql.join(""), parameters };
}

/**
 * The period's rows of all records that the filters let through, to select these `columns` and `time` from: of rollups where they hold
 * and have what is filtered by. Ends with a condition; what the filters bind is conditionOf's.
 */
export const everything = (where: readonly Filter[], ground: Ground, columns: readonly string[]): string =>
	rowsOf("everything", where, ground, columns);

/** The same of spans too, and of how records arrived. */
export const arrivals = (where: readonly Filter[], ground: Ground, columns: readonly string[]): string =>
	rowsOf("arrivals", where, ground, columns);

function rowsOf(source: "everything" | "arrivals", where: readonly Filter[], ground: Ground, columns: readonly string[]): string {
	const { sql: condition } = conditionOf(where);
	const isRolled = where.every(({ dimension }) => hasAll(rollups[source], say(dimension)));
	const rows = summed(source, undefined, isRolled ? ground : undefined, wordsIn(...columns, condition));
	return `${rows} AS rows WHERE 1${condition}`;
}
