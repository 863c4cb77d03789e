import { type Filter, writeFilter } from "../url/filter.ts";
import type { Range } from "../url/period.ts";
import { apiRoot, ask } from "./ask.ts";

/** Groupings of the rows. */
export const reconciledBy = ["day", "person", "model", "version"] as const;
export type ReconciledBy = (typeof reconciledBy)[number];

/** Both sides of the same sessions, in USD and tokens. Drifts are the counters' excess, in per cent; null without requests. */
export interface Sums {
	requests_cost_usd: number;
	counters_cost_usd: number;
	cost_drift_percent: number | null;
	requests_tokens: number;
	counters_tokens: number;
	tokens_drift_percent: number | null;
	only_requests_cost_usd: number;
	only_counters_cost_usd: number;
	without_session_cost_usd: number;
	accounted_cost_usd: number;
	requests: number;
	repeated_requests: number;
	sessions: number;
}

/** Sums with `time`, or the dimension that the rows are by. */
export type SumsRow = Sums & { time?: string; person?: string; model?: string; version?: string };

export interface DifferingSession {
	session: string;
	person: string;
	versions: string[];
	requests_cost_usd: number;
	counters_cost_usd: number;
	requests_tokens: number;
	counters_tokens: number;
	repeated_requests: number;
	/** ISO 8601; null when that source has no record. */
	last_request: string | null;
	last_point: string | null;
	/** The likeliest first, never empty. */
	reasons: { id: string; text: string }[];
}

export interface Reconciliation {
	total: Sums;
	rows: SumsRow[];
	/** The largest difference first. */
	sessions: DifferingSession[];
	meta: { notes: string[] };
}

export interface ReconciliationQuestion extends Range {
	by: ReconciledBy;
	filters: readonly Filter[];
}

/** The maximum number of rows, and of sessions, in an answer. */
export const mostReconciled = 1000;

export function askReconciliation(
	{ by, from, to, filters }: ReconciliationQuestion,
	zone: string,
	signal?: AbortSignal,
): Promise<Reconciliation> {
	const search = new URLSearchParams({ by, tz: zone, limit: String(mostReconciled) });
	search.set("from", new Date(from).toISOString());
	search.set("to", new Date(to).toISOString());
	for (const filter of filters) search.append("where", writeFilter(filter));
	return ask(`/reconciliation?${search}`, signal ? { signal } : undefined);
}

/** The data points of a session, as they came. */
export function pointsAddress(session: string, { from, to }: Range): string {
	const search = new URLSearchParams({ session, limit: "1000" });
	search.set("from", new Date(from).toISOString());
	search.set("to", new Date(to).toISOString());
	return `${apiRoot}/points?${search}`;
}
