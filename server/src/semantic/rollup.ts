import { maxQuantity } from "../schema/bounds.ts";
import { eventsTable, pointsTable, type TableName } from "../schema/tables.ts";
import { as, column, identifier, join, type Sql, sql } from "../sql.ts";
import type { ScanOptions } from "./dataset.ts";
import { type DatasetName, dimensionOf } from "./dimension.ts";
import { commonDimensions, measures } from "./measure.ts";

/** A column of sums: `each` is what one row gives, as SQL; `together` the function that makes one value of many. */
export type Sum = {
	readonly type: string;
	readonly rowExpression: Sql;
	readonly merge: string;
	/** The rows' columns that `each` is made of, besides `time`. */
	readonly inputs?: readonly string[];
	/** What is read of a rollup in its stead, as SQL on the rollup's columns: it is not kept there. */
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
	/** The column that tells rows of different events or metrics apart. */
	readonly discriminator?: "event" | "metric";
	/** The same with fewer keys or sums, and so with fewer rows: for questions that do not need the others. It is made of this one. */
	readonly coarser?: Rollup;
	/** The same by day of UTC (see `byDay`): for questions whose times are asked for no more than their day. */
	readonly daily?: Rollup;
	/** Of rollups by day. */
	readonly isDaily?: true;
	/** Rows with the keys, and whatever the sums are made of, as something to select from. */
	readonly rows: (reading: ScanOptions, of?: readonly string[]) => Sql;
};

const types = new Map(
	[eventsTable, pointsTable].flatMap(({ columns, computed }) => [...columns, ...computed].map(({ name, type }) => [name, type])),
);

/** What dimensions may speak of besides, where single records are read: any label is in there. */
export const rawOnlyColumns: readonly string[] = Object.freeze(["attributes", "resource", "enduser_id"]);
/** The same, and what some rollups leave out. */
export const rawOnlyKeys: readonly string[] = Object.freeze(["session_id", ...rawOnlyColumns]);

/** The columns that these dimensions are made of, on that source. */
export function keyColumnsFor(source: DatasetName, dimensions: readonly string[], more: readonly string[] = []): Rollup["keys"] {
	const all = dimensions.map((name): string[] => [...(dimensionOf(name)?.sql[source]?.columns ?? [])]);
	const own = all.filter((names) => !names.some((name) => rawOnlyColumns.includes(name))).flat();
	const names = new Set([...more, ...own].filter((name) => types.has(name)));
	return [...names].map((name) => ({ name, type: types.get(name)! }));
}

/** What some measure of that source has besides the dimensions that everything has: what was done, not who did it. */
export const discriminatorsFor = (source: DatasetName): string[] =>
	measures.flatMap((measure) =>
		"from" in measure
			? []
			: [measure, ...(measure.variant ? [measure.variant] : [])].flatMap((part) =>
					part.source === source ? (part.dimensions ?? []) : [],
				),
	);
/** All dimensions that some measure of that source has. */
export const dimensionsOf = (source: DatasetName): string[] => [...commonDimensions, ...discriminatorsFor(source)];

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
/** The person by the name that the record itself has: whoever groups by it looks up few names instead of many. */
export const reportedName: Sum = {
	type: "LowCardinality(String)",
	rowExpression: column("own_name"),
	merge: "any",
	inputs: ["own_name"],
	finalize: column("person"),
};

/** Selects `time` and these columns; `made` are those that rows do not have by that name, as SQL. */
export const selectList = (columns: readonly string[], made: Readonly<Record<string, Sql>>): Sql => {
	const ways = new Map(Object.entries(made));
	const each = (name: string) => (ways.has(name) ? as(ways.get(name)!, name) : identifier(name));
	return sql`SELECT ${join(["time", ...new Set(columns)].map(each))}`;
};

/** A rollup by what was done alone, whoever did it: a hundredth of the rows. `lost` are sums that make no sense then, or no sums. */
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

/** The same, of rollups by day, if there is one that has them all. */
export function smallestCoveringDaily(rollup: Rollup, columns: Wanted): Rollup | undefined {
	const daily = formWith(rollup.daily, rollup, columns);
	return daily && smallestCovering(daily, columns);
}

/** Whether a rollup has all that an expression on its source speaks of. */
export function covers({ keys }: Rollup, { columns }: Sql): boolean {
	return [...columns].every((name) => keys.some((key) => key.name === name));
}
