import { maxQuantity } from "../schema/bounds.ts";
import { eventsTable, pointsTable, type TableName } from "../schema/tables.ts";
import { as, column, identifier, join, type Sql, sql } from "../sql.ts";
import type { Reading } from "./dataset.ts";
import { dimensionOf, type Source } from "./dimension.ts";
import { commonDimensions, measures } from "./measure.ts";

/** A column of sums: `each` is what one row gives, as SQL; `together` the function that makes one value of many. */
export type Sum = {
	readonly type: string;
	readonly each: Sql;
	readonly together: string;
	/** The rows' columns that `each` is made of, besides `time`. */
	readonly needs?: readonly string[];
	/** What is read of a rollup in its stead, as SQL on the rollup's columns: it is not kept there. */
	readonly read?: Sql;
};

/** A column that rows agree in: one of the records' own, or made of them as SQL. */
type Key = { readonly name: string; readonly type: string; readonly sql?: Sql };

/**
 * A quarter of an hour's rows that agree in all their dimensions, as one row. A quarter, because that is how time zones differ.
 * Its columns are those that the dimensions of its sources speak of, and its sums.
 */
export type Rollup = {
	readonly name: string;
	/** The tables whose records it is of. */
	readonly madeOf: readonly TableName[];
	readonly keys: readonly Key[];
	readonly sums: Readonly<Record<string, Sum>>;
	readonly orderBy: readonly string[];
	/** The column that tells rows of different events or metrics apart. */
	readonly of?: "event" | "metric";
	/** The same with fewer keys or sums, and so with fewer rows: for questions that do not need the others. It is made of this one. */
	readonly narrower?: Rollup;
	/** The same by day of UTC (see `byDay`): for questions whose times are asked for no more than their day. */
	readonly daily?: Rollup;
	/** Of rollups by day. */
	readonly isDaily?: true;
	/** Rows with the keys, and whatever the sums are made of, as something to select from. */
	readonly rows: (reading: Reading, of?: readonly string[]) => Sql;
};

const types = new Map(
	[eventsTable, pointsTable].flatMap(({ columns, computed }) => [...columns, ...computed].map(({ name, type }) => [name, type])),
);

/** What dimensions may speak of besides, where single records are read: any label is in there. */
export const unrolled: readonly string[] = Object.freeze(["attributes", "resource", "enduser_id"]);
/** The same, and what some rollups leave out. */
export const ofRecordsOnly: readonly string[] = Object.freeze(["session_id", ...unrolled]);

/** The columns that these dimensions are made of, on that source. */
export function keysOf(source: Source, dimensions: readonly string[], more: readonly string[] = []): Rollup["keys"] {
	const all = dimensions.map((name): string[] => [...(dimensionOf(name)?.sql[source]?.columns ?? [])]);
	const own = all.filter((names) => !names.some((name) => unrolled.includes(name))).flat();
	const names = new Set([...more, ...own].filter((name) => types.has(name)));
	return [...names].map((name) => ({ name, type: types.get(name)! }));
}

/** What some measure of that source has besides the dimensions that everything has: what was done, not who did it. */
export const kindsOf = (source: Source): string[] =>
	measures.flatMap((measure) =>
		"from" in measure
			? []
			: [measure, ...(measure.split ? [measure.split] : [])].flatMap((part) =>
					part.source === source ? (part.dimensions ?? []) : [],
				),
	);
/** All dimensions that some measure of that source has. */
export const dimensionsOf = (source: Source): string[] => [...commonDimensions, ...kindsOf(source)];

/** A number of a record as far as it can be added up: records of earlier versions may have any. */
export const countable = (name: string): Sql =>
	sql`if(${column(name)} BETWEEN ${-maxQuantity} AND ${maxQuantity}, ${column(name)}, 0)`;
/** Wider than what is added up, so that no sum wraps, whatever is sent. */
export const added = (name: string, each = countable(name)): Sum => ({
	type: "Int128",
	each: sql`toInt128(${each})`,
	together: "sum",
	needs: [name],
});
/** Every one of them, in ms up to 49 days, for percentiles: those of parts do not make that of the whole. */
export const listed = (name: string, condition: Sql): Sum => ({
	type: "Array(UInt32)",
	each: sql`if(${condition}, [toUInt32(least(greatest(${column(name)}, 0), 4294967295))], [])`,
	together: "groupArrayArray",
	needs: [...condition.columns, name],
});
export const count: Sum = { type: "UInt64", each: sql`toUInt64(1)`, together: "sum" };
/** The person by the name that the record itself has: whoever groups by it looks up few names instead of many. */
export const ownName: Sum = {
	type: "LowCardinality(String)",
	each: column("own_name"),
	together: "any",
	needs: ["own_name"],
	read: column("person"),
};

/** Selects `time` and these columns; `made` are those that rows do not have by that name, as SQL. */
export const selecting = (columns: readonly string[], made: Readonly<Record<string, Sql>>): Sql => {
	const ways = new Map(Object.entries(made));
	const each = (name: string) => (ways.has(name) ? as(ways.get(name)!, name) : identifier(name));
	return sql`SELECT ${join(["time", ...new Set(columns)].map(each))}`;
};

/** A rollup by what was done alone, whoever did it: a hundredth of the rows. `lost` are sums that make no sense then, or no sums. */
export function byKind(rollup: Rollup, kinds: Rollup["keys"], lost: readonly string[]): Rollup {
	const { name, of, orderBy } = rollup;
	return {
		...rollup,
		narrower: {
			...rollup,
			name: `${name}_by_kind`,
			keys: rollup.keys.filter((key) => kinds.some((kind) => kind.name === key.name)),
			sums: Object.fromEntries(Object.entries(rollup.sums).filter(([sum]) => !lost.includes(sum))),
			orderBy: orderBy.filter((column) => column === "time" || column === of),
		},
	};
}

const columnsOf = ({ keys, sums }: Rollup): string[] => [...keys.map(({ name }) => name), ...Object.keys(sums)];

type Wanted = { readonly has: (name: string) => boolean };
/** One of its forms, if it has all of these columns that the rollup has. */
function formWith(form: Rollup | undefined, rollup: Rollup, columns: Wanted): Rollup | undefined {
	const there = new Set(form && columnsOf(form));
	return columnsOf(rollup).every((name) => !columns.has(name) || there.has(name)) ? form : undefined;
}

/** The rollup with the fewest rows that has all of these columns. */
export function narrowest(rollup: Rollup, columns: Wanted): Rollup {
	const narrower = formWith(rollup.narrower, rollup, columns);
	return narrower ? narrowest(narrower, columns) : rollup;
}

/** The same, of rollups by day, if there is one that has them all. */
export function narrowestDaily(rollup: Rollup, columns: Wanted): Rollup | undefined {
	const daily = formWith(rollup.daily, rollup, columns);
	return daily && narrowest(daily, columns);
}

/** Whether a rollup has all that an expression on its source speaks of. */
export function hasAll({ keys }: Rollup, { columns }: Sql): boolean {
	return [...columns].every((name) => keys.some((key) => key.name === name));
}
