import type { Status, UsageAnswer } from "@purser/api";
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { ask } from "./ask.ts";
import { useStatus } from "./status.ts";
import { numberIn } from "./usage.ts";

/** Records that clients have sent: since the server started, or stored from before. */
export interface Arrivals {
	requests: number;
	events: number;
	points: number;
	spans: number;
}

/**
 * Test events are events, but no sign of a client: `probes` of them are left out. While all records may be test events
 * (`probes` is a number), records that are not stored yet are not counted either, because their kind is not known.
 */
export function arrivalsIn({ signals: { logs, metrics, traces }, stored, store }: Status, probes: number | undefined): Arrivals {
	const storedEvents = stored.events ?? 0;
	const unsupported = probes === undefined || store.state !== "ready" ? 0 : Math.max(0, logs.received - storedEvents);
	const events = Math.max(0, Math.max(logs.received, storedEvents) - unsupported - (probes ?? 0));
	const points = Math.max(metrics.received, stored.points ?? 0);
	const spans = Math.max(traces.received, stored.spans ?? 0);
	const requests = Math.max(0, logs.requests - unsupported - (probes ?? 0)) + metrics.requests + traces.requests;
	return { requests: Math.max(requests, Math.min(1, events + points + spans)), events, points, spans };
}

export const isEmpty = ({ events, points, spans }: Arrivals): boolean => events === 0 && points === 0 && spans === 0;

/** More than anybody sends by pressing the button. */
const manyProbes = 300;

/** Undefined until it is known. Asks for the number of test events only while it could make a difference. */
export function useArrived(everyMs?: number): Arrivals | undefined {
	const status = useStatus(everyMs).data;
	const mayBeProbes =
		status !== undefined &&
		Math.max(status.stored.events ?? 0, status.signals.logs.received) <= manyProbes &&
		Math.max(status.stored.points ?? 0, status.signals.metrics.received) === 0;
	const probes = useQuery({
		queryKey: ["probes", status?.stored.events],
		queryFn: () => ask<UsageAnswer>("/usage?measure=events&from=-365d&where=event:purser_probe"),
		enabled: mayBeProbes && (status.stored.events ?? 0) > 0,
	});
	// What was known a moment ago holds until more is. Zero is not known while the store has not answered.
	const known = useRef<Arrivals | undefined>(undefined);
	const signals = Object.values(status?.signals ?? {});
	const isKnown = status?.stored.events != null || signals.some(({ received }) => received > 0);
	if (status && isKnown && !(probes.isPending && probes.fetchStatus === "fetching"))
		known.current = arrivalsIn(status, mayBeProbes ? (numberIn(probes.data?.rows[0], "events") ?? 0) : undefined);
	return known.current;
}
