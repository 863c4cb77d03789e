import type { RecordDataset } from "../dataset.ts";
import type { DatasetName } from "../dimension.ts";
import type { Rollup } from "../rollup.ts";
import { eventsRollup } from "./events.ts";
import { ingestRollup } from "./ingest.ts";
import { pointsRollup } from "./points.ts";
import { presenceRollup } from "./presence.ts";
import { requestsRollup } from "./requests.ts";

export const rollups: Readonly<Record<RecordDataset | "arrivals", Rollup>> = Object.freeze({
	events: eventsRollup,
	requests: requestsRollup,
	increments: pointsRollup,
	everything: presenceRollup,
	arrivals: ingestRollup,
});

/** A rollup with the one that it is made of, if it is not made of records, and those that are made of it. */
const family = (rollup: Rollup, wider?: Rollup): [Rollup, Rollup | undefined][] => [
	[rollup, wider],
	...[rollup.coarser, rollup.daily].flatMap((each) => (each ? family(each, rollup) : [])),
];

/** All rollups, each after the one that it is made of, which comes with it. */
export const allRollups: readonly (readonly [Rollup, Rollup | undefined])[] = Object.freeze(
	Object.values(rollups).flatMap((rollup) => family(rollup)),
);

/** Returns the rollup of a dataset. */
export function rollupOf(source: DatasetName): Rollup {
	switch (source) {
		case "token_rows":
			return rollups.requests;
		case "starts":
			return rollups.everything;
		case "increments_without_requests":
		case "increments_without_decisions":
		case "increments_by_language":
			return rollups.increments;
		default:
			return rollups[source];
	}
}
