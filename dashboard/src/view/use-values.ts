import { numberIn, textIn } from "../api/usage.ts";
import { useUsage } from "./use-usage.ts";
import { useViewState } from "./view-state.tsx";

export interface DimensionValue {
	value: string;
	events: number;
}

/** Lists a dimension's values of the period, the most frequent first, under the other dimensions' filters. */
export function useValues(dimension: string | undefined): { values: DimensionValue[] | undefined; failed: string | undefined } {
	const { view } = useViewState();
	const result = useUsage({
		measures: ["events"],
		by: dimension === undefined ? [] : [dimension],
		order: "-events",
		limit: 200,
		filters: view.filters.filter((filter) => filter.dimension !== dimension),
		enabled: dimension !== undefined,
	});
	if (dimension === undefined) return { values: undefined, failed: undefined };
	const rows = result.stale ? undefined : result.answer?.rows;
	return {
		values: rows?.map((row) => ({ value: textIn(row, dimension), events: numberIn(row, "events") ?? 0 })),
		failed: result.problem?.message ?? (result.unsupported.size > 0 ? "no event has it" : undefined),
	};
}
