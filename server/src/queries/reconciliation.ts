import type { ReconciliationAnswer, ReconciliationSums } from "@purser/api";
import { type UsageQuestion, usageRows } from "../semantic/compile-usage.ts";
import type { Filter } from "../semantic/filter.ts";
import type { RollupFreshness } from "../semantic/rollup-freshness.ts";
import { as, identifier, identifiers, join, type Sql, sql } from "../sql.ts";
import type { Store } from "../store/store.ts";
import { detailsOf, type Sides } from "./reconciled-session.ts";
import { reasonsOf } from "./reconciliation-reasons.ts";

type ReconciledBy = ReconciliationAnswer["meta"]["by"];

export type ReconciliationQuestion = {
	readonly by: ReconciledBy;
	readonly tz: string;
	readonly where: readonly Filter[];
	/** Maximum rows, and maximum sessions. */
	readonly limit: number;
};

/** A question with its period as statements bind it. */
type Bound = ReconciliationQuestion & { readonly from: string; readonly to: string };

export type Reconciliation = Omit<ReconciliationAnswer, "meta">;

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
		store.rows<ReconciliationSums & Record<string, unknown>>(
			sql`SELECT ${key}, ${sums} FROM (${grouped}) GROUP BY ${key} ORDER BY ${by === "day" ? key : largestFirst}, ${key} LIMIT ${limit}`,
			bound,
		),
		store.rows<ReconciliationSums>(sql`SELECT ${sums} FROM (${grouped})`, bound),
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
