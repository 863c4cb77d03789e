import type { Store } from "../store/store.ts";
import { timeText } from "../store/time-text.ts";
import type { Filter } from "./usage.ts";

/** Somebody of the directory; texts are empty where it says nothing. */
export type ExpectedPerson = { readonly person: string; readonly name: string; readonly team: string };

const called = "if(name = '', person, name)";
/** What people can be told by before anything came from them, as the dimensions have it. */
const told: ReadonlyMap<string, string> = new Map([
	["person", "person"],
	["name", called],
	...["team", "department", "cost_center", "manager"].map((column): [string, string] => [column, column]),
]);

/**
 * Whom the directory has at a time, who began by then; by team, those without one last. Undefined where nobody is expected:
 * there is no directory, it has nobody of these, or the filters ask for what only records can tell.
 */
export async function expectedPeople(
	store: Store,
	atMs: number,
	where: readonly Filter[],
): Promise<readonly ExpectedPerson[] | undefined> {
	const conditions = where.map(({ dimension, exclude }, i) => {
		const column = told.get(dimension);
		return column && `${column} ${exclude ? "NOT IN" : "IN"} {where${i}:Array(String)}`;
	});
	if (conditions.includes(undefined)) return undefined;
	const wanted = ["person != ''", "day BETWEEN valid_from AND valid_to", "start_date <= toString(day)", ...conditions];
	const people = await store.rows<ExpectedPerson>(
		`WITH toDate({at:DateTime64(3, 'UTC')}) AS day SELECT person, name, team FROM directory WHERE batch = (SELECT max(batch) FROM directory) AND ${wanted.join(" AND ")} ORDER BY team = '', lowerUTF8(team), team, lowerUTF8(${called}), person`,
		{ at: timeText(atMs), ...Object.fromEntries(where.map(({ values }, i) => [`where${i}`, values])) },
	);
	return people.length > 0 ? people : undefined;
}
