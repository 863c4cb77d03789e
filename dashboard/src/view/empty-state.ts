import type { Status } from "../api/status.ts";

export type EmptyReason = "nothing-ever" | "untold" | "filtered" | "not-enabled" | "nothing-happened";

/** What a panel needs before it can show anything. */
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
	/** What is filtered on, when the measure cannot be told by it. */
	untold: string | undefined;
	needs: Needs | undefined;
}

/** Why a panel has nothing to show. The most telling reason that holds. */
export function emptyReason({ status, filtered, untold, needs }: Facts): EmptyReason {
	if (status && status.last_event_at === null && status.stored.events === 0 && status.stored.points === 0) return "nothing-ever";
	if (untold !== undefined) return "untold";
	if (status && needs?.signal === "metrics" && status.stored.points === 0 && status.signals.metrics.received === 0)
		return "not-enabled";
	if (status && needs?.signal === "logs" && status.stored.events === 0 && status.signals.logs.received === 0)
		return "not-enabled";
	if (filtered) return "filtered";
	return needs?.variable !== undefined && needs.signal === undefined ? "not-enabled" : "nothing-happened";
}
