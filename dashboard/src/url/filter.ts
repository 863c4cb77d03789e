/** One condition on a dimension. Written in the address as the API writes it: `model:claude-opus-5-5`, `person!:ana@…`. */
export interface Filter {
	dimension: string;
	value: string;
	excluded: boolean;
}

export function parseFilter(text: string): Filter | undefined {
	const colon = text.indexOf(":");
	if (colon < 1) return undefined;
	const excluded = text[colon - 1] === "!";
	const dimension = text.slice(0, excluded ? colon - 1 : colon);
	return dimension === "" ? undefined : { dimension, value: text.slice(colon + 1), excluded };
}

export const writeFilter = ({ dimension, value, excluded }: Filter): string => `${dimension}${excluded ? "!" : ""}:${value}`;

const same = (a: Filter, b: Filter): boolean => a.dimension === b.dimension && a.value === b.value;

/** Adding what is there turns it round rather than doubling it. */
export const withFilter = (filters: readonly Filter[], added: Filter): Filter[] => [
	...filters.filter((filter) => !same(filter, added)),
	added,
];

export const withoutFilter = (filters: readonly Filter[], removed: Filter): Filter[] =>
	filters.filter((filter) => !same(filter, removed));
