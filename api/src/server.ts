import { Type } from "typebox";
import { instant, nullable, type Of, oneOf, recordOf } from "./schema.ts";

const count = Type.Integer();
const listener = Type.Object({ name: oneOf(["grpc", "http", "web"]), address: Type.String(), tls: Type.Boolean() });
export type Listener = Of<typeof listener>;

const traffic = Type.Object({
	requests: count,
	received: Type.Integer({ description: "Records, whatever became of them" }),
	accepted: count,
	rejected: count,
	cut: Type.Integer({ description: "Values that were longer than what is kept of them" }),
	duplicate: Type.Integer({ description: "Requests that had been counted before" }),
	stored: count,
	last_received_at: nullable(instant()),
});
/** Counts of one signal since the start. */
export type SignalTraffic = Of<typeof traffic>;

export const statusResponse = Type.Object({
	version: Type.String(),
	demo: Type.Boolean({ description: "True if all records are invented" }),
	started_at: nullable(instant()),
	uptime_seconds: count,
	store: Type.Object({
		kind: oneOf(["embedded", "clickhouse"]),
		state: oneOf(["starting", "ready", "away"]),
		version: Type.String(),
		restarts: count,
		reason: Type.Optional(Type.String()),
	}),
	listeners: Type.Array(listener),
	keys_required: Type.Boolean(),
	signals: recordOf(["logs", "metrics", "traces"], traffic),
	journal: Type.Object({
		state: oneOf(["ok", "full"]),
		backlog_records: count,
		backlog_bytes: count,
		quarantined_records: count,
	}),
	stored: recordOf(["events", "points", "spans"], nullable(Type.Integer({ description: "Null until the store answered" }))),
	rollups: nullable(Type.Object({ stale_hours: count, waiting_hours: count, failed_hours: count })),
	last_event_at: nullable(instant()),
	refused: count,
	refusals: Type.Array(
		Type.Object({
			at: instant(),
			listener: Type.String(),
			status: Type.String({ description: "An HTTP or gRPC status" }),
			reason: Type.String(),
		}),
		{ description: "Newest first" },
	),
});
/** The server's health. */
export type Status = Of<typeof statusResponse>;

export const healthResponse = Type.Object({ status: Type.Literal("ok") });
export const readinessResponse = Type.Object({ status: oneOf(["ready", "starting"]), store: Type.String() });

export const quarantineResponse = Type.Object({
	quarantined: Type.Array(
		Type.Object({
			name: Type.String(),
			bytes: count,
			requests: count,
			records: count,
			since: instant(),
			reason: Type.String(),
		}),
	),
});
/** Journal segments that could not be loaded. */
export type Quarantine = Of<typeof quarantineResponse>;

export const segmentParameters = Type.Object({
	name: Type.String({ description: "Segment name, from GET /api/v1/journal", maxLength: 200 }),
});
export const retryResponse = Type.Object({ retried: Type.String() });
export const rebuildResponse = Type.Object({ stale_hours: count });
export type Rebuild = Of<typeof rebuildResponse>;

export const probeResponse = Type.Object({
	ok: Type.Boolean(),
	checks: Type.Array(
		Type.Object({
			name: Type.String(),
			ok: Type.Boolean(),
			detail: Type.String(),
			fix: Type.Optional(Type.String()),
		}),
	),
});
/** The results of sending a test event through every listener. */
export type Probe = Of<typeof probeResponse>;
