import type { CoverageAnswer, GapsAnswer, Gate, SignalName } from "@purser/api";
import { ask } from "./ask.ts";
import { type ViewPeriod, viewParameters } from "./view-parameters.ts";

/** In the order in which pages list them. */
export const signals: readonly SignalName[] = ["events", "metrics", "spans"];
export const gates: readonly Gate[] = ["prompts", "responses", "tool_details", "tool_content", "raw_api_bodies"];

export const askCoverage = (question: ViewPeriod, zone: string, signal: AbortSignal): Promise<CoverageAnswer> =>
	ask("/coverage", viewParameters(question, zone), { signal });

/** Asks for all clients, ignoring filters: a single client is quiet often. */
export const askGaps = (question: Omit<ViewPeriod, "filters">, zone: string, signal: AbortSignal): Promise<GapsAnswer> =>
	ask("/coverage/gaps", viewParameters({ ...question, filters: [] }, zone), { signal });
