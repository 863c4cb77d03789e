import type { Catalog } from "@purser/api";
import { useQuery } from "@tanstack/react-query";
import type { Unit } from "../format/value.ts";
import type { Filter } from "../url/filter.ts";
import { ask } from "./ask.ts";

/** It changes with the server's version only. */
export const useCatalog = () =>
	useQuery({ queryKey: ["catalog"], queryFn: () => ask<Catalog>("/catalog"), staleTime: Number.POSITIVE_INFINITY });

type NamedMeasure = (measure: string) => { readonly label: string; readonly unit: Unit; readonly brief: string };

/** Returns label, unit and description of measures. Until the catalog is there a measure has its name, and no unit. */
export function useMeasures(): NamedMeasure {
	const measures = useCatalog().data?.measures;
	return (measure) => measures?.find(({ name }) => name === measure) ?? { label: measure, unit: "", brief: "" };
}

/** Returns true for dimensions that every record has: clients have no others. */
export const isCommon = (catalog: Catalog | undefined, dimension: string): boolean =>
	dimension.startsWith("label.") || (catalog?.dimensions.some(({ name, is_common }) => name === dimension && is_common) ?? false);

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
