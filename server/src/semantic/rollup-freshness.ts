import { join, type Sql, sql } from "../sql.ts";
import { inPeriod, periodBegin, periodEnd } from "./dataset.ts";

/** Times in milliseconds, the end exclusive. */
export type TimeRange = { readonly fromMs: number; readonly toMs: number };

/**
 * Facts about a period's records that are known before a question is planned. A question without the SQL for missing kinds of
 * records is planned in a third of the time.
 */
export type PlanHints = {
	/**
	 * Since when counters go on whose points are read themselves: in Unix seconds, for either piece of `hours` that has some. Undefined
	 * where that is not known.
	 */
	readonly cumulativeSince?: Readonly<Record<number, number>>;
	/** Events that may not cover all that counters count (R3). */
	readonly incomplete: readonly string[];
	/**
	 * Hashes of the keys of the points that such an event does not cover: a point counts if its key is among them. Left out where there
	 * are too many.
	 */
	readonly uncovered: Readonly<Record<string, readonly string[]>>;
};

/**
 * For which hours the store's rollups hold: all but these. Records of the others, and of the period's broken quarters of an hour at
 * its ends, are read themselves. Undefined: there are no rollups to speak of. Without facts anything may be there.
 */
export type RollupFreshness = { readonly stale: readonly TimeRange[]; readonly hints?: PlanHints } | undefined;

/** The freshness where a period is read in parts: each has ends of its own, and so other ranges. */
export const split = (freshness: RollupFreshness): RollupFreshness =>
	freshness?.hints
		? { ...freshness, hints: { incomplete: freshness.hints.incomplete, uncovered: freshness.hints.uncovered } }
		: freshness;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** A period and the rest of the hours in which it begins and ends. What is not there, is not there in the period. */
export const roundOutToHours = ({ fromMs, toMs }: TimeRange): TimeRange => ({
	fromMs: Math.floor(fromMs / hourMs) * hourMs,
	toMs: Math.ceil(toMs / hourMs) * hourMs,
});

/** The ground that questions about a period stand on now. */
export type FreshnessOf = (period: TimeRange) => Promise<RollupFreshness>;

/** Rollups have a row for each quarter of an hour: where the whole ones of a period begin and end. */
export const firstQuarterHour = sql`toStartOfFifteenMinutes(${periodBegin} + toIntervalMillisecond(899999))`;
export const endQuarterHour = sql`toStartOfFifteenMinutes(${periodEnd})`;
/** Some rollups have a row for each day of UTC: where a period's whole ones end. */
const endDay = sql`toStartOfDay(${endQuarterHour})`;
const second = (ms: number): Sql => sql`toDateTime(${ms / 1000}, 'UTC')`;
/**
 * A time that records are to be before. The engine takes "before" a time of whole seconds for "not after the second before it", and
 * skips a part whose records all lie between the two.
 */
export const toInstant = (time: Sql): Sql => sql`toDateTime64(${time}, 3, 'UTC')`;
/** The condition for rollups' rows, whose times are whole seconds; for records, with `toDateTime64`. */
const within = ({ fromMs, toMs }: TimeRange, before = (time: Sql) => time): Sql =>
	sql`(time >= ${second(fromMs)} AND time < ${before(second(toMs))})`;
const staleOf = (freshness: RollupFreshness): Sql[] => (freshness?.stale ?? []).map((span) => within(span));
const staleRecordsOf = (freshness: RollupFreshness): Sql[] => (freshness?.stale ?? []).map((span) => within(span, toInstant));
const none = (ranges: readonly Sql[]): Sql[] => ranges.map((range) => sql`NOT ${range}`);
const all = (conditions: readonly Sql[]): Sql => join(conditions, " AND ");
const any = (conditions: readonly Sql[]): Sql => join(conditions, " OR ");

/** The hours of a ground, as conditions on `time`: which rows of rollups count, and which records instead. */
export function splitByHour(freshness: RollupFreshness, begin: Sql, end: Sql) {
	const stale = staleOf(freshness);
	const first = toInstant(begin);
	const later = any([sql`time >= ${end}`, ...staleRecordsOf(freshness)]);
	return {
		rollupCondition: all([sql`time >= ${begin} AND time < ${end}`, ...none(stale)]),
		rawCondition: sql`time < ${first} OR ${later}`,
		isStale: stale.length > 0 ? any(stale) : sql`false`,
		rawRanges: [
			{ when: sql`${inPeriod} AND time < ${first}`, end: first },
			{ when: sql`${inPeriod} AND time >= ${begin} AND (${later})`, end: periodEnd },
		].flatMap((piece, i) => {
			if (!freshness?.hints?.cumulativeSince) return [piece];
			const since = freshness.hints.cumulativeSince[i];
			return since === undefined ? [] : [{ ...piece, since: sql`toDateTime(${since}, 'UTC')` }];
		}),
	};
}

/**
 * Splits a period by day, for questions that read only the day of a time: into rows of rollups by day, rows of those by quarter
 * of an hour, and records. `fromDay`: the day of UTC in which the period begins counts whole, which is planned in less time.
 */
export function splitByDay(freshness: RollupFreshness, fromDay: boolean) {
	const stale = staleOf(freshness);
	const staleDays = (freshness?.stale ?? []).map(({ fromMs, toMs }) =>
		within({ fromMs: Math.floor(fromMs / dayMs) * dayMs, toMs: Math.ceil(toMs / dayMs) * dayMs }),
	);
	const begin = fromDay ? sql`toStartOfDay(${periodBegin})` : firstQuarterHour;
	const firstDay = fromDay ? begin : sql`toStartOfDay(${firstQuarterHour} + toIntervalSecond(86399))`;
	const before = (time: Sql) => (fromDay ? [] : [sql`time < ${time}`]);
	return {
		wholeDays: all([sql`time >= ${firstDay} AND time < ${endDay}`, ...none(staleDays)]),
		rollupCondition: all([
			sql`(${any([...before(firstDay), sql`time >= ${endDay}`, ...staleDays])})`,
			sql`time >= ${begin} AND time < ${endQuarterHour}`,
			...none(stale),
		]),
		rawCondition: any([...before(toInstant(begin)), sql`time >= ${endQuarterHour}`, ...staleRecordsOf(freshness)]),
	};
}
