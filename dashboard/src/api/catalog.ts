import { useQuery } from "@tanstack/react-query";
import type { Filter } from "../url/filter.ts";
import { ask } from "./ask.ts";

export interface Catalog {
	measures: { name: string; unit: string; brief: string; dimensions: string[] }[];
	dimensions: { name: string; brief: string }[];
}

/** It changes with the server's version only. */
export const useCatalog = () =>
	useQuery({ queryKey: ["catalog"], queryFn: () => ask<Catalog>("/catalog"), staleTime: Number.POSITIVE_INFINITY });

/** Returns the server's description of a measure. */
export const briefOf = (catalog: Catalog | undefined, measure: string): string | undefined =>
	catalog?.measures.find(({ name }) => name === measure)?.brief;

/** Returns the filtered dimension that a measure does not have. Labels go with every measure. */
export function missingDimension(
	catalog: Catalog | undefined,
	measure: string,
	dimensions: readonly string[],
): string | undefined {
	const known = catalog?.measures.find(({ name }) => name === measure)?.dimensions;
	if (!known) return undefined;
	return dimensions.find((dimension) => !dimension.startsWith("label.") && !known.includes(dimension));
}

export const dimensionsIn = (filters: readonly Filter[]): string[] => [...new Set(filters.map(({ dimension }) => dimension))];
