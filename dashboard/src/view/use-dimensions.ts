import { useCatalog } from "../api/catalog.ts";

/** Labels that the documentation recommends; others can be typed into the address. */
const labels = [
	{ name: "label.team.id", brief: "team.id in OTEL_RESOURCE_ATTRIBUTES" },
	{ name: "label.department", brief: "department in OTEL_RESOURCE_ATTRIBUTES" },
	{ name: "label.cost_center", brief: "cost_center in OTEL_RESOURCE_ATTRIBUTES" },
];

/** Lists the dimensions for filters, with a sentence each. */
export function useDimensions(): { name: string; brief: string }[] {
	const known = (useCatalog().data?.dimensions ?? []).filter(({ name }) => name !== "label.KEY" && name !== "token_type");
	return [...known, ...labels.filter(({ name }) => !known.some((one) => one.name === name))];
}
