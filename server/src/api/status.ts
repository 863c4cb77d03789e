import { healthResponse, type Listener, readinessResponse, statusResponse } from "@purser/api";
import type { Signal } from "../otlp/signals.ts";
import type { Answers } from "../queries/answers.ts";
import type { IngestStats } from "../receive/ingest-stats.ts";
import { action, type Route } from "./route.ts";

/** The parts of the server that its status reports. */
export type Health = {
	readonly version: string;
	readonly startedMs: number;
	readonly ingestStats: IngestStats;
	readonly store: () => {
		readonly kind: "embedded" | "clickhouse";
		readonly state: "starting" | "ready" | "away";
		readonly reason: string;
		readonly restarts: number;
	};
	readonly journal: () => {
		readonly state: "ok" | "full";
		readonly rows: number;
		readonly bytes: number;
		/** Records that could not be loaded. */
		readonly quarantined: number;
	};
	/**
	 * The number of hours that are answered from their records, not from rollups, of those that have ended and wait to be
	 * rolled up, and of those that failed the last time; undefined where there are no rollups.
	 */
	readonly rollups: () => { readonly stale: number; readonly waiting: number; readonly failed: number } | undefined;
	readonly listeners: () => readonly Listener[];
	readonly keysRequired: () => boolean;
	/** True if all records are invented, as those of `purser demo`. */
	readonly isDemo: boolean;
};

const iso = (ms: number): string | null => (ms > 0 ? new Date(ms).toISOString() : null);

export function statusRoutes(health: Health, answers: Answers): Route[] {
	const trafficOf = (signal: Signal) => {
		const { lastReceivedMs, ...counts } = health.ingestStats.signals[signal];
		return { ...counts, last_received_at: iso(lastReceivedMs) };
	};
	const status = action({
		method: "GET",
		path: "/api/v1/status",
		summary: "Server health: listeners, store, journal, ingest counts",
		response: statusResponse,
		handle: async () => {
			const now = await answers.storedCounts();
			const { kind, state, reason, restarts } = health.store();
			const journal = health.journal();
			const hours = health.rollups();
			return {
				version: health.version,
				demo: health.isDemo,
				started_at: iso(health.startedMs),
				uptime_seconds: Math.floor((Date.now() - health.startedMs) / 1000),
				store: { kind, state, version: now?.version ?? "", restarts, ...(reason !== "" && { reason }) },
				listeners: health.listeners(),
				keys_required: health.keysRequired(),
				signals: { logs: trafficOf("logs"), metrics: trafficOf("metrics"), traces: trafficOf("traces") },
				journal: {
					state: journal.state,
					backlog_records: journal.rows,
					backlog_bytes: journal.bytes,
					quarantined_records: journal.quarantined,
				},
				stored: { events: now?.events ?? null, points: now?.points ?? null, spans: now?.spans ?? null },
				rollups: hours ? { stale_hours: hours.stale, waiting_hours: hours.waiting, failed_hours: hours.failed } : null,
				last_event_at: iso(now?.lastEventMs ?? 0),
				refused: health.ingestStats.refused,
				refusals: health.ingestStats.refusals,
			};
		},
	});
	const healthz = action({
		method: "GET",
		path: "/healthz",
		summary: "200 while the process lives",
		response: healthResponse,
		handle: () => ({ status: "ok" as const }),
	});
	const readyz = action({
		method: "GET",
		path: "/readyz",
		summary: "200 once all listeners accept and the store answers, else 503",
		response: readinessResponse,
		handle: async (_query, _request, reply) => {
			const ready = health.listeners().length === 3 && health.store().state === "ready" && (await answers.isAvailable());
			return reply.code(ready ? 200 : 503).send({ status: ready ? "ready" : "starting", store: health.store().state });
		},
	});
	return [status, healthz, readyz];
}
