import { UsageError } from "../errors.ts";
import { columns as columnsNamed, parameter, renamed, type Sql, sql, type Value } from "../sql.ts";
import { formatTime } from "../store/format-time.ts";
import { type Grain, usageRows } from "./compile-usage.ts";
import { type RecordDataset, selectFrom } from "./dataset.ts";
import { columnsOf, datasetRows, type TimePrecision } from "./dataset-rows.ts";
import { commonDimensions, type DatasetName, dimensionOf } from "./dimension.ts";
import { type Filter, filterSql } from "./filter.ts";
import type { Unit } from "./measure.ts";
import { covers } from "./rollup.ts";
import { type RollupFreshness, split } from "./rollup-freshness.ts";
import { rollupOf } from "./rollups/index.ts";

/** A column of a named query's rows. */
export type Column = {
	/** `time` is ISO 8601 in UTC; `date` is a day in the time zone asked for, as 2026-11-21. */
	readonly type: "text" | "time" | "date" | "integer" | "number";
	/** Null where there is nothing to say, as in a ratio of nothing. */
	readonly nullable?: true;
	/** `1` is a share of one, `d` are days. */
	readonly unit?: Unit | "d";
	readonly brief: string;
};

/** A whole number that a named query takes in addition to the period. Its SQL has it as `parameter(name, "UInt32")`. */
type QueryParameter = {
	readonly brief: string;
	readonly default: number;
	readonly minimum: number;
	readonly maximum: number;
};

/** Subqueries for the SQL of named queries. Each is in parentheses, and has only rows that pass the filters. */
export type QueryInputs = {
	/** A source's rows of the period. */
	readonly rows: (source: RecordDataset, of?: readonly string[]) => Sql;
	/** Rows of these columns, and `time`, from rollups where they hold. */
	readonly sums: (source: DatasetName, columns: readonly string[], of?: readonly string[]) => Sql;
	/**
	 * Rows for queries that read only the day of a time: of several records on a day not all are returned. They may begin with
	 * the day of UTC in which the period begins.
	 */
	readonly days: (source: DatasetName, columns: readonly string[]) => Sql;
	/** The answer to a usage question about the period: a row for each group, measures as in `/api/v1/usage`. */
	readonly usage: (measures: readonly string[], by: readonly string[], grain?: Grain) => Sql;
	/** Returns the SQL for the time before the period, as far as the query looks back. */
	readonly earlier: (sql: Sql) => Sql;
	/** SQL about both at once, made of blocks that are. */
	readonly withEarlier: (make: (blocks: QueryInputs) => Sql) => Sql;
};

/** A named query: the API, the command line and docs/queries.md are made of it. */
export type NamedQuery = {
	readonly name: string;
	/** One sentence that ends with a question mark. */
	readonly question: string;
	/** Notes for readers of the numbers, in whole sentences. Answers carry them. */
	readonly notes?: readonly string[];
	/** The default start of the period. */
	readonly since: string;
	/** The time before the period that it reads: days, or the length of the period. */
	readonly lookback?: number | "period";
	readonly parameters?: Readonly<Record<string, QueryParameter>>;
	/** Dimensions to filter by, in addition to those that all records have. */
	readonly dimensions?: readonly string[];
	/** In the order of tables. */
	readonly columns: Readonly<Record<string, Column>>;
	/** A SELECT of the columns that ends with an ORDER BY, in ClickHouse's dialect. Given are `from`, `to`, `tz` and the parameters. */
	readonly sql: (blocks: QueryInputs) => Sql;
};

export function defineQuery(definition: Omit<NamedQuery, "since"> & { readonly since?: string }): NamedQuery {
	for (const column of Object.values(definition.columns)) Object.freeze(column);
	Object.freeze(definition.columns);
	return Object.freeze({ since: "-30d", ...definition });
}

/** A request for a named query. */
export type QueryRequest = {
	readonly fromMs: number;
	readonly toMs: number;
	/** An IANA time zone: where days begin. */
	readonly tz: string;
	readonly where: readonly Filter[];
	readonly limit: number;
	/** Values of the query's parameters; the others have their defaults. */
	readonly parameters?: Readonly<Record<string, number>>;
};

/** A compiled named query, with the measures that it reads, for the notes about versions. */
export type CompiledNamed = {
	readonly sql: Sql;
	/** Values to bind, by name. */
	readonly parameters: Readonly<Record<string, Value>>;
	readonly measures: readonly string[];
};

/**
 * The question as SQL with everything it binds; `ground` is that of its period and the time before that it reads. Throws
 * MisuseError for a filter that makes no sense here.
 */
export function compileNamed(query: NamedQuery, asked: QueryRequest, freshness?: RollupFreshness): CompiledNamed {
	const { where, tz, limit, fromMs, toMs } = asked;
	for (const { dimension } of where) refuseFilter(query, dimension);
	const filtered = (source: DatasetName, rows: Sql) =>
		where.length === 0
			? rows
			: sql`(SELECT * FROM ${rows} AS rows WHERE 1${filterSql(where, (dimension) => dimensionExpression(dimension, source))})`;
	const rows: QueryInputs["rows"] = (source, of) => filtered(source, selectFrom(source, of));
	const sumsOn =
		(own: RollupFreshness, times: TimePrecision): QueryInputs["sums"] =>
		(source, columns, of) => {
			const isRolled = where.every(({ dimension }) => covers(rollupOf(source), dimensionExpression(dimension, source)));
			const wanted = columnsOf(
				...Object.values(columnsNamed(...columns)),
				...where.map(({ dimension }) => dimensionExpression(dimension, source)),
			);
			return filtered(source, datasetRows(source, of, isRolled ? own : undefined, wanted, times));
		};
	const measured = new Set<string>();
	const usageOn =
		(own: RollupFreshness): QueryInputs["usage"] =>
		(measures, by, grain = "none") => {
			for (const measure of measures) measured.add(measure);
			return usageRows({ measures, by, grain, tz, where, order: [], limit: allRows }, own);
		};
	const { parameters: known = {} } = query;
	const blocksOn = (own: RollupFreshness): QueryInputs => ({
		rows,
		sums: sumsOn(own, "moment"),
		days: sumsOn(own, "whole days"),
		usage: usageOn(own),
		earlier,
		withEarlier: (make) => withEarlier(make(blocksOn(freshness))),
	});
	const statement = query.sql(blocksOn(query.lookback === undefined ? freshness : split(freshness)));
	return {
		sql: sql`${statement}\nLIMIT ${parameter("limit", "UInt32")}`,
		measures: [...measured],
		parameters: {
			earlier: formatTime(fromMs - lookbackMs(query, toMs - fromMs)),
			from: formatTime(fromMs),
			to: formatTime(toMs),
			tz,
			limit: String(limit),
			...Object.fromEntries(Object.entries(known).map(([name, it]) => [name, String(asked.parameters?.[name] ?? it.default)])),
		},
	};
}

/** An answer within another question is never cut. */
const allRows = 4_294_967_295;
const dayMs = 86_400_000;

/** The ends of a period are parameters everywhere, so that another period is other names. */
const earlier = (statement: Sql): Sql => renamed(statement, { from: "earlier", to: "from" });

const withEarlier = (statement: Sql): Sql => renamed(statement, { from: "earlier" });

/** Returns the time before a period of that length at which the query begins to read. */
export const lookbackMs = ({ lookback = 0 }: NamedQuery, lengthMs: number): number =>
	lookback === "period" ? lengthMs : lookback * dayMs;

/** A dimension in terms of a source's rows. */
export function dimensionExpression(dimension: string, source: DatasetName): Sql {
	const own = dimensionOf(dimension)?.sql[source];
	if (own === undefined) throw new Error(`${source} does not have the dimension ${dimension}`);
	return own;
}

/** The dimensions by which a question's rows can be filtered. */
export const filtersOfQuery = ({ dimensions = [] }: NamedQuery): readonly string[] => [
	...commonDimensions,
	...dimensions,
	"label.KEY",
];

function refuseFilter(query: NamedQuery, dimension: string): void {
	const known = filtersOfQuery(query);
	if (known.includes(dimension) || (dimension.startsWith("label.") && dimensionOf(dimension))) return;
	throw new UsageError(`"${query.name}" cannot be filtered by "${dimension.slice(0, 60)}". It can by: ${known.join(", ")}`);
}
