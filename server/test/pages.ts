import type { TestPurser } from "./purser.ts";

export type Rows = Record<string, unknown>[];
type Page = { rows: Rows; meta: { next_cursor: string | null } };

/** Every page of a list of records, one after the other. */
export async function pagesOf(server: TestPurser, path: string): Promise<Rows[]> {
	const pages: Rows[] = [];
	const join = path.includes("?") ? "&" : "?";
	for (let cursor: string | null = ""; cursor !== null; ) {
		const page: Page = await server.get<Page>(`${path}${join}cursor=${cursor}`);
		if (page.rows.length > 0) pages.push(page.rows);
		cursor = page.meta.next_cursor;
	}
	return pages;
}

/** All records of a list. */
export const allRows = async (server: TestPurser, path: string): Promise<Rows> =>
	(await pagesOf(server, `${path}${path.includes("?") ? "&" : "?"}limit=1000`)).flat();

/** Rows as text without what the server adds (time of receipt, person), so that lists of them can be compared whatever their order. */
export const asTexts = (rows: readonly Readonly<Record<string, unknown>>[]): string[] =>
	rows.map(({ received_at: _, person: _person, ...row }) => JSON.stringify(sorted(row))).sort();

/** Columns in order of their names; what is inside them in its own. */
const sorted = (row: object): object => Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
