import { hash } from "node:crypto";
import { jsonToWire, signalOfJson } from "../otlp/json-to-wire.ts";
import type { Outcome } from "../otlp/responses.ts";
import { definitionOf, type Signal, signals, sniffSignal } from "../otlp/signals.ts";
import type { IngestStats } from "./ingest-stats.ts";
import type { ReceiverOptions } from "./receiver.ts";

export type IngestOptions = {
	/** Keeps the records of an `Export…ServiceRequest`; resolves when they are durable. */
	readonly append: (
		digest: Buffer,
		signal: Signal,
		wire: Uint8Array,
	) => Promise<{ readonly rows: number; readonly outcome: Outcome; readonly cut: number; readonly duplicate: boolean }>;
	/** The most records that a request may have. */
	readonly maxRecords: number;
	readonly ingestStats: IngestStats;
	readonly onReceived: (signal: Signal) => void;
};

const digestBytes = 16;

/** Creates the function that both listeners pass requests to: it detects the signal, converts JSON to protobuf, appends and counts. */
export const createIngest =
	({ append, maxRecords, ingestStats, onReceived }: IngestOptions): ReceiverOptions["accept"] =>
	async ({ signal: named, bytes, json }) => {
		let signal = named;
		let wire = bytes;
		let refused = 0;
		let reason = "";
		if (json) {
			signal ??= signalOfJson(bytes);
			const converted = jsonToWire(definitionOf(signal).request, bytes, maxRecords);
			wire = converted.wire;
			refused = converted.outcome.rejected;
			reason = converted.outcome.reason;
		} else signal ??= sniffSignal(bytes);
		const digest = hash("sha256", bytes, "buffer").subarray(0, digestBytes);
		// The same bytes may be a request of another signal.
		digest[0] = digest[0]! ^ signals.findIndex((each) => each.signal === signal);
		const { rows, outcome, cut, duplicate } = await append(digest, signal, wire);
		const rejected = duplicate ? 0 : refused + outcome.rejected;
		ingestStats.accepted(signal, { rows, rejected, cut, duplicate });
		onReceived(signal);
		return { signal, outcome: { rejected, reason: reason || outcome.reason } };
	};
