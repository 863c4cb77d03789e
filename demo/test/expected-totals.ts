import type { Telemetry } from "@purser/client";
import { event, metric } from "@purser/contract";
import type { Session } from "../src/session.ts";

export type Truth = {
	costNanoUsd: bigint;
	prompts: number;
	commits: number;
	linesAdded: number;
	toolFailures: number;
	records: number;
};

/** Totals of the emitted records, added up at the source: a receiver should count the same. */
export function truthOf(sessions: readonly Session[]): Truth {
	const truth: Truth = { costNanoUsd: 0n, prompts: 0, commits: 0, linesAdded: 0, toolFailures: 0, records: 0 };
	const listener: Record<string, unknown> = { startSession: () => "", startPrompt: () => "" };
	for (const name of Object.keys(event)) {
		listener[name] = (said: Record<string, unknown> = {}) => {
			truth.records += 1;
			if (name === "userPrompt") truth.prompts += 1;
			if (name === "apiRequest") truth.costNanoUsd += BigInt(said["cost_usd_micros"] as number) * 1000n;
			if (name === "toolResult" && said["success"] === false) truth.toolFailures += 1;
		};
	}
	for (const name of Object.keys(metric)) {
		listener[name] = {
			add: (value: number, said: Record<string, unknown> = {}) => {
				if (name === "commitCount") truth.commits += value;
				if (name === "linesOfCode" && said["type"] === "added") truth.linesAdded += value;
			},
		};
	}
	for (const { emissions } of sessions) for (const { emit } of emissions) emit(listener as unknown as Telemetry);
	return truth;
}
