import { events, metrics } from "@purser/contract";
import { columnName } from "../schema/tables.ts";
import { commonDimensions, type DatasetName, type Dimension, dimensionOf, dimensions } from "./dimension.ts";
import type { Aggregate, Measure } from "./measure.ts";
import { measureOf, measures } from "./measures/index.ts";

/** Columns of the attributes that each event or metric has of its own, in addition to those of every record. */
const carried: ReadonlyMap<string, ReadonlySet<string>> = new Map(
	[...events, ...metrics].map(({ name, attributes }) => [
		name,
		new Set(attributes.map(({ attribute }) => columnName(attribute.key))),
	]),
);
const eventNames = events.map(({ name }) => name);
/** Records of datasets that say themselves what they read. */
const readByDataset: Readonly<Partial<Record<DatasetName, readonly string[]>>> = {
	events: eventNames,
	requests: ["api_request"],
	token_rows: ["api_request"],
};

/** Lists the events or metrics that an aggregate reads. */
const readBy = ({ source, reads }: Aggregate): readonly string[] => reads ?? readByDataset[source] ?? [];

/** Returns true if an aggregate can be divided by a dimension that not all records have. */
function isDivisible(aggregate: Aggregate, { name, sql }: Dimension): boolean {
	if (aggregate.dimensions?.includes(name)) return true;
	const reads = readBy(aggregate);
	if (name === "event") return reads.some((each) => eventNames.includes(each));
	const columns = sql[aggregate.source]?.columns ?? [];
	return [...columns].some((column) => reads.some((each) => carried.get(each)?.has(column)));
}

const known = new WeakMap<Aggregate, ReadonlySet<string>>();

/** Returns the dimensions by which an aggregate can be divided, in addition to the common ones and labels. */
function ownDimensions(aggregate: Aggregate): ReadonlySet<string> {
	let own = known.get(aggregate);
	if (!own) {
		const names = dimensions.filter((each) => !each.isCommon && isDivisible(aggregate, each)).map(({ name }) => name);
		own = new Set(names);
		known.set(aggregate, own);
	}
	return own;
}

/** Returns true if an aggregate can be divided by a dimension, and its dataset has an expression for it. */
export function canDivide(aggregate: Aggregate, { name }: Dimension): boolean {
	const isKnown = commonDimensions.includes(name) || name.startsWith("label.") || ownDimensions(aggregate).has(name);
	return isKnown && dimensionOf(name)?.sql[aggregate.source] !== undefined;
}

/** Lists the dimensions by which a measure can be divided. */
export function dimensionsOf(measure: Measure): string[] {
	if ("from" in measure) {
		const [first = [], ...others] = measure.from.map((name) => dimensionsOf(measureOf(name)!));
		return first.filter((name) => others.every((list) => list.includes(name)));
	}
	const own = [measure, ...(measure.variant ? [measure.variant] : [])].flatMap((part) => [...ownDimensions(part)]);
	const names = new Set([...commonDimensions, ...own]);
	return [...dimensions.map((each) => each.name).filter((name) => names.has(name)), "label.KEY"];
}

/** Lists the dimensions that some measure of a dataset has in addition to the common ones. */
export const discriminatorsFor = (source: DatasetName): string[] =>
	measures.flatMap((measure) =>
		"from" in measure
			? []
			: [measure, ...(measure.variant ? [measure.variant] : [])].flatMap((part) =>
					part.source === source ? [...ownDimensions(part)] : [],
				),
	);

/** Lists all dimensions that some measure of a dataset has. */
export const allDimensionsFor = (source: DatasetName): string[] => [...commonDimensions, ...discriminatorsFor(source)];
