import type { SessionRow, UsageExplanation } from "@purser/api";
import { compileUsage, type Grain, rowsOf, type UsageQuestion } from "../semantic/compile-usage.ts";
import { compileNamed, lookbackMs, type NamedQuery, type QueryRequest } from "../semantic/named-query.ts";
import { type RollupFreshness, split, type TimeRange } from "../semantic/rollup-freshness.ts";
import { formatTime } from "../store/format-time.ts";
import type { Store } from "../store/store.ts";
import { askCoverage, askGaps, type Coverage, type CoverageQuestion, readPeriodOf } from "./coverage.ts";
import { loadNotes } from "./data-quality-notes.ts";
import { type Reconciliation, type ReconciliationQuestion, reconcile } from "./reconciliation.ts";
import { listRecords, type RecordsAnswer, type RecordsQuestion } from "./records.ts";
import { type Timeline, type TimelineQuestion, timelineOf } from "./session-timeline.ts";
import { extentOf, listSessions, type Period, type SessionsAnswer, type SessionsQuestion, sessionOf } from "./sessions.ts";
import { countProbes, type StoredCounts, StoredCountsReader } from "./stored-counts.ts";

type Row = Record<string, string | number | null>;
type Rows = { readonly rows: readonly unknown[] };

/** Rows with notes on what the versions among their records do not report, or report wrongly. */
export type AnsweredRows = { readonly rows: readonly Row[]; readonly notes: readonly string[] };

/** The state of the rollups. Undefined freshness: everything is read from records. */
export type Freshness = {
	readonly freshnessOf: (period: TimeRange) => Promise<RollupFreshness>;
	/** Returns the freshness without looking for plan hints, for questions that read no counters. */
	readonly freshnessWithoutHints: (period: TimeRange) => RollupFreshness;
	/** Resolves to a result that is computed again only when records of the period changed. */
	readonly reuse: <Value extends Rows>(key: string, period: TimeRange, compute: () => Promise<Value>) => Promise<Value>;
};

/**
 * The one door to answers about records: the routes, and everything else that asks, call these methods and run no SQL themselves.
 * Every method throws UsageError for a question that makes no sense, TooExpensiveError and RetryableError as the store does.
 */
export class Answers {
	readonly #store: Store;
	readonly #freshness: Freshness | undefined;
	readonly #serverStartedMs: number;
	readonly #storedCounts: StoredCountsReader;

	constructor(store: Store, freshness: Freshness | undefined, serverStartedMs: number) {
		this.#store = store;
		this.#freshness = freshness;
		this.#serverStartedMs = serverStartedMs;
		this.#storedCounts = new StoredCountsReader(store);
	}

	/** Answers with measures by dimensions over time. An empty period has no rows. */
	usage(question: UsageQuestion & TimeRange): Promise<AnsweredRows> {
		return this.#reuse("usage", question, async () => {
			const freshness = await this.#freshnessOf(question);
			const compiled = compileUsage(question, freshness);
			if (question.fromMs >= question.toMs) return { rows: [], notes: [] };
			const times = timesOf(question);
			const [found, notes] = await Promise.all([
				this.#store.rows<Row>(compiled.sql, { tz: question.tz, ...times }),
				loadNotes(this.#store, question, times, freshness),
			]);
			return { rows: rowsOf(compiled, found), notes };
		});
	}

	/** Explains how a usage question is answered, without answering it. */
	async explainUsage(question: UsageQuestion & TimeRange): Promise<UsageExplanation> {
		const { sql, datasets } = compileUsage(question, await this.#freshnessOf(question));
		return { ...this.#store.explain(sql, { tz: question.tz, ...timesOf(question) }), datasets };
	}

	/** Answers a named query. */
	named(query: NamedQuery, request: QueryRequest): Promise<AnsweredRows> {
		return this.#reuse(`named ${query.name}`, request, async () => {
			const { fromMs, toMs, tz, where, limit } = request;
			const freshness = await this.#freshnessOf({ fromMs: fromMs - lookbackMs(query, toMs - fromMs), toMs });
			const { sql, parameters, measures } = compileNamed(query, request, freshness);
			if (fromMs >= toMs) return { rows: [], notes: [] };
			const usage = { measures, by: [], grain: "none" as Grain, tz, where, order: [], limit };
			const [rows, notes] = await Promise.all([
				this.#store.rows<Row>(sql, parameters),
				loadNotes(this.#store, usage, timesOf(request), split(freshness)),
			]);
			return { rows, notes };
		});
	}

	/** Lists sessions with their totals within a period, one page. */
	sessions(question: SessionsQuestion): Promise<SessionsAnswer> {
		return listSessions(this.#store, question);
	}

	/** The time range of all records of a session; undefined if it has none. */
	sessionExtent(id: string): Promise<(Period & { readonly spans: number }) | undefined> {
		return extentOf(this.#store, id);
	}

	/** A session's totals and its prompts with their requests and tools. The session is undefined if only spans of it exist. */
	async session(question: TimelineQuestion): Promise<{ readonly session: SessionRow | undefined; readonly timeline: Timeline }> {
		const [session, timeline] = await Promise.all([
			sessionOf(this.#store, question.session, question),
			timelineOf(this.#store, question),
		]);
		return { session, timeline };
	}

	/** Lists records as they were sent, newest first, one page. */
	records(question: RecordsQuestion): Promise<RecordsAnswer> {
		return listRecords(this.#store, question);
	}

	/** Answers who reports, who stopped, and what is missing. */
	async coverage(question: CoverageQuestion): Promise<Coverage> {
		const asked = { ...question, serverStartedMs: this.#serverStartedMs };
		const answer = async () => {
			const coverage = await askCoverage(this.#store, this.#withoutHints, asked);
			return { rows: coverage.clients, coverage };
		};
		return (await this.#reuse("coverage", asked, answer, readPeriodOf(asked))).coverage;
	}

	/** Lists the ingest outages of a period, which charts over time shade. */
	async outages(question: CoverageQuestion): Promise<Coverage["gaps"]> {
		const asked = { ...question, serverStartedMs: this.#serverStartedMs };
		const answer = async () => ({ rows: await askGaps(this.#store, this.#withoutHints, asked) });
		return (await this.#reuse("outages", asked, answer, readPeriodOf(asked))).rows;
	}

	/** Compares requests with counters of the same sessions. */
	reconciliation(question: ReconciliationQuestion & TimeRange): Promise<Reconciliation> {
		return this.#reuse("reconciliation", question, async () =>
			reconcile(this.#store, await this.#freshnessOf(question), { ...question, ...timesOf(question) }),
		);
	}

	/** Counts all stored records; undefined if the store has not answered yet. */
	storedCounts(): Promise<StoredCounts | undefined> {
		return this.#storedCounts.read();
	}

	/** Counts the test events of the last hour whose ids are given. */
	probes(event: string, ids: readonly string[]): Promise<number> {
		return countProbes(this.#store, event, ids);
	}

	/** Resolves to true if the store answers. */
	isAvailable(): Promise<boolean> {
		return this.#store.answers();
	}

	async #freshnessOf(period: TimeRange): Promise<RollupFreshness> {
		return await this.#freshness?.freshnessOf(period);
	}

	readonly #withoutHints = async (period: TimeRange): Promise<RollupFreshness> => this.#freshness?.freshnessWithoutHints(period);

	/** `reads` is the time whose records the answer depends on. */
	#reuse<Value extends Rows>(
		kind: string,
		question: TimeRange,
		compute: () => Promise<Value>,
		reads: TimeRange = question,
	): Promise<Value> {
		return this.#freshness ? this.#freshness.reuse(`${kind} ${JSON.stringify(question)}`, reads, compute) : compute();
	}
}

/** The period as statements bind it. */
const timesOf = ({ fromMs, toMs }: TimeRange) => ({ from: formatTime(fromMs), to: formatTime(toMs) });
