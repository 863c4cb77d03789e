import type { Journal } from "../journal/journal.ts";
import type { Log } from "../log.ts";
import { Answers } from "../queries/answers.ts";
import type { RollupMaintainer } from "../rollups/rollup-maintainer.ts";
import type { Store } from "../store/store.ts";
import { answersRoute } from "./answers-route.ts";
import { coverageRoutes } from "./coverage-route.ts";
import { journalRoutes } from "./journal-routes.ts";
import { probeRoute } from "./probe-route.ts";
import { queriesRoutes } from "./queries-routes.ts";
import { reconciliationRoute } from "./reconciliation-route.ts";
import { recordsRoutes } from "./records-routes.ts";
import { rebuildRoute } from "./rollups-route.ts";
import type { QuestionRoute, Route } from "./route.ts";
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
	readonly log: Log;
};

/** Every route of the API, in the order of the OpenAPI document. */
export function routesOf({ store, journal, rollups, health, stream, temporaryIngestKey, log }: Services): readonly Route[] {
	const answers = new Answers(store, rollups, health.startedMs);
	const questions = [
		usageRoute(answers),
		catalogRoute,
		...queriesRoutes(answers),
		...recordsRoutes(answers),
		reconciliationRoute(answers),
		...sessionsRoutes(answers),
		...coverageRoutes(answers, health),
	];
	return [
		...questions,
		answersRoute(
			questions.filter((route): route is QuestionRoute => "answer" in route),
			log,
		),
		...statusRoutes(health, answers),
		...journalRoutes(journal),
		rebuildRoute(rollups && (() => rollups.rebuild())),
		probeRoute(answers, health.listeners, temporaryIngestKey),
		stream.route,
	];
}
