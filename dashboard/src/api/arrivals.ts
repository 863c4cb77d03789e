import { useQuery } from "@tanstack/react-query";
import { ask } from "./ask.ts";
import { type Status, useStatus } from "./status.ts";
import { numberIn, type UsageAnswer } from "./usage.ts";

/** What clients have sent: since the server started, or kept from before. */
export interface Arrivals {
	requests: number;
	events: number;
	points: number;
	spans: number;
}

/** Test events are events, but no sign of a client: `probes` of them are left out. */
export function arrivalsIn({ signals: { logs, metrics, traces }, stored }: Status, probes: number): Arrivals {
	const events = Math.max(0, Math.max(logs.received, stored.events) - probes);
	const points = Math.max(metrics.received, stored.points);
	const spans = Math.max(traces.received, stored.spans);
	const requests = Math.max(0, logs.requests - probes) + metrics.requests + traces.requests;
	return { requests: Math.max(requests, Math.min(1, events + points + spans)), events, points, spans };
}

export const isNothing = ({ events, points, spans }: Arrivals): boolean => events === 0 && points === 0 && spans === 0;

/** More than anybody sends by pressing the button. */
const manyProbes = 300;

/** Undefined until it is known. Asks for the number of test events only while it could make a difference. */
export function useArrived(everyMs?: number): Arrivals | undefined {
	const status = useStatus(everyMs).data;
	const mayBeProbes =
		status !== undefined && status.stored.events > 0 && status.stored.events <= manyProbes && status.stored.points === 0;
	const probes = useQuery({
		queryKey: ["probes", status?.stored.events],
		queryFn: () => ask<UsageAnswer>("/usage?measure=events&from=-365d&where=event:purser_probe"),
		enabled: mayBeProbes,
	});
	if (!status || (mayBeProbes && probes.isPending)) return undefined;
	return arrivalsIn(status, mayBeProbes ? (numberIn(probes.data?.rows[0], "events") ?? 0) : 0);
}
