import { type UsageQuestion, usageRows } from "../semantic/compile-usage.ts";
import type { Filter } from "../semantic/filter.ts";
import type { RollupFreshness } from "../semantic/rollup-freshness.ts";
import { as, identifier, identifiers, join, type Sql, sql } from "../sql.ts";
import type { Store } from "../store/store.ts";
import { type Detail, detailsOf, type Sides } from "./reconciled-session.ts";
import { type Reason, reasonsOf } from "./reconciliation-reasons.ts";

export const reconciledBy = ["day", "person", "model", "version", "session"] as const;
export type ReconciledBy = (typeof reconciledBy)[number];

export type ReconciliationQuestion = {
	readonly by: ReconciledBy;
	readonly tz: string;
	readonly where: readonly Filter[];
	/** Maximum rows, and maximum sessions. */
	readonly limit: number;
};

/** A question with its period as statements bind it. */
type Bound = ReconciliationQuestion & { readonly from: string; readonly to: string };

/**
 * Both sources of the same sessions, in USD and tokens. `only_…` is of sessions that one source alone reports. A drift is the
 * counters' excess over the requests, in per cent; null where there are no requests.
 */
type ReconciliationRow = {
	readonly requests_cost_usd: number;
	readonly counters_cost_usd: number;
	readonly cost_drift_percent: number | null;
	readonly requests_tokens: number;
	readonly counters_tokens: number;
	readonly tokens_drift_percent: number | null;
	readonly only_requests_cost_usd: number;
	readonly only_counters_cost_usd: number;
	/** Sums of counters without a session: they count only where the person has no request in the hour. */
	readonly without_session_cost_usd: number;
	/** The sum that accounting counts. */
	readonly accounted_cost_usd: number;
	/** At the price table's prices, against what was reported for the same requests; models without a price are left out. */
	readonly recomputed_cost_usd: number;
	readonly reported_cost_of_priced_usd: number;
	readonly recomputed_drift_percent: number | null;
	readonly unpriced_requests: number;
	readonly requests: number;
	readonly repeated_requests: number;
	readonly sessions: number;
};

type ReconciledSession = Detail &
	Sides & {
		/** Reasons why the two differ, the likeliest first. Never empty. */
		readonly reasons: readonly Reason[];
	};

export type Reconciliation = {
	readonly total: ReconciliationRow;
	readonly rows: readonly (ReconciliationRow & Readonly<Record<string, unknown>>)[];
	/** Those that differ, the largest difference first. */
	readonly sessions: readonly ReconciledSession[];
};

const measures = [
	"cost_usd",
	"cost_usd_of_requests",
	"cost_usd_counted",
	"tokens_of_requests",
	"tokens_counted",
	"api_requests",
	"request_records",
	"recomputed_cost_usd",
	"priced_cost_usd",
	"unpriced_requests",
];

/** Less is rounding of doubles that were added up in another order. */
const sameUsd = 0.5e-6;

/** Compares requests with counters of the same sessions, and explains differences (R14). */
export async function reconcile(store: Store, freshness: RollupFreshness, question: Bound): Promise<Reconciliation> {
	const { by, from, to, tz, limit } = question;
	const key = identifier(by === "day" ? "time" : by);
	const grouped = perSession(question, freshness);
	const bound = { from, to, tz };
	const largestFirst = sql`requests_cost_usd + only_requests_cost_usd + counters_cost_usd + only_counters_cost_usd DESC`;
	const [rows, [total], differing] = await Promise.all([
		store.rows<ReconciliationRow & Record<string, unknown>>(
			sql`SELECT ${key}, ${sums} FROM (${grouped}) GROUP BY ${key} ORDER BY ${by === "day" ? key : largestFirst}, ${key} LIMIT ${limit}`,
			bound,
		),
		store.rows<ReconciliationRow>(sql`SELECT ${sums} FROM (${grouped})`, bound),
		differingSessions(store, question, freshness),
	]);
	const details = await detailsOf(
		store,
		question,
		differing.map(({ session }) => session),
	);
	const sessions = differing.flatMap(({ session, ...sides }) => {
		const detail = details.get(session);
		return detail ? [{ ...detail, ...sides, reasons: reasonsOf({ ...detail, ...sides }) }] : [];
	});
	return { total: total!, rows, sessions };
}

/** Sums of each source for each session, by the dimension of the question. */
function perSession({ by, tz, where }: Pick<ReconciliationQuestion, "by" | "tz" | "where">, freshness: RollupFreshness): Sql {
	const question: UsageQuestion = {
		measures,
		by: by === "day" || by === "session" ? ["session"] : [by, "session"],
		grain: by === "day" ? "day" : "none",
		tz,
		where,
		order: [],
		limit: 10_000_000,
	};
	const sides = measures.map((name) => as(sql`ifNull(${identifier(name)}, 0)`, name));
	const isReported = (name: string): Sql =>
		sql`max(isNotNull(${identifier(name)}) AND ${identifier(name)} > 0) OVER (PARTITION BY session)`;
	return sql`SELECT * EXCEPT (${identifiers(measures)}), ${join(sides)}, ${isReported("api_requests")} AS has_requests, ${isReported("tokens_counted")} OR ${isReported("cost_usd_counted")} AS has_counters, session != '' AND has_requests AND has_counters AS has_both FROM ${usageRows(question, freshness)} AS sums`;
}

const drift = (counters: Sql, requests: Sql): Sql =>
	sql`if(${requests} = 0, NULL, round((${counters} - ${requests}) / ${requests} * 100, 4))`;

const sums = join([
	sql`round(sumIf(cost_usd_of_requests, has_both), 9) AS requests_cost_usd`,
	sql`round(sumIf(cost_usd_counted, has_both), 9) AS counters_cost_usd`,
	sql`${drift(sql`counters_cost_usd`, sql`requests_cost_usd`)} AS cost_drift_percent`,
	sql`sumIf(tokens_of_requests, has_both) AS requests_tokens`,
	sql`sumIf(tokens_counted, has_both) AS counters_tokens`,
	sql`${drift(sql`counters_tokens`, sql`requests_tokens`)} AS tokens_drift_percent`,
	sql`round(sumIf(cost_usd_of_requests, NOT has_both), 9) AS only_requests_cost_usd`,
	sql`round(sumIf(cost_usd_counted, NOT has_both AND session != ''), 9) AS only_counters_cost_usd`,
	sql`round(sumIf(cost_usd_counted, session = ''), 9) AS without_session_cost_usd`,
	sql`round(sum(cost_usd), 9) AS accounted_cost_usd`,
	sql`round(sum(recomputed_cost_usd), 9) AS recomputed_cost_usd`,
	sql`round(sum(priced_cost_usd), 9) AS reported_cost_of_priced_usd`,
	sql`${drift(sql`sum(recomputed_cost_usd)`, sql`sum(priced_cost_usd)`)} AS recomputed_drift_percent`,
	sql`sum(unpriced_requests) AS unpriced_requests`,
	sql`sum(api_requests) AS requests`,
	sql`sum(request_records) - sum(api_requests) AS repeated_requests`,
	sql`uniqExactIf(session, session != '') AS sessions`,
]);

function differingSessions(
	store: Store,
	question: Bound,
	freshness: RollupFreshness,
): Promise<(Sides & { readonly session: string })[]> {
	const difference = sql`abs(counters_cost_usd - requests_cost_usd)`;
	return store.rows<Sides & { readonly session: string }>(
		sql`SELECT session, round(cost_usd_of_requests, 9) AS requests_cost_usd, round(cost_usd_counted, 9) AS counters_cost_usd, tokens_of_requests AS requests_tokens, tokens_counted AS counters_tokens, request_records - api_requests AS repeated_requests FROM (${perSession({ ...question, by: "session" }, freshness)}) WHERE session != '' AND (${difference} > ${sameUsd} OR counters_tokens != requests_tokens) ORDER BY ${difference} DESC, abs(counters_tokens - requests_tokens) DESC, session LIMIT ${question.limit}`,
		{ from: question.from, to: question.to, tz: question.tz },
	);
}
