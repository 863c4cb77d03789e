import { UsageError } from "../errors.ts";
import { as, identifier, join, type Sql, sql } from "../sql.ts";
import { unknownName } from "../unknown-name.ts";
import { canDivide, dimensionsOf } from "./capability.ts";
import { type RecordDataset, selectFrom, timeZone } from "./dataset.ts";
import { columnsOf, datasetRows, isEmpty, tablesOf } from "./dataset-rows.ts";
import { type DatasetName, type Dimension, dimensionOf, dimensions } from "./dimension.ts";
import { type Filter, filterSql } from "./filter.ts";
import type { Aggregate, Measure } from "./measure.ts";
import { measureOf, measures } from "./measures/index.ts";
import { covers } from "./rollup.ts";
import type { RollupFreshness } from "./rollup-freshness.ts";
import { rollupOf, rollups } from "./rollups/index.ts";

/** The length of the buckets of time that rows are of; `none` for one of the whole period. */
export type Grain = "none" | "minute" | "hour" | "day" | "week" | "month";

/** A usage question: measures by dimensions over time. */
export type UsageQuestion = {
	readonly measures: readonly string[];
	readonly by: readonly string[];
	readonly grain: Grain;
	/** An IANA time zone: where days begin. */
	readonly tz: string;
	readonly where: readonly Filter[];
	/** Names of measures, dimensions or `time`; a leading minus turns the order round. */
	readonly order: readonly string[];
	readonly limit: number;
};

export type CompiledUsage = {
	readonly sql: Sql;
	/** The answer's columns: their names in it, which are places, and what they are. */
	readonly columns: readonly (readonly [place: string, name: string])[];
	/** The datasets that the measures are aggregates of, and the tables that their rows are read from. */
	readonly datasets: readonly { readonly dataset: DatasetName; readonly tables: readonly string[] }[];
};

/**
 * A usage question as SQL; `ground` says for which hours rollups hold, undefined to read all records. Throws MisuseError for what
 * is unknown or makes no sense, and says what is known. The answer's columns are named by their places, because a label may have
 * any name: `rowsOf` gives them their own.
 */
export function compileUsage(question: UsageQuestion, freshness?: RollupFreshness): CompiledUsage {
	const { measures: asked, by, grain } = question;
	refuseTwice("measure", asked);
	refuseTwice("by", by);
	const columns = [
		...(grain === "none" ? [] : [["time", "time"] as const]),
		...by.map((name, i) => [`d${i}`, name] as const),
		...asked.map((name, i) => [`v${i}`, name] as const),
	];
	const datasets: { dataset: DatasetName; tables: readonly string[] }[] = [];
	return { sql: compile(question, freshness, (place) => place, datasets), columns, datasets };
}

/** Compiles a usage question to a subquery with its columns by name: for Purser's own questions, whose names are no labels. */
export function usageRows(question: UsageQuestion, freshness?: RollupFreshness): Sql {
	const { measures: asked, by } = question;
	const names = new Map<string, string>([
		...by.map((name, i) => [`d${i}`, name] as const),
		...asked.map((name, i) => [`v${i}`, name] as const),
	]);
	return sql`(${compile(question, freshness, (place) => names.get(place) ?? place)})`;
}

/** The rows of an answer by the names of its columns. */
export const rowsOf = <Value>(
	{ columns }: CompiledUsage,
	found: readonly Readonly<Record<string, Value>>[],
): Record<string, Value>[] => found.map((row) => Object.fromEntries(columns.map(([place, name]) => [name, row[place]!])));

function refuseTwice(parameter: string, names: readonly string[]): void {
	const twice = names.find((name, i) => names.indexOf(name) !== i);
	if (twice !== undefined) throw new UsageError(`"${parameter}" names "${twice.slice(0, 80)}" twice`);
}

/** `nameOf` says by which name the answer has the column of a place: `d0` is the first dimension, `v0` the first measure. */
function compile(
	question: UsageQuestion,
	freshness: RollupFreshness,
	nameOf: (place: string) => string,
	datasets: { dataset: DatasetName; tables: readonly string[] }[] = [],
): Sql {
	const { by, grain, where } = question;
	const groups = by.map((name) => known(name));
	const filters = where.map((filter) => known(filter.dimension));
	const used = [...groups, ...filters];
	const parts = new Map<string, Aggregate>();
	for (const name of question.measures) expandMeasure(name, used, parts);

	const perSource = Map.groupBy(parts, ([, part]) => (needsRecords(part) ? `records of ${part.source}` : part.source));
	const grouping = [...(grain === "none" ? [] : ["bucket"]), ...groups.map((_, i) => `d${i}`)].map(identifier);
	const groupBy = grouping.length > 0 ? sql` GROUP BY ${join(grouping)}` : sql``;
	const isRolled = (source: DatasetName) =>
		grain !== "minute" && used.every((dimension) => covers(rollupOf(source), dimension.sql[source]!));
	const sources = [...perSource.values()];
	const full = sources.filter(([one]) => !isRolled(one![1].source) || !isEmpty(one![1].source, freshness));
	const selects = (full.length > 0 ? full : sources).map((own) => {
		const [[, first]] = own as [(typeof own)[number]];
		const [source, rawOnly] = [first.source, needsRecords(first)];
		const of = own.some(([, part]) => !part.reads) ? undefined : [...new Set(own.flatMap(([, part]) => part.reads!))];
		const columns = [
			...(grain === "none" ? [] : [sql`${bucket(grain)} AS bucket`]),
			...groups.map((dimension, i) => as(dimension.sql[source]!, `d${i}`)),
			sql`${sources.indexOf(own)} AS of`,
			sql`[${join(own.map(([, part]) => number(part.sql)))}] AS numbers`,
		];
		const wanted = columnsOf(...own.map(([, part]) => part.sql), ...used.map((dimension) => dimension.sql[source]!));
		const isRead = rawOnly || !isRolled(source) ? undefined : freshness;
		datasets.push({ dataset: source, tables: tablesOf(source, isRead, wanted, grain === "hour" ? "moment" : "day") });
		const rows = rawOnly
			? selectFrom(source as RecordDataset, of)
			: datasetRows(source, of, isRolled(source) ? freshness : undefined, wanted, grain === "hour" ? "moment" : "day");
		const condition = filterSql(where, (dimension) => known(dimension).sql[source]!);
		return sql`SELECT ${join(columns)} FROM ${rows} AS rows WHERE 1${condition}${groupBy}`;
	});
	// A group has one row per dataset; `of`, the dataset's position, identifies whose it is.
	const merged = sources.flatMap((own, of) =>
		own.map(([name], i) => {
			const isNothing = grouping.length === 0 && full.length > 0 && !full.includes(own);
			return as(isNothing ? sql`toNullable(0.)` : sql`maxIf(u.numbers[${i + 1}], u.of = ${of})`, name);
		}),
	);
	const inner = sql`SELECT ${join([...grouping, ...merged])} FROM (${join(selects, "\nUNION ALL\n")}) AS u${groupBy}`;
	const outer = [
		...(grain === "none" ? [] : [sql`formatDateTime(bucket, '%Y-%m-%dT%H:%i:%S.000Z', 'UTC') AS time`]),
		...groups.map((_, i) => as(identifier(`d${i}`), nameOf(`d${i}`))),
		...question.measures.map((_, i) => {
			const value = identifier(`m${i}`);
			return as(sql`if(isFinite(${value}), ${value}, NULL)`, nameOf(`v${i}`));
		}),
	];
	const measured = question.measures.map((name, i) => as(composed(measureOf(name)!), `m${i}`));
	const order = orderOf(question, grouping, nameOf);
	return sql`SELECT ${join(outer)} FROM (SELECT ${join([...grouping, ...measured])} FROM (${inner}))${order} LIMIT ${question.limit}`;
}

/** Returns true if an aggregate reads a column that its dataset's rollup does not have: it is answered from records. */
function needsRecords({ source, sql: { columns } }: Aggregate): boolean {
	if (!Object.hasOwn(rollups, source)) return false;
	const { keys, sums } = rollupOf(source);
	return [...columns].some((name) => !Object.hasOwn(sums, name) && !keys.some((key) => key.name === name));
}

/** Aggregates are kept as Nullable(Float64): exact for integers up to 2^53, null for a ratio of nothing. */
const number = (aggregate: Sql): Sql => sql`toNullable(toFloat64(${aggregate}))`;

/** A measure in terms of the aggregates it is made of, however deep. */
const composed = (measure: Measure): Sql =>
	"from" in measure ? measure.compose((name) => sql`(${composed(measureOf(name)!)})`) : identifier(measure.name);

const units: Readonly<Record<Exclude<Grain, "none">, Sql>> = {
	minute: sql`toStartOfMinute(time, ${timeZone})`,
	hour: sql`toStartOfHour(time, ${timeZone})`,
	day: sql`toStartOfDay(time, ${timeZone})`,
	week: sql`toDateTime(toStartOfWeek(time, 1, ${timeZone}), ${timeZone})`,
	month: sql`toDateTime(toStartOfMonth(time, ${timeZone}), ${timeZone})`,
};
const bucket = (grain: Exclude<Grain, "none">): Sql => units[grain];

function known(name: string): Dimension {
	const dimension = dimensionOf(name);
	if (dimension) return dimension;
	throw new UsageError(unknownName("dimension", name, [...dimensions.map((each) => each.name), "label.KEY"]));
}

/** The aggregates a measure is made of, with the source that knows all dimensions used. */
function expandMeasure(name: string, used: readonly Dimension[], parts: Map<string, Aggregate>): void {
	const measure = measureOf(name);
	if (!measure) {
		throw new UsageError(
			unknownName(
				"measure",
				name,
				visibleMeasures.map((each) => each.name),
			),
		);
	}
	if ("from" in measure) {
		for (const part of measure.from) expandMeasure(part, used, parts);
		return;
	}
	const { variant } = measure;
	const aggregate = variant && used.some((dimension) => dimension.name === variant.dimension) ? variant : measure;
	for (const dimension of used) {
		if (!canDivide(aggregate, dimension)) {
			const has = dimensionsOf(measure);
			throw new UsageError(`the measure "${name}" does not have the dimension "${dimension.name}". It has: ${has.join(", ")}`);
		}
	}
	parts.set(name, aggregate);
}

export const visibleMeasures: readonly Measure[] = Object.freeze(
	measures.filter((measure) => !("hidden" in measure && measure.hidden)),
);

function orderOf(
	{ order, by, measures: asked, grain }: UsageQuestion,
	grouping: readonly Sql[],
	nameOf: (place: string) => string,
): Sql {
	const places = order.map((entry) => {
		const name = entry.startsWith("-") ? entry.slice(1) : entry;
		const [dimension, measure] = [by.indexOf(name), asked.indexOf(name)];
		if (name === "time" && grain !== "none") return "bucket";
		if (dimension >= 0) return `d${dimension}`;
		if (measure >= 0) return nameOf(`v${measure}`);
		throw new UsageError(
			`cannot order by "${name.slice(0, 80)}": it is neither a measure nor a dimension of this question, nor time`,
		);
	});
	const orders = places.map(
		(place, i) => sql`${identifier(place)} ${order[i]!.startsWith("-") ? sql`DESC` : sql`ASC`} NULLS LAST`,
	);
	const rest = grouping.filter((key) => !places.some((place) => String(identifier(place)) === String(key)));
	const all = [...orders, ...rest];
	return all.length > 0 ? sql` ORDER BY ${join(all)}` : sql``;
}
