import { bind, join, type Sql, sql } from "../sql.ts";

/** Rows that have one of the values, or that have none of them. */
export type Filter = { readonly dimension: string; readonly values: readonly string[]; readonly exclude: boolean };

/** SQL that is true if an expression has one of these texts, or none of them. */
export const isOneOf = (expression: Sql, values: readonly string[], exclude = false): Sql =>
	sql`${expression} ${exclude ? sql`NOT IN` : sql`IN`} ${bind(values, "Array(String)")}`;

/** Compiles filters to an `AND …` suffix. `expressionOf` returns a dimension as an expression on the rows. */
export const filterSql = (where: readonly Filter[], expressionOf: (dimension: string) => Sql): Sql =>
	join(
		where.map(({ dimension, values, exclude }) => sql` AND ${isOneOf(expressionOf(dimension), values, exclude)}`),
		"",
	);
