import type { Signal } from "../otlp/signals.ts";
import type { IngestStats } from "../receive/ingest-stats.ts";
import { sql } from "../sql.ts";
import type { Store } from "../store/store.ts";
import type { Route } from "./route.ts";

export type Listener = { readonly name: "grpc" | "http" | "web"; readonly address: string; readonly tls: boolean };

/** What the status needs to see of the rooms below. */
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
	 * How many hours are answered from their records, not from rollups, and how many of these have ended and are to be rolled
	 * up, and could not be the last time; undefined where there are no rollups.
	 */
	readonly rollups: () => { readonly stale: number; readonly waiting: number; readonly failed: number } | undefined;
	readonly listeners: () => readonly Listener[];
	readonly keysRequired: () => boolean;
	/** Whether all of it is invented, as `purser demo` does. */
	readonly isDemo: boolean;
};

type Stored = { events: number; points: number; spans: number; version: string; lastEventMs: number };

const signalNames: readonly Signal[] = ["logs", "metrics", "traces"];
const iso = (ms: number): string | null => (ms > 0 ? new Date(ms).toISOString() : null);

const counts = sql`(SELECT count() FROM events) AS events, (SELECT count() FROM points) AS points, (SELECT count() FROM spans) AS spans`;
/** Only the latest month can hold it. */
const latest = sql`SELECT toUnixTimestamp64Milli(CAST(max(time), 'DateTime64(3)')) AS ms FROM events WHERE toYYYYMM(time) = (SELECT max(toUInt32OrZero(partition)) FROM system.parts WHERE active AND database = currentDatabase() AND table = 'events')`;

/** What the store holds, asked for at most once a second. Undefined while it does not answer. */
function storedNow(store: Store): () => Promise<Stored | undefined> {
	let known: Stored | undefined;
	let askedMs = 0;
	return async () => {
		if (known && Date.now() - askedMs < 1000) return known;
		askedMs = Date.now();
		try {
			const [now] = await store.rows<Omit<Stored, "lastEventMs">>(sql`SELECT ${counts}, version() AS version`);
			const isSame = known !== undefined && now!.events === known.events;
			const lastEventMs = isSame ? known!.lastEventMs : ((await store.rows<{ ms: number }>(latest))[0]?.ms ?? 0);
			known = { ...now!, lastEventMs };
		} catch {
			known = undefined;
		}
		return known;
	};
}

export function statusRoutes(health: Health, store: Store): Route[] {
	const stored = storedNow(store);
	const status: Route = {
		method: "GET",
		path: "/api/v1/status",
		summary: "Server health: listeners, store, journal, ingest counts",
		handle: async () => {
			const now = await stored();
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
				signals: Object.fromEntries(
					signalNames.map((signal) => {
						const { lastReceivedMs, ...counts } = health.ingestStats.signals[signal];
						return [signal, { ...counts, last_received_at: iso(lastReceivedMs) }];
					}),
				),
				journal: {
					state: journal.state,
					backlog_records: journal.rows,
					backlog_bytes: journal.bytes,
					quarantined_records: journal.quarantined,
				},
				stored: { events: now?.events ?? 0, points: now?.points ?? 0, spans: now?.spans ?? 0 },
				rollups: hours ? { stale_hours: hours.stale, waiting_hours: hours.waiting, failed_hours: hours.failed } : null,
				last_event_at: iso(now?.lastEventMs ?? 0),
				refused: health.ingestStats.refused,
				refusals: health.ingestStats.refusals,
			};
		},
	};
	const healthz: Route = {
		method: "GET",
		path: "/healthz",
		summary: "200 while the process lives",
		handle: () => ({ status: "ok" }),
	};
	const readyz: Route = {
		method: "GET",
		path: "/readyz",
		summary: "200 once all listeners accept and the store answers, else 503",
		handle: async (_query, _request, reply) => {
			const ready = health.listeners().length === 3 && health.store().state === "ready" && (await store.answers());
			return reply.code(ready ? 200 : 503).send({ status: ready ? "ready" : "starting", store: health.store().state });
		},
	};
	return [status, healthz, readyz];
}
