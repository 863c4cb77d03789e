import { MisuseError } from "../errors.ts";
import { type Dimension, dimensionOf, dimensions, type Source } from "./dimension.ts";
import type { Ground } from "./ground.ts";
import { type Aggregate, commonDimensions, type Measure, measureOf, measures } from "./measure.ts";
import { rollupOf } from "./rolled/index.ts";
import { hasAll } from "./rollup.ts";
import { from, type RowSource } from "./source.ts";
import { isEmpty, summed, wordsIn } from "./summed.ts";

export const grains = ["none", "minute", "hour", "day", "week", "month"] as const;
export type Grain = (typeof grains)[number];

export type Filter = { readonly dimension: string; readonly values: readonly string[]; readonly exclude: boolean };

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

export type Compiled = {
	readonly sql: string;
	/** To be bound besides `from` and `to`. */
	readonly parameters: Readonly<Record<string, string | readonly string[]>>;
};

/**
 * A usage question as SQL; `ground` says for which hours rollups hold, undefined to read all records. Throws MisuseError for what
 * is unknown or makes no sense, and says what is known.
 */
export function compileUsage(question: UsageQuestion, ground?: Ground): Compiled {
	const { by, grain, where } = question;
	const groups = by.map((name) => known(name));
	const filters = where.map((filter) => ({ ...filter, dimension: known(filter.dimension) }));
	const used = [...groups, ...filters.map(({ dimension }) => dimension)];
	const parts = new Map<string, Aggregate>();
	for (const name of question.measures) collectParts(name, used, parts);

	const perSource = Map.groupBy(parts, ([, { source, singly }]) => (singly ? `single ${source}` : source));
	const parameters: Record<string, string | readonly string[]> = { tz: question.tz };
	const conditionOf = (source: Source): string =>
		filters
			.map(({ dimension, values, exclude }, i) => {
				parameters[`where${i}`] = values;
				return ` AND ${dimension.sql[source]} ${exclude ? "NOT IN" : "IN"} {where${i}:Array(String)}`;
			})
			.join("");
	const grouping = [...(grain === "none" ? [] : ["bucket"]), ...groups.map((_, i) => `d${i}`)];
	const groupBy = grouping.length > 0 ? ` GROUP BY ${grouping.join(", ")}` : "";
	const isRolled = (source: Source) =>
		grain !== "minute" && used.every((dimension) => hasAll(rollupOf(source), dimension.sql[source]!));
	const sources = [...perSource.values()];
	const full = sources.filter(([one]) => !isRolled(one![1].source) || !isEmpty(one![1].source, ground));
	const selects = (full.length > 0 ? full : sources).map((own) => {
		const [[, { source, singly }]] = own as [(typeof own)[number]];
		const of = own.some(([, part]) => !part.of) ? undefined : [...new Set(own.flatMap(([, part]) => part.of!))];
		const columns = [
			...(grain === "none" ? [] : [`${bucket(grain)} AS bucket`]),
			...groups.map((dimension, i) => `${dimension.sql[source]} AS d${i}`),
			`${sources.indexOf(own)} AS of`,
			`[${own.map(([, part]) => number(part.sql)).join(", ")}] AS numbers`,
		];
		const wanted = wordsIn(...own.map(([, part]) => part.sql), ...used.map((dimension) => dimension.sql[source]!));
		const rows = singly
			? from(source as RowSource, of)
			: summed(source, of, isRolled(source) ? ground : undefined, wanted, grain === "hour" ? "moment" : "day");
		return `SELECT ${columns.join(", ")} FROM ${rows} AS rows WHERE 1${conditionOf(source)}${groupBy}`;
	});
	// What several sources say of one group stands in several rows: which is whose is told by the source's place.
	const told = sources.flatMap((own, of) =>
		own.map(([name], i) => {
			const isNothing = grouping.length === 0 && full.length > 0 && !full.includes(own);
			return isNothing ? `toNullable(0.) AS ${name}` : `maxIf(u.numbers[${i + 1}], u.of = ${of}) AS ${name}`;
		}),
	);
	const joined = [...grouping, ...told];
	const inner = `SELECT ${joined.join(", ")} FROM (${selects.join("\nUNION ALL\n")}) AS u${groupBy}`;
	const outer = [
		...(grain === "none" ? [] : ["formatDateTime(bucket, '%Y-%m-%dT%H:%i:%S.000Z', 'UTC') AS time"]),
		...groups.map((dimension, i) => `d${i} AS \`${dimension.name}\``),
		...question.measures.map((name, i) => `if(isFinite(m${i}), m${i}, NULL) AS \`${name}\``),
	];
	const measured = question.measures.map((name, i) => `${made(measureOf(name)!)} AS m${i}`);
	const order = orderOf(question, groups, grouping);
	return {
		sql: `SELECT ${outer.join(", ")} FROM (SELECT ${[...grouping, ...measured].join(", ")} FROM (${inner}))${order} LIMIT ${question.limit}`,
		parameters,
	};
}

/** Aggregates are kept as Nullable(Float64): exact for integers up to 2^53, null for a ratio of nothing. */
const number = (sql: string): string => `toNullable(toFloat64(${sql}))`;

/** A measure in terms of the aggregates it is made of, however deep. */
const made = (measure: Measure): string =>
	"from" in measure ? measure.sql.replace(/\{(\w+)\}/g, (_, name) => `(${made(measureOf(name)!)})`) : measure.name;

const units: Readonly<Record<Exclude<Grain, "none">, string>> = {
	minute: "toStartOfMinute(time, {tz:String})",
	hour: "toStartOfHour(time, {tz:String})",
	day: "toStartOfDay(time, {tz:String})",
	week: "toDateTime(toStartOfWeek(time, 1, {tz:String}), {tz:String})",
	month: "toDateTime(toStartOfMonth(time, {tz:String}), {tz:String})",
};
const bucket = (grain: Exclude<Grain, "none">): string => units[grain];

function known(name: string): Dimension {
	const dimension = dimensionOf(name);
	if (dimension) return dimension;
	throw new MisuseError(`there is no dimension "${name}". Known: ${dimensions.map((each) => each.name).join(", ")}, label.KEY`);
}

/** The aggregates a measure is made of, with the source that knows all dimensions used. */
function collectParts(name: string, used: readonly Dimension[], parts: Map<string, Aggregate>): void {
	const measure = measureOf(name);
	if (!measure) {
		throw new MisuseError(`there is no measure "${name}". Known: ${visibleMeasures.map((each) => each.name).join(", ")}`);
	}
	if ("from" in measure) {
		for (const part of measure.from) collectParts(part, used, parts);
		return;
	}
	const { split } = measure;
	const aggregate = split && used.some((dimension) => dimension.name === split.dimension) ? split : measure;
	for (const dimension of used) {
		if (!has(aggregate, dimension.name) || !dimension.sql[aggregate.source]) {
			const has = dimensionsOf(measure);
			throw new MisuseError(`the measure "${name}" does not have the dimension "${dimension.name}". It has: ${has.join(", ")}`);
		}
	}
	parts.set(name, aggregate);
}

const has = ({ dimensions: own = [] }: Aggregate, name: string): boolean =>
	own.includes(name) || commonDimensions.includes(name) || name.startsWith("label.");

/** The dimensions by which a measure can be asked. */
export function dimensionsOf(measure: Measure): string[] {
	if ("from" in measure) {
		const [first = [], ...others] = measure.from.map((name) => dimensionsOf(measureOf(name)!));
		return first.filter((name) => others.every((list) => list.includes(name)));
	}
	const own = [...(measure.dimensions ?? []), ...(measure.split?.dimensions ?? [])];
	const names = new Set([...commonDimensions, ...own]);
	return [...dimensions.map((each) => each.name).filter((name) => names.has(name)), "label.KEY"];
}

export const visibleMeasures: readonly Measure[] = Object.freeze(
	measures.filter((measure) => !("hidden" in measure && measure.hidden)),
);

function orderOf(question: UsageQuestion, groups: readonly Dimension[], keys: readonly string[]): string {
	const orders = question.order.map((entry) => {
		const descending = entry.startsWith("-");
		const name = descending ? entry.slice(1) : entry;
		const at = groups.findIndex((dimension) => dimension.name === name);
		const key =
			name === "time" && question.grain !== "none"
				? "bucket"
				: at >= 0
					? `d${at}`
					: question.measures.includes(name)
						? `\`${name}\``
						: undefined;
		if (!key)
			throw new MisuseError(`cannot order by "${name}": it is neither a measure nor a dimension of this question, nor time`);
		return `${key} ${descending ? "DESC" : "ASC"} NULLS LAST`;
	});
	const rest = keys.filter((key) => !orders.some((order) => order.startsWith(`${key} `)));
	const all = [...orders, ...rest];
	return all.length > 0 ? ` ORDER BY ${all.join(", ")}` : "";
}
