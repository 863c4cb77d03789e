import { Type } from "typebox";
import { limit, period, where, zone } from "./parameters.ts";
import { instant, notes, nullable, type Of, oneOf } from "./schema.ts";

/** Groupings of the rows of a reconciliation. */
export const reconciledBy = ["day", "person", "model", "version", "session"] as const;

export const reconciliationParameters = Type.Object({
	by: Type.Optional(oneOf(reconciledBy, { description: "What a row is", default: "day" })),
	tz: zone(),
	...period("-7d"),
	where: where(),
	limit: limit("Maximum rows, and maximum differing sessions", 1000, 100),
});
export type ReconciliationParameters = Of<typeof reconciliationParameters>;

const usd = Type.Number();
const tokens = Type.Number();
const drift = nullable(Type.Number({ description: "The counters' excess in per cent; null without requests" }));

const sums = {
	requests_cost_usd: usd,
	counters_cost_usd: usd,
	cost_drift_percent: drift,
	requests_tokens: tokens,
	counters_tokens: tokens,
	tokens_drift_percent: drift,
	only_requests_cost_usd: usd,
	only_counters_cost_usd: usd,
	without_session_cost_usd: usd,
	accounted_cost_usd: usd,
	recomputed_cost_usd: usd,
	reported_cost_of_priced_usd: usd,
	recomputed_drift_percent: drift,
	unpriced_requests: Type.Integer(),
	requests: Type.Integer(),
	repeated_requests: Type.Integer(),
	sessions: Type.Integer(),
};
const total = Type.Object(sums);
/** Both sides of the same sessions, in USD and tokens. */
export type ReconciliationSums = Of<typeof total>;

const row = Type.Object({
	...sums,
	time: Type.Optional(instant()),
	person: Type.Optional(Type.String()),
	model: Type.Optional(Type.String()),
	version: Type.Optional(Type.String()),
	session: Type.Optional(Type.String()),
});
/** Sums with `time`, or the dimension that the rows are by. */
export type ReconciliationRow = Of<typeof row>;

const session = Type.Object({
	session: Type.String(),
	person: Type.String(),
	versions: Type.Array(Type.String()),
	requests_cost_usd: usd,
	counters_cost_usd: usd,
	requests_tokens: tokens,
	counters_tokens: tokens,
	repeated_requests: Type.Integer(),
	last_request: nullable(instant("Null where there is no request")),
	last_point: nullable(instant()),
	goes_beyond: Type.Boolean(),
	processes: Type.Integer(),
	missing_events: Type.Integer(),
	reasons: Type.Array(Type.Object({ id: Type.String(), text: Type.String() }), {
		description: "The likeliest first, never empty",
	}),
});
/** A session of which both sides differ, and why. */
export type DifferingSession = Of<typeof session>;

export const reconciliationResponse = Type.Object({
	total,
	rows: Type.Array(row),
	sessions: Type.Array(session, { description: "The largest difference first" }),
	meta: Type.Object({ from: instant(), to: instant(), by: oneOf(reconciledBy), tz: Type.String(), notes }),
});
/** Requests compared with counters of the same sessions. */
export type ReconciliationAnswer = Of<typeof reconciliationResponse>;
