import { randomUUID } from "node:crypto";
import { event, metric, span } from "@purser/contract";
import { definitionsOf } from "./emit/definitions.ts";
import type { Counters, Events, Spans } from "./emit/derived.ts";
import { noSpan } from "./emit/spans.ts";
import type { Telemetry } from "./telemetry.ts";
import { withEverything } from "./trace-context.ts";

const nothing = () => undefined;
const counter = Object.freeze({ add: nothing });
const methods = (shelf: object, method: unknown) => Object.fromEntries(definitionsOf(shelf).map(([name]) => [name, method]));

/** The methods of a signal that is not exported: they do nothing. */
export const noCounters = methods(metric, counter) as unknown as Counters;
export const noEvents = methods(event, nothing) as unknown as Events;
export const noSpans = methods(span, () => noSpan) as unknown as Spans;

/** Telemetry that is switched off. */
export const disabled = (notes: readonly string[]): Telemetry =>
	Object.freeze({
		...noCounters,
		...noEvents,
		...noSpans,
		isEnabled: false,
		startPrompt: (id: string = randomUUID()) => id,
		startSession: (id: string = randomUUID()) => id,
		environmentFor: withEverything,
		status: () => ({ isEnabled: false, invalidCalls: 0, notes }),
		flush: async () => undefined,
		shutdown: async () => undefined,
	});
