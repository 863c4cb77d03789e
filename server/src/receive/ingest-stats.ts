import type { Signal } from "../otlp/signals.ts";
import type { Rejection } from "./receiver.ts";

export type SignalTraffic = {
	requests: number;
	/** Records that came, whatever became of them. */
	received: number;
	accepted: number;
	rejected: number;
	/** Values that were longer than what is kept of them. */
	cut: number;
	/** Requests that had been counted before. */
	duplicate: number;
	/** Records loaded into the store. */
	stored: number;
	lastReceivedMs: number;
};

const nothing = (): SignalTraffic => ({
	requests: 0,
	received: 0,
	accepted: 0,
	rejected: 0,
	cut: 0,
	duplicate: 0,
	stored: 0,
	lastReceivedMs: 0,
});
const rememberedRefusals = 20;

/** Counts of the listeners since the start. */
export class IngestStats {
	readonly signals: Readonly<Record<Signal, SignalTraffic>> = { logs: nothing(), metrics: nothing(), traces: nothing() };
	/** Newest first. */
	readonly refusals: Rejection[] = [];
	refused = 0;

	accepted(
		signal: Signal,
		{ rows, rejected, cut, duplicate }: { rows: number; rejected: number; cut: number; duplicate: boolean },
	): void {
		const ingestStats = this.signals[signal];
		ingestStats.requests++;
		ingestStats.received += rows + rejected;
		ingestStats.accepted += rows;
		ingestStats.rejected += rejected;
		ingestStats.cut += cut;
		if (duplicate) ingestStats.duplicate++;
		ingestStats.lastReceivedMs = Date.now();
	}

	stored(rows: Readonly<Record<"events" | "points" | "spans", number>>): void {
		this.signals.logs.stored += rows.events;
		this.signals.metrics.stored += rows.points;
		this.signals.traces.stored += rows.spans;
	}

	refuse(refusal: Omit<Rejection, "at">): void {
		this.refused++;
		this.refusals.unshift({ at: new Date().toISOString(), ...refusal });
		this.refusals.length = Math.min(this.refusals.length, rememberedRefusals);
	}
}
