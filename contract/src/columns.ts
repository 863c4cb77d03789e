import { events } from "./claude-code/events.ts";
import { metrics } from "./claude-code/metrics.ts";
import { spans } from "./claude-code/spans.ts";
import { eventAttributes, labelAttributes, spanAttributes, standardAttributes } from "./claude-code/standard.ts";
import type { AttributeDefinition, AttributeUse } from "./define.ts";

const used = (definitions: readonly { readonly attributes: readonly AttributeUse[] }[]): AttributeDefinition[] =>
	definitions.flatMap((definition) => definition.attributes.map((use) => use.attribute));

const everywhere = [...standardAttributes, ...labelAttributes];

const own = {
	events: [...eventAttributes, ...used(events)],
	points: used(metrics),
	spans: [...spanAttributes, ...used(spans)],
};

/**
 * The attributes that have a column of their own in the store's table of one signal: what stands on every record first,
 * then the rest in the order in which its definitions name it. Nothing else decides about columns.
 */
export const columnsOf = (signal: "events" | "points" | "spans"): readonly AttributeDefinition[] =>
	Object.freeze([...new Set([...everywhere, ...own[signal]])].filter((attribute) => attribute.column !== undefined));
