import type { Status } from "@purser/api";

export type EmptyReason = "nothing-ever" | "unsupported" | "filtered" | "not-enabled" | "nothing-happened";

/** Requirements of a panel for showing anything. */
export interface Needs {
	signal?: "logs" | "metrics";
	/** The variable that makes clients send it. */
	variable?: string;
	/** The first version that does. */
	since?: string;
}

interface Facts {
	status: Pick<Status, "stored" | "last_event_at" | "signals"> | undefined;
	filtered: boolean;
	/** The filtered dimension that the measure does not have. */
	unsupported: string | undefined;
	needs: Needs | undefined;
}

/** Returns why a panel is empty: the most informative reason that holds. */
export function emptyReason({ status, filtered, unsupported, needs }: Facts): EmptyReason {
	if (status && status.last_event_at === null && status.stored.events === 0 && status.stored.points === 0) return "nothing-ever";
	if (unsupported !== undefined) return "unsupported";
	if (status && needs?.signal === "metrics" && status.stored.points === 0 && status.signals.metrics.received === 0)
		return "not-enabled";
	if (status && needs?.signal === "logs" && status.stored.events === 0 && status.signals.logs.received === 0)
		return "not-enabled";
	if (filtered) return "filtered";
	return needs?.variable !== undefined && needs.signal === undefined ? "not-enabled" : "nothing-happened";
}
