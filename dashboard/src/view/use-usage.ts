import type { UsageAnswer } from "@purser/api";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { dimensionsIn, missingDimension, useCatalog } from "../api/catalog.ts";
import { asProblem, type Problem } from "../api/problem.ts";
import { askUsage, type UsageQuestion, usageCsv } from "../api/usage.ts";
import type { Filter } from "../url/filter.ts";
import type { Range } from "../url/period.ts";
import { useViewState } from "./view-state.tsx";

interface Ask {
	measures: readonly string[];
	by?: readonly string[] | undefined;
	overTime?: boolean;
	/** The period looked at, unless it is the one before, or another by name. */
	period?: "now" | "before" | { name: string; range: Range };
	order?: string;
	limit?: number;
	/** In place of the view's filters. */
	filters?: readonly Filter[];
	enabled?: boolean;
}

export interface QueryResult {
	answer: UsageAnswer | undefined;
	problem: Problem | undefined;
	/** Showing the answer to the question before, until this one's comes. */
	stale: boolean;
	question: UsageQuestion;
	csv: string;
	/** Measures without a filtered dimension, each with that dimension. They are left out of the question. */
	unsupported: ReadonlyMap<string, string>;
}

/** One question to `/usage` about the view. Asked again whenever something new is in the store. */
export function useUsage({ measures, by, overTime, period = "now", order, limit, filters, enabled = true }: Ask): QueryResult {
	const reading = useViewState();
	const catalog = useCatalog();
	const wanted = filters ?? reading.view.filters;
	const unsupported = new Map<string, string>();
	for (const measure of measures) {
		const missing = missingDimension(catalog.data, measure, [...dimensionsIn(wanted), ...(by ?? [])]);
		if (missing !== undefined) unsupported.set(measure, missing);
	}
	const range = period === "now" ? reading.range : period === "before" ? (reading.previous ?? reading.range) : period.range;
	const question: UsageQuestion = {
		measures: measures.filter((measure) => !unsupported.has(measure)),
		by,
		grain: overTime ? reading.grain : undefined,
		...range,
		filters: wanted,
		order,
		limit,
	};
	// Presets move with now, which is no part of the key: a refreshed answer replaces the old one in place.
	const span = period === "now" || period === "before" ? [period, reading.view.period] : [period.name];
	const query = useQuery({
		queryKey: ["usage", question.measures, by, question.grain, span, wanted, order, limit, reading.zone],
		queryFn: ({ signal }) => askUsage(question, reading.zone, signal),
		placeholderData: keepPreviousData,
		enabled:
			enabled &&
			question.measures.length > 0 &&
			(wanted.length === 0 || !catalog.isPending) &&
			!(period === "before" && !reading.previous),
	});
	return {
		answer: query.data,
		// Said with the first failure, while it is being asked again.
		problem: query.failureReason && !query.data ? asProblem(query.failureReason) : undefined,
		stale: query.isPlaceholderData,
		question,
		csv: usageCsv(question, reading.zone),
		unsupported,
	};
}
