import { bind, join, type Sql, sql } from "../sql.ts";

/** Rows that have one of the values, or that have none of them. */
export type Filter = { readonly dimension: string; readonly values: readonly string[]; readonly exclude: boolean };

/** Whether an expression has one of these texts, or none of them. */
export const isOneOf = (expression: Sql, values: readonly string[], exclude = false): Sql =>
	sql`${expression} ${exclude ? sql`NOT IN` : sql`IN`} ${bind(values, "Array(String)")}`;

/** What filters let through, as SQL that goes on after a condition. `expressionOf` says a dimension in terms of the rows. */
export const filterSql = (where: readonly Filter[], expressionOf: (dimension: string) => Sql): Sql =>
	join(
		where.map(({ dimension, values, exclude }) => sql` AND ${isOneOf(expressionOf(dimension), values, exclude)}`),
		"",
	);
