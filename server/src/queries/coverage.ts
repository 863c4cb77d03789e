import { UsageError } from "../errors.ts";
import { conditionOf } from "../semantic/all-records.ts";
import { commonDimensions } from "../semantic/dimension.ts";
import type { Filter } from "../semantic/filter.ts";
import type { FreshnessOf, RollupFreshness, TimeRange } from "../semantic/rollup-freshness.ts";
import { type SignalName, signalNames } from "../semantic/signals.ts";
import type { Sql } from "../sql.ts";
import { formatTime } from "../store/format-time.ts";
import type { Store } from "../store/store.ts";
import { Calendar } from "./calendar.ts";
import { type Client, type ClientObservation, type CountedObservation, clientsOf } from "./coverage-client.ts";
import { clientObservationsSql, countedSql, peopleSql, reportingIntervalsSql, slotsSql } from "./coverage-sql.ts";
import { type ExpectedPerson, expectedPeople } from "./expected-people.ts";
import { comparedMs, type FleetGap, fleetGaps, type ReportingIntervals } from "./ingest-outage.ts";
import { askLosses, type Losses } from "./sequence-gaps.ts";
import { type SilentClient, silentClients } from "./silent-clients.ts";

/** A question about who reports, who stopped, and which records are missing. */
export type CoverageQuestion = {
	readonly fromMs: number;
	readonly toMs: number;
	/** Silence is judged as of then, or as of `toMs` if that is earlier. */
	readonly nowMs: number;
	/** An IANA time zone: where days and weekends begin. */
	readonly tz: string;
	/** Filters by dimensions that all records have. */
	readonly where: readonly Filter[];
	/** When this server began to listen: it explains a gap that ends then. */
	readonly serverStartedMs?: number;
};

/**
 * The history in which the usual cadence is looked for, before the end of the period: weekly reports show in it, and it ends
 * one day.
 */
const historyMs = 35 * 86_400_000;
/** A sender asks again for so long: what is younger may still come, before what came after it. */
const settleMs = 30_000;
/** See normalize/timestamp-bounds.ts. */
const believedAheadMs = 86_400_000;
const hourMs = 3_600_000;
const mostBuckets = 400;

type Tally = { readonly records: number; late: number; future: number; undated: number; most_late_seconds: number };

export type Coverage = {
	readonly asOfMs: number;
	readonly historyFromMs: number;
	/** All that is known of, those that stopped first, then by name. */
	readonly clients: readonly Client[];
	readonly silences: readonly SilentClient[];
	/**
	 * The number of people in the directory, and those of whom no record came in all the history; undefined where no people are
	 * expected.
	 */
	readonly expected: { readonly people: number; readonly neverSeen: readonly ExpectedPerson[] } | undefined;
	readonly losses: Losses;
	readonly arrivals: Readonly<Record<SignalName, Tally>>;
	readonly gaps: readonly (FleetGap & { readonly endsWithServerStart: boolean })[];
	/** Starts of the buckets of a client's activity: hours for up to three days, else days. */
	readonly buckets: { readonly grain: "hour" | "day"; readonly startsMs: readonly number[] };
};

const known = (filter: Filter): void => {
	if (commonDimensions.includes(filter.dimension) || filter.dimension.startsWith("label.")) return;
	throw new UsageError(
		`coverage does not have the dimension "${filter.dimension}". It has: ${commonDimensions.join(", ")}, label.KEY`,
	);
};

/** Finds only the ingest outages, which charts over time shade. Much cheaper than the whole of coverage. */
export async function askGaps(
	store: Store,
	freshnessOf: FreshnessOf,
	question: CoverageQuestion,
	calendar = new Calendar(question.tz),
): Promise<Coverage["gaps"]> {
	question.where.forEach(known);
	const { asOfMs, fromMs } = boundsOf(question);
	const asking = askingOf(store, freshnessOf, question.where);
	const [[seen], [visits]] = await Promise.all([
		asking<{ slots: number[] }>(slotsSql, { fromMs, toMs: asOfMs }),
		asking<ReportingIntervals>(reportingIntervalsSql, { fromMs: fromMs - comparedMs, toMs: asOfMs }),
	]);
	const started = question.serverStartedMs ?? 0;
	return fleetGaps(seen!.slots, visits!, fromMs, asOfMs, calendar).map((gap) => ({
		...gap,
		endsWithServerStart: started > gap.fromMs && started <= gap.toMs + 60_000,
	}));
}

/** Asks of the arrivals of a period, of rollups where they hold. */
function askingOf(store: Store, freshnessOf: FreshnessOf, where: readonly Filter[]) {
	return async <Row>(sql: (where: readonly Filter[], freshness: RollupFreshness) => Sql, period: TimeRange) =>
		await store.rows<Row>(sql(where, await freshnessOf(period)), {
			from: formatTime(period.fromMs),
			to: formatTime(period.toMs),
		});
}

function boundsOf({ fromMs, toMs, nowMs }: CoverageQuestion) {
	const asOfMs = Math.max(fromMs, Math.min(toMs, nowMs));
	return { fromMs, asOfMs, historyFromMs: Math.min(fromMs, asOfMs - historyMs) };
}

/** Returns all the time whose records an answer depends on. */
export function readPeriodOf(question: CoverageQuestion): TimeRange {
	const { fromMs, historyFromMs } = boundsOf(question);
	return { fromMs: Math.min(historyFromMs, fromMs - comparedMs), toMs: endOf(question) };
}

/** A client whose clock is ahead is there, too, though its records lie after now: as far as clocks are believed. */
const endOf = ({ toMs, nowMs }: CoverageQuestion) => (toMs > nowMs - 60_000 ? nowMs + believedAheadMs : toMs);

export async function askCoverage(store: Store, freshnessOf: FreshnessOf, question: CoverageQuestion): Promise<Coverage> {
	question.where.forEach(known);
	const { nowMs, tz } = question;
	const { fromMs, asOfMs, historyFromMs } = boundsOf(question);
	const calendar = new Calendar(tz);
	const condition = conditionOf(question.where);
	const asking = askingOf(store, freshnessOf, question.where);
	const endMs = endOf(question);
	const settled = { from: formatTime(fromMs), to: formatTime(Math.min(asOfMs, nowMs - settleMs)) };

	const [inPeriod, before, gaps, losses, expected] = await Promise.all([
		asking<CountedObservation>(countedSql, { fromMs, toMs: endMs }),
		asking<ClientObservation>(clientObservationsSql, { fromMs: historyFromMs, toMs: fromMs }),
		askGaps(store, freshnessOf, question, calendar),
		askLosses(store, { condition, ...settled }),
		expectedPeople(store, asOfMs, question.where),
	]);
	const buckets = bucketsOf(fromMs, asOfMs, calendar);
	const clients = clientsOf({ sightings: { inPeriod, before }, calendar, asOfMs, startsMs: buckets.startsMs });
	// A person who changed teams has reported, though not from the team in the question: records of any team count as seen.
	const seen =
		condition.isEmpty || !expected
			? clients
			: await askingOf(store, freshnessOf, [])<{ person: string }>(peopleSql, { fromMs: historyFromMs, toMs: endMs });
	return {
		asOfMs,
		historyFromMs,
		clients,
		silences: silentClients(clients, gaps, asOfMs),
		expected: expected && { people: expected.length, neverSeen: without(expected, seen) },
		losses,
		arrivals: Object.fromEntries(
			signalNames.map((name) => [name, tallyOf(inPeriod.filter(({ signal }) => signal === name))]),
		) as Coverage["arrivals"],
		gaps,
		buckets,
	};
}

function without(expected: readonly ExpectedPerson[], seen: readonly { readonly person: string }[]): ExpectedPerson[] {
	const people = new Set(seen.map(({ person }) => person));
	return expected.filter(({ person }) => !people.has(person));
}

function tallyOf(rows: readonly CountedObservation[]): Tally {
	const sum = (of: "records" | "late" | "future" | "undated") => rows.reduce((total, row) => total + row[of], 0);
	return {
		records: sum("records"),
		late: sum("late"),
		future: sum("future"),
		undated: sum("undated"),
		most_late_seconds: rows.reduce((most, row) => Math.max(most, row.most_late_seconds), 0),
	};
}

function bucketsOf(fromMs: number, toMs: number, calendar: Calendar): Coverage["buckets"] {
	if (toMs - fromMs <= 72 * hourMs) {
		const first = Math.floor(fromMs / hourMs);
		const hours = Math.max(0, Math.ceil(toMs / hourMs) - first);
		return { grain: "hour", startsMs: Array.from({ length: hours }, (_, i) => (first + i) * hourMs) };
	}
	const last = calendar.dayOf(toMs - 1);
	// Of years only the latest part is drawn.
	const first = Math.max(calendar.dayOf(fromMs), last - mostBuckets + 1);
	return { grain: "day", startsMs: Array.from({ length: last - first + 1 }, (_, i) => calendar.startOf(first + i)) };
}
