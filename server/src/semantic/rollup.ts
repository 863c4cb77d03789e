import { maxQuantity } from "../schema/bounds.ts";
import { eventsTable, pointsTable, type TableName } from "../schema/tables.ts";
import { as, column, identifier, join, type Sql, sql } from "../sql.ts";
import type { ScanOptions } from "./dataset.ts";
import { type DatasetName, dimensionOf } from "./dimension.ts";

/** A column of sums: `each` is what one row gives, as SQL; `together` the function that makes one value of many. */
export type Sum = {
	readonly type: string;
	readonly rowExpression: Sql;
	readonly merge: string;
	/** Columns of the rows that `rowExpression` reads, in addition to `time`. */
	readonly inputs?: readonly string[];
	/** SQL on the rollup's columns to read instead: the value is not stored there. */
	readonly finalize?: Sql;
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
	readonly sourceTables: readonly TableName[];
	readonly keys: readonly Key[];
	readonly sums: Readonly<Record<string, Sum>>;
	readonly orderBy: readonly string[];
	/** The column that distinguishes rows of different events or metrics. */
	readonly discriminator?: "event" | "metric";
	/**
	 * A rollup derived from this one with fewer keys or sums, and so with fewer rows: for questions that do not need the
	 * others.
	 */
	readonly coarser?: Rollup;
	/** The rollup by day of UTC (see `byDay`): for questions in which only the day of a time matters. */
	readonly daily?: Rollup;
	/** True for rollups by day. */
	readonly isDaily?: true;
	/** Rows with the keys, and whatever the sums are made of, as something to select from. */
	readonly rows: (reading: ScanOptions, of?: readonly string[]) => Sql;
};

const types = new Map(
	[eventsTable, pointsTable].flatMap(({ columns, computed }) => [...columns, ...computed].map(({ name, type }) => [name, type])),
);

/** Columns that dimensions may read only from single records: any label is in there. */
export const rawOnlyColumns: readonly string[] = Object.freeze(["attributes", "resource", "enduser_id"]);
/** Raw-only columns, and those that some rollups leave out. */
export const rawOnlyKeys: readonly string[] = Object.freeze(["session_id", ...rawOnlyColumns]);

/** The columns that these dimensions are made of, on that source. */
export function keyColumnsFor(source: DatasetName, dimensions: readonly string[], more: readonly string[] = []): Rollup["keys"] {
	const all = dimensions.map((name): string[] => [...(dimensionOf(name)?.sql[source]?.columns ?? [])]);
	const own = all.filter((names) => !names.some((name) => rawOnlyColumns.includes(name))).flat();
	const names = new Set([...more, ...own].filter((name) => types.has(name)));
	return [...names].map((name) => ({ name, type: types.get(name)! }));
}

/** A number of a record as far as it can be added up: records of earlier versions may have any. */
export const countable = (name: string): Sql =>
	sql`if(${column(name)} BETWEEN ${-maxQuantity} AND ${maxQuantity}, ${column(name)}, 0)`;
/** Wider than what is added up, so that no sum wraps, whatever is sent. */
export const sumOf = (name: string, each = countable(name)): Sum => ({
	type: "Int128",
	rowExpression: sql`toInt128(${each})`,
	merge: "sum",
	inputs: [name],
});
/** Every one of them, in ms up to 49 days, for percentiles: those of parts do not make that of the whole. */
export const valuesOf = (name: string, condition: Sql): Sum => ({
	type: "Array(UInt32)",
	rowExpression: sql`if(${condition}, [toUInt32(least(greatest(${column(name)}, 0), 4294967295))], [])`,
	merge: "groupArrayArray",
	inputs: [...condition.columns, name],
});
export const rowCount: Sum = { type: "UInt64", rowExpression: sql`toUInt64(1)`, merge: "sum" };
/** The person by the name that the record itself has: grouping by it looks up few names instead of many. */
export const reportedName: Sum = {
	type: "LowCardinality(String)",
	rowExpression: column("person_as_reported"),
	merge: "any",
	inputs: ["person_as_reported"],
	finalize: column("person"),
};

/** Selects `time` and these columns; `made` are those that rows do not have by that name, as SQL. */
export const selectList = (columns: readonly string[], made: Readonly<Record<string, Sql>>): Sql => {
	const ways = new Map(Object.entries(made));
	const each = (name: string) => (ways.has(name) ? as(ways.get(name)!, name) : identifier(name));
	return sql`SELECT ${join(["time", ...new Set(columns)].map(each))}`;
};

/** Derives a rollup without identity: a hundredth of the rows. `lost` are sums that make no sense then, or no sums. */
export function withoutIdentity(rollup: Rollup, kinds: Rollup["keys"], lost: readonly string[]): Rollup {
	const { name, discriminator, orderBy } = rollup;
	return {
		...rollup,
		coarser: {
			...rollup,
			name: `${name}_by_kind`,
			keys: rollup.keys.filter((key) => kinds.some((kind) => kind.name === key.name)),
			sums: Object.fromEntries(Object.entries(rollup.sums).filter(([sum]) => !lost.includes(sum))),
			orderBy: orderBy.filter((column) => column === "time" || column === discriminator),
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
export function smallestCovering(rollup: Rollup, columns: Wanted): Rollup {
	const coarser = formWith(rollup.coarser, rollup, columns);
	return coarser ? smallestCovering(coarser, columns) : rollup;
}

/** Returns the smallest rollup by day that has all columns, if there is one. */
export function smallestCoveringDaily(rollup: Rollup, columns: Wanted): Rollup | undefined {
	const daily = formWith(rollup.daily, rollup, columns);
	return daily && smallestCovering(daily, columns);
}

/** Returns true if a rollup has all columns that an expression on its dataset reads. */
export function covers({ keys }: Rollup, { columns }: Sql): boolean {
	return [...columns].every((name) => keys.some((key) => key.name === name));
}
