import type { Journal } from "../journal/journal.ts";
import type { RollupMaintainer } from "../rollups/rollup-maintainer.ts";
import type { TimeRange } from "../semantic/rollup-freshness.ts";
import type { Store } from "../store/store.ts";
import { coverageRoutes } from "./coverage-route.ts";
import { journalRoutes } from "./journal-routes.ts";
import { probeRoute } from "./probe-route.ts";
import { queriesRoutes } from "./queries-routes.ts";
import { reconciliationRoute } from "./reconciliation-route.ts";
import { recordsRoutes } from "./records-routes.ts";
import { rebuildRoute } from "./rollups-route.ts";
import type { Route } from "./route.ts";
import { sessionsRoutes } from "./sessions-routes.ts";
import { type Health, statusRoutes } from "./status.ts";
import type { LiveStream } from "./stream.ts";
import { catalogRoute, usageRoute } from "./usage-route.ts";

/** The parts of a running server that routes answer from. */
export type Services = {
	readonly store: Store;
	readonly journal: Journal;
	/** Undefined where there are none: all answers come from records. */
	readonly rollups: RollupMaintainer | undefined;
	readonly health: Health;
	readonly stream: LiveStream;
	/** A key for the probe, which sends to the server's own listeners. */
	readonly temporaryIngestKey: () => string | undefined;
};

/** Every route of the API, in the order of the OpenAPI document. */
export function routesOf({ store, journal, rollups, health, stream, temporaryIngestKey }: Services): readonly Route[] {
	const freshnessOf = async (period: TimeRange) => await rollups?.freshnessOf(period);
	const freshnessWithoutHints = async (period: TimeRange) => rollups?.freshnessWithoutHints(period);
	return [
		usageRoute(store, freshnessOf),
		catalogRoute,
		...queriesRoutes(store, freshnessOf),
		...recordsRoutes(store),
		reconciliationRoute(store, freshnessOf),
		...sessionsRoutes(store),
		...coverageRoutes(store, freshnessWithoutHints, health),
		...statusRoutes(health, store),
		...journalRoutes(journal),
		rebuildRoute(rollups && (() => rollups.rebuild())),
		probeRoute(store, health.listeners, temporaryIngestKey),
		stream.route,
	];
}
