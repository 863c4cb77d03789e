import type { Sql } from "../sql.ts";

/** Builds the SOURCE clause of a dictionary that reads a table or a query of the same server, as the user who asks it. */
export type DictionarySource = (from: { readonly table: string } | { readonly query: Sql }) => Sql;
