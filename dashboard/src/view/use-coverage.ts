import type { CoverageAnswer, Gap } from "@purser/api";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { isCommon, useCatalog } from "../api/catalog.ts";
import { askCoverage, askGaps } from "../api/coverage.ts";
import { asProblem, type Problem } from "../api/problem.ts";
import { useViewState } from "./view-state.tsx";

export interface AskedCoverage {
	answer: CoverageAnswer | undefined;
	problem: Problem | undefined;
	stale: boolean;
	/** Filters on dimensions that clients do not have. */
	ignored: string[];
	refetch: () => void;
}

/** It looks at weeks, so it is not asked again with each arrival. */
const everyMs = 30_000;

export function useCoverage(): AskedCoverage {
	const { view, range, zone } = useViewState();
	const catalog = useCatalog().data;
	const filters = view.filters.filter(({ dimension }) => isCommon(catalog, dimension));
	const query = useQuery({
		queryKey: ["coverage", view.period, filters, zone],
		queryFn: ({ signal }) => askCoverage({ ...range, filters }, zone, signal),
		// Before, it is not known which filters clients have.
		enabled: catalog !== undefined,
		placeholderData: keepPreviousData,
		refetchInterval: everyMs,
		staleTime: 5_000,
	});
	return {
		answer: query.data,
		problem: query.failureReason && !query.data ? asProblem(query.failureReason) : undefined,
		stale: query.isPlaceholderData,
		ignored: catalog ? view.filters.map(({ dimension }) => dimension).filter((name) => !isCommon(catalog, name)) : [],
		refetch: () => void query.refetch(),
	};
}

const none: readonly Gap[] = [];

/** Returns the times in which no client reported though some usually do, which charts over time shade. */
export function useUnusualGaps(): readonly Gap[] {
	const { view, range, zone } = useViewState();
	const query = useQuery({
		queryKey: ["gaps", view.period, zone],
		queryFn: async ({ signal }) => (await askGaps(range, zone, signal)).gaps.filter(({ usual }) => !usual),
		placeholderData: keepPreviousData,
		refetchInterval: everyMs,
		staleTime: 5_000,
		retry: false,
	});
	return query.data ?? none;
}
