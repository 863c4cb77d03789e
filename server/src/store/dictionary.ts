import { messageOf } from "../errors.ts";
import { quote } from "./schema.ts";
import type { Store } from "./store.ts";

/** Where a dictionary's rows come from: `TABLE 'name'` or `QUERY 'SELECT …'` on this very server, as the user who asks it. */
export type SourceOf = (from: string) => string;

/** Runs the statements that create dictionaries. They hold the store's password, which an error never shows. */
export async function createDictionaries(
	store: Store,
	statements: (source: SourceOf, database: string) => readonly string[],
): Promise<void> {
	const { user, password } = credentialsOf(store.url);
	const [row] = await store.rows<{ name: string }>("SELECT currentDatabase() AS name");
	const access = `${user ? ` USER ${quote(user)}` : ""}${password ? ` PASSWORD ${quote(password)}` : ""}`;
	try {
		for (const statement of statements((from) => `SOURCE(CLICKHOUSE(DB ${quote(row!.name)} ${from}${access}))`, row!.name)) {
			await store.command(statement);
		}
	} catch (error) {
		const said = messageOf(error);
		throw new Error(password ? said.replaceAll(quote(password), "'…'").replaceAll(password, "…") : said);
	}
}

function credentialsOf({ username, password, searchParams }: URL): { user: string; password: string } {
	return {
		user: decodeURIComponent(username) || (searchParams.get("user") ?? ""),
		password: decodeURIComponent(password) || (searchParams.get("password") ?? ""),
	};
}
