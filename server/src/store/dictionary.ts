import { messageOf } from "../errors.ts";
import type { DictionarySource } from "../schema/dictionary-source.ts";
import { identifier, literal, quoted, type Sql, sql } from "../sql.ts";
import type { Store } from "./store.ts";

/** Runs the statements that create dictionaries. They hold the store's password, which an error never shows. */
export async function createDictionaries(
	store: Store,
	statements: (source: DictionarySource, database: Sql) => readonly Sql[],
): Promise<void> {
	const { user, password } = credentialsOf(store.url);
	const [row] = await store.rows<{ name: string }>(sql`SELECT currentDatabase() AS name`);
	const access = sql`${user ? sql` USER ${literal(user)}` : sql``}${password ? sql` PASSWORD ${literal(password)}` : sql``}`;
	const source: DictionarySource = (from) => {
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
