import type { ReconciliationAnswer, ReconciliationParameters } from "@purser/api";
import type { Range } from "../url/period.ts";
import { addressOf, ask } from "./ask.ts";
import { type ViewPeriod, viewParameters } from "./view-parameters.ts";

export type ReconciledBy = NonNullable<ReconciliationParameters["by"]>;
/** Groupings of the rows that the page offers. */
export const reconciledBy: readonly ReconciledBy[] = ["day", "person", "model", "version"];

export interface ReconciliationQuestion extends ViewPeriod {
	by: ReconciledBy;
}

/** The maximum number of rows, and of sessions, in an answer. */
export const mostReconciled = 1000;

export function askReconciliation(
	{ by, ...view }: ReconciliationQuestion,
	zone: string,
	signal?: AbortSignal,
): Promise<ReconciliationAnswer> {
	const parameters: ReconciliationParameters = { by, ...viewParameters(view, zone), limit: mostReconciled };
	return ask("/reconciliation", parameters, signal ? { signal } : undefined);
}

/** The data points of a session, as they came. */
export const pointsAddress = (session: string, range: Range): string =>
	addressOf("/points", { session, limit: 1000, ...viewParameters({ ...range, filters: [] }) });
