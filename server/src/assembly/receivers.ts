import type { KeyRing } from "../access/key-ring.ts";
import type { Config } from "../config.ts";
import type { Journal } from "../journal/journal.ts";
import { type Log, moduleLog } from "../log.ts";
import { maxRecords } from "../normalize/record-writer.ts";
import { createIngest } from "../receive/ingest.ts";
import type { IngestStats } from "../receive/ingest-stats.ts";
import { openListeners } from "../receive/listeners.ts";
import { MemoryBudget } from "../receive/memory-budget.ts";
import { defaultTimeouts } from "../receive/receiver.ts";
import type { ServerEvents } from "../server-events.ts";
import type { Tls } from "../tls.ts";

type ReceiverParts = {
	readonly config: Config;
	readonly keys: KeyRing;
	readonly tls: Tls | undefined;
	readonly allowedHosts: ReadonlySet<string>;
	readonly journal: Journal;
	readonly ingestStats: IngestStats;
	readonly events: ServerEvents;
	readonly log: Log;
};

/** Opens the OTLP listeners, which acknowledge what the journal has made durable. */
export function openReceivers({ config, keys, tls, allowedHosts, journal, ingestStats, events, log }: ReceiverParts) {
	return openListeners(
		{ grpc: config.grpc!, http: config.http! },
		{
			accept: createIngest({
				append: (digest, signal, wire) => journal.append(digest, signal, wire),
				maxRecords,
				ingestStats,
				onReceived: (signal) => events.emit("received", signal),
			}),
			keys,
			keyHeader: config["key-header"].toLowerCase(),
			allowedHosts,
			budget: new MemoryBudget(config["max-in-flight"]),
			maxBodyBytes: config["max-body"],
			timeouts: defaultTimeouts,
			tls,
			onRefused: (rejection) => ingestStats.refuse(rejection),
			log: moduleLog(log, "receive"),
		},
	);
}
