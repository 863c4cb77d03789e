import { column, columns, literal, type Sql, sql } from "../sql.ts";
import type { DatasetName } from "./dimension.ts";

export type Unit = "USD" | "{token}" | "s" | "ms" | "1" | "";

/**
 * An aggregate over the rows of one dataset. Its dimensions are derived (capability.ts): the common ones, and those whose columns the
 * records it reads carry. An aggregate of columns that no rollup has is answered from records.
 */
export type Aggregate = {
	readonly source: DatasetName;
	readonly sql: Sql;
	/** Events or metrics that it needs: the dataset reads no others. Undefined: all. */
	readonly reads?: readonly string[];
	/** Dimensions in addition to the derived ones: their value is the same for all its rows, or the dataset computes it. */
	readonly dimensions?: readonly string[];
};

export type Measure = {
	readonly name: string;
	readonly brief: string;
	/** Its name for people, where that is not the name with spaces. */
	readonly label?: string;
	readonly unit: Unit;
	/** The direction of a good change, which colours it; undefined for neither. */
	readonly better?: "more" | "less";
	/** True if it is only a part of others. */
	readonly hidden?: boolean;
} & (
	| (Aggregate & {
			/** Used where only another dataset has the named dimension. */
			readonly variant?: { readonly dimension: string } & Aggregate;
	  })
	| Derivation
);

/** Returns a measure's name for people. */
export const labelOf = ({ name, label }: Measure): string => label ?? name.replaceAll("_", " ");

/** A measure composed of other measures; a ratio of nothing is null. */
export type Derivation = {
	readonly from: readonly string[];
	readonly compose: (partOf: (measure: string) => Sql) => Sql;
};

const { increment, records, metric: metricName, event } = columns("increment", "records", "metric", "event");

/** SQL over all numbers in a column of lists; null where there are none. */
export const percentile = (share: number, lists: string): Sql => sql`quantileExactArrayOrNull(${share})(${column(lists)})`;
/** Adds up a column. Sums are wider than their terms: none wraps, whatever is sent. */
export const total = (name: string): Sql => sql`sum(${column(name)})`;
/** Narrows to rows of one event. */
export const isEvent = (name: string): Sql => sql`${event} = ${literal(name)}`;
/** Narrows to points of one metric. */
export const isMetric = (name: string): Sql => sql`${metricName} = ${literal(name)}`;
/** Counts the records of an event, or those of them that meet a condition (an `AND …` suffix). */
export const recordsOf = (name: string, condition = sql``): Sql => sql`sumIf(${records}, ${isEvent(name)}${condition})`;

/** One measure's share of the sum of it and another. */
export const shareOf = (one: string, other: string): Derivation => ({
	from: [one, other],
	compose: (partOf) => sql`ifNull(${partOf(one)}, 0) / nullIf(ifNull(${partOf(one)}, 0) + ifNull(${partOf(other)}, 0), 0)`,
});
export const ratioOf = (part: string, whole: string): Derivation => ({
	from: [part, whole],
	compose: (partOf) => sql`${partOf(part)} / nullIf(${partOf(whole)}, 0)`,
});
/** The sum of `NAME_of_ONE` and `NAME_of_OTHER`; null where neither has a value. */
export const sumOfParts = (name: string, one: string, other: string): Derivation => ({
	from: [`${name}_of_${one}`, `${name}_of_${other}`],
	compose: (partOf) => {
		const [first, second] = [partOf(`${name}_of_${one}`), partOf(`${name}_of_${other}`)];
		return sql`if(isNull(${first}), ${second}, ${first} + ifNull(${second}, 0))`;
	},
});

/** A measure of API requests, each once. */
export const request = (name: string, brief: string, unit: Unit, own: Sql): Aggregate & Measure => ({
	name,
	brief,
	unit,
	source: "requests",
	sql: own,
});

/** The sum of a metric's increments that meet a condition (an `AND …` suffix). */
export const counter = (
	name: string,
	brief: string,
	metric: string,
	unit: Unit,
	condition = sql``,
	dimensions: readonly string[] = [],
): Aggregate & Measure => ({
	name,
	brief,
	unit,
	source: "increments",
	reads: [metric],
	dimensions,
	sql: sql`round(sumIf(${increment}, ${isMetric(metric)}${condition}), 6)`,
});

/** Work that requests report, and counters where no request covers it (R3): three measures, of which the parts are hidden. */
export const eventOrCounter = (
	name: string,
	brief: string,
	unit: Unit,
	{ requests, metric, condition = sql`` }: { readonly requests: Sql; readonly metric: string; readonly condition?: Sql },
): [sum: Measure, ofRequests: Aggregate & Measure, ofCounters: Aggregate & Measure] => [
	{ name, brief, unit, ...sumOfParts(name, "requests", "counters") },
	{ ...request(`${name}_of_requests`, `${brief} As requests report it.`, unit, requests), hidden: true },
	{
		name: `${name}_of_counters`,
		brief: `${brief} As counters report it where there are no requests.`,
		unit,
		hidden: true,
		source: "increments_without_requests",
		reads: [metric],
		// Counters are of no event: their part of the sum has an empty name.
		dimensions: ["event"],
		sql: sql`round(sumIf(${increment}, ${isMetric(metric)}${condition}), 9)`,
	},
];
