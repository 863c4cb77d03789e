/**
 * Every attribute key of Claude Code's telemetry, defined once.
 * Sources: https://code.claude.com/docs/en/monitoring-usage and recordings of real clients, which win.
 */
import type { AttributeDefinition } from "../define.ts";
import * as administration from "./attributes/administration.ts";
import * as extensions from "./attributes/extensions.ts";
import * as hooks from "./attributes/hooks.ts";
import * as identity from "./attributes/identity.ts";
import * as labels from "./attributes/labels.ts";
import * as prompts from "./attributes/prompts.ts";
import * as records from "./attributes/records.ts";
import * as requests from "./attributes/requests.ts";
import * as resource from "./attributes/resource.ts";
import * as tools from "./attributes/tools.ts";
import * as tracing from "./attributes/tracing.ts";

export * from "./attributes/administration.ts";
export * from "./attributes/extensions.ts";
export * from "./attributes/hooks.ts";
export * from "./attributes/identity.ts";
export * from "./attributes/labels.ts";
export * from "./attributes/prompts.ts";
export * from "./attributes/records.ts";
export * from "./attributes/requests.ts";
export * from "./attributes/resource.ts";
export * from "./attributes/tools.ts";
export * from "./attributes/tracing.ts";

const shelves = { identity, labels, resource, records, prompts, requests, tools, extensions, hooks, administration, tracing };

/** All of them, by key: a module has no order of its own that could be relied on. */
export const attributes: readonly AttributeDefinition[] = Object.freeze(
	Object.values(shelves)
		.flatMap((shelf): AttributeDefinition[] => Object.values(shelf))
		.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
);
