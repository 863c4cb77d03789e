import { messageOf } from "../errors.ts";
import { identifier, literal, quoted, type Sql, sql } from "../sql.ts";
import type { Store } from "./store.ts";

/** Where a dictionary's rows come from: a table or a query of this very server, read as the user who asks it. */
export type SourceOf = (from: { readonly table: string } | { readonly query: Sql }) => Sql;

/** Runs the statements that create dictionaries. They hold the store's password, which an error never shows. */
export async function createDictionaries(
	store: Store,
	statements: (source: SourceOf, database: Sql) => readonly Sql[],
): Promise<void> {
	const { user, password } = credentialsOf(store.url);
	const [row] = await store.rows<{ name: string }>(sql`SELECT currentDatabase() AS name`);
	const access = sql`${user ? sql` USER ${literal(user)}` : sql``}${password ? sql` PASSWORD ${literal(password)}` : sql``}`;
	const source: SourceOf = (from) => {
		const rows = "table" in from ? sql`TABLE ${literal(from.table)}` : sql`QUERY ${literal(String(from.query))}`;
		return sql`SOURCE(CLICKHOUSE(DB ${literal(row!.name)} ${rows}${access}))`;
	};
	try {
		for (const statement of statements(source, identifier(row!.name))) await store.command(statement);
	} catch (error) {
		const said = messageOf(error);
		throw new Error(password ? said.replaceAll(quoted(password), "'…'").replaceAll(password, "…") : said);
	}
}

function credentialsOf({ username, password, searchParams }: URL): { user: string; password: string } {
	return {
		user: decodeURIComponent(username) || (searchParams.get("user") ?? ""),
		password: decodeURIComponent(password) || (searchParams.get("password") ?? ""),
	};
}
