import { type Filter, filterSql } from "../semantic/filter.ts";
import { bind, identifier, type Sql, sql } from "../sql.ts";
import { formatTime } from "../store/format-time.ts";
import type { Store } from "../store/store.ts";

/** A person of the directory; texts are empty where it has none. */
export type ExpectedPerson = { readonly person: string; readonly name: string; readonly team: string };

const called = sql`if(name = '', person, name)`;
/** Dimensions of people that the directory alone can answer. */
const directoryDimensions: ReadonlyMap<string, Sql> = new Map([
	["name", called],
	...["person", "team", "department", "cost_center", "manager"].map((column): [string, Sql] => [column, identifier(column)]),
]);

/**
 * Returns the people who are in the directory at a time, who began by then; by team, those without one last. Undefined where no
 * people are expected: there is no directory, it has none of these people, or the filters need records.
 */
export async function expectedPeople(
	store: Store,
	atMs: number,
	where: readonly Filter[],
): Promise<readonly ExpectedPerson[] | undefined> {
	if (where.some(({ dimension }) => !directoryDimensions.has(dimension))) return undefined;
	const condition = filterSql(where, (dimension) => directoryDimensions.get(dimension)!);
	const people = await store.rows<ExpectedPerson>(
		sql`WITH toDate(${bind(formatTime(atMs), "DateTime64(3, 'UTC')")}) AS day SELECT person, name, team FROM directory WHERE batch = (SELECT max(batch) FROM directory) AND person != '' AND day BETWEEN valid_from AND valid_to AND start_date <= toString(day)${condition} ORDER BY team = '', lowerUTF8(team), team, lowerUTF8(${called}), person`,
	);
	return people.length > 0 ? people : undefined;
}
