import { useQuery } from "@tanstack/react-query";
import { ask } from "./ask.ts";

export interface SignalCounts {
	requests: number;
	received: number;
	accepted: number;
	rejected: number;
	duplicate: number;
	stored: number;
	last_received_at: string | null;
}

export interface Listener {
	name: "grpc" | "http" | "web";
	address: string;
	tls: boolean;
}

interface Refusal {
	at: string;
	listener: string;
	status: number | string;
	reason: string;
}

export interface Status {
	version: string;
	/** Everything here is invented. */
	demo: boolean;
	started_at: string;
	uptime_seconds: number;
	store: { kind: string; state: "ready" | "starting" | "away"; version?: string; reason?: string };
	listeners: Listener[];
	keys_required: boolean;
	signals: Record<"logs" | "metrics" | "traces", SignalCounts>;
	journal: { state: "ok" | "full"; backlog_records: number; backlog_bytes: number };
	/** Null until the store has answered. */
	stored: { events: number | null; points: number | null; spans: number | null };
	last_event_at: string | null;
	refusals: Refusal[];
}

/** Fetched again on every message of the stream, and at intervals. */
export const useStatus = (everyMs = 15_000) =>
	useQuery({ queryKey: ["status"], queryFn: () => ask<Status>("/status"), refetchInterval: everyMs, staleTime: 1000 });
