import type { ReconciliationAnswer } from "@purser/api";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { dimensionsIn, missingDimension, useCatalog } from "../api/catalog.ts";
import { asProblem, type Problem } from "../api/problem.ts";
import { askReconciliation, type ReconciledBy } from "../api/reconciliation.ts";
import { useViewState } from "../view/view-state.tsx";

export interface Reconciled {
	answer: ReconciliationAnswer | undefined;
	problem: Problem | undefined;
	/** Showing the answer to the question before, until this one's comes. */
	stale: boolean;
	/** The dimension filtered on that one of the two sides does not know. */
	unsupported: string | undefined;
	refetch: () => void;
}

/** Measures that both sources report. */
const sides = ["cost_usd", "input_tokens"];

/** Requests against counters in the view's period, under its filters. */
export function useReconciliation(by: ReconciledBy): Reconciled {
	const { view, range, zone } = useViewState();
	const catalog = useCatalog();
	const { filters, period } = view;
	const unsupported = sides
		.map((measure) => missingDimension(catalog.data, measure, dimensionsIn(filters)))
		.find((dimension) => dimension !== undefined);
	const query = useQuery({
		// Under "usage", with which it is asked again when something arrives.
		queryKey: ["usage", "reconciliation", by, period, filters, zone],
		queryFn: ({ signal }) => askReconciliation({ by, ...range, filters }, zone, signal),
		placeholderData: keepPreviousData,
		enabled: unsupported === undefined && (filters.length === 0 || !catalog.isPending),
	});
	return {
		answer: unsupported === undefined ? query.data : undefined,
		problem: query.failureReason && !query.data ? asProblem(query.failureReason) : undefined,
		stale: query.isPlaceholderData,
		unsupported,
		refetch: () => void query.refetch(),
	};
}
