import { Type } from "typebox";
import { limit, period, where, zone } from "./parameters.ts";
import { instant, notes, nullable, type Of, oneOf, recordOf } from "./schema.ts";

export const coverageParameters = Type.Object({
	...period("-7d", "Exclusive; silence is judged as of then, or now if that is earlier"),
	tz: zone("IANA time zone in which days and weekends begin"),
	where: where(
		"dimension:value, or dimension!:value to exclude, of what all records have. The same dimension again: or; another: and",
	),
	limit: limit("Maximum entries per list; counts are of all", 10_000, 500),
});
export type CoverageParameters = Of<typeof coverageParameters>;

const signalNames = ["events", "metrics", "spans"] as const;
const gateNames = ["prompts", "responses", "tool_details", "tool_content", "raw_api_bodies"] as const;
/** A kind of telemetry, as users call it. */
export type SignalName = (typeof signalNames)[number];
/** A kind of content that clients send only if asked to. */
export type Gate = (typeof gateNames)[number];

/** A client usually reports in this interval, and counts as silent after a longer pause. */
const cadence = {
	usual_interval_seconds: Type.Number(),
	rests_at_weekends: Type.Boolean(),
	silent_at: instant(),
};
const cadenceIfKnown = {
	usual_interval_seconds: nullable(Type.Number({ description: "Null where there are too few days" })),
	rests_at_weekends: nullable(Type.Boolean()),
	silent_at: nullable(instant()),
};
const signalSeen = Type.Object({ records: Type.Integer(), last_seen: instant() });

const client = Type.Object({
	person: Type.String(),
	installation: Type.String(),
	status: oneOf(["reporting", "silent", "irregular"]),
	first_seen: instant(),
	last_seen: instant(),
	last_received: instant(),
	...cadenceIfKnown,
	version: Type.String(),
	versions: Type.Array(Type.String()),
	entrypoints: Type.Array(Type.String()),
	terminals: Type.Array(Type.String()),
	os: Type.Array(Type.String()),
	services: Type.Array(Type.String()),
	records: Type.Integer(),
	signals: Type.Object({
		events: Type.Optional(signalSeen),
		metrics: Type.Optional(signalSeen),
		spans: Type.Optional(signalSeen),
	}),
	gates: Type.Array(oneOf(gateNames)),
	late: Type.Integer(),
	future: Type.Integer(),
	activity: Type.Array(Type.Number(), { description: "Hours with records, for each of meta.activity.starts" }),
});
export type Client = Of<typeof client>;

const silence = Type.Object({
	person: Type.String(),
	installation: Type.String(),
	signal: oneOf([...signalNames, "all"]),
	last_seen: instant(),
	...cadence,
	version: Type.String(),
	cause: Type.String(),
	explanation: Type.String(),
	advice: Type.String(),
	variables: Type.Array(Type.String()),
});
export type Silence = Of<typeof silence>;

const expectedPerson = Type.Object({ person: Type.String(), name: Type.String(), team: Type.String() });
/** A person of the directory; texts are empty where it has none. */
export type ExpectedPerson = Of<typeof expectedPerson>;

const loss = Type.Object({
	session: Type.String(),
	person: Type.String(),
	installation: Type.String(),
	version: Type.String(),
	processes: Type.Integer(),
	first_seen: instant(),
	last_seen: instant(),
	received: Type.Integer(),
	missing: Type.Integer(),
	missing_ratio: Type.Number(),
	holes: Type.Array(
		Type.Object({
			after: Type.Integer(),
			before: Type.Integer(),
			missing: Type.Integer(),
			from: instant(),
			to: instant(),
		}),
	),
});
export type Loss = Of<typeof loss>;

const gap = Type.Object({
	from: instant(),
	to: instant(),
	seconds: Type.Number(),
	ongoing: Type.Boolean(),
	usual: Type.Boolean({ description: "True if the same hours are without records on other days" }),
	compared_days: Type.Integer(),
	days_with_records: Type.Integer(),
	ends_with_server_start: Type.Boolean(),
});
export type Gap = Of<typeof gap>;

const bySignal = recordOf(signalNames, Type.Number());
const count = Type.Integer();

const summary = Type.Object({
	clients: count,
	reporting: count,
	silent: count,
	irregular: count,
	silent_signals: count,
	expected: nullable(Type.Integer({ description: "The number of people in the directory; null if there is none" })),
	expected_never_seen: nullable(count),
	records: bySignal,
	signals: bySignal,
	gates: recordOf(gateNames, count),
	numbered_events: count,
	numbered_sessions: count,
	missing_events: count,
	missing_ratio: nullable(Type.Number()),
	sessions_with_loss: count,
	late: bySignal,
	most_late_seconds: bySignal,
	future: bySignal,
	undated: bySignal,
	since_start: Type.Object({
		started_at: instant(),
		rejected_records: count,
		cut_values: count,
		duplicate_requests: count,
		refused_requests: count,
	}),
});
export type CoverageSummary = Of<typeof summary>;

export const coverageResponse = Type.Object({
	summary,
	clients: Type.Array(client),
	silent: Type.Array(silence),
	never_seen: Type.Array(expectedPerson, { description: "By team" }),
	loss: Type.Array(loss),
	gaps: Type.Array(gap),
	versions: Type.Array(
		Type.Object({ version: Type.String(), clients: count, records: count, first_seen: instant(), last_seen: instant() }),
	),
	meta: Type.Object({
		from: instant(),
		to: instant(),
		tz: Type.String(),
		as_of: instant(),
		history_from: instant(),
		late_after_seconds: Type.Number(),
		future_after_seconds: Type.Number(),
		activity: Type.Object({ grain: oneOf(["hour", "day"]), starts: Type.Array(instant()) }),
		notes,
	}),
});
/** Clients that report, that went silent, that were expected and never seen; and the records that are missing. */
export type CoverageAnswer = Of<typeof coverageResponse>;

export const gapsResponse = Type.Object({
	gaps: Type.Array(gap),
	meta: Type.Object({ from: instant(), to: instant(), tz: Type.String(), notes }),
});
/** The ingest outages of a period. */
export type GapsAnswer = Of<typeof gapsResponse>;
