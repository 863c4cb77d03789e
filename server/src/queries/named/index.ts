import type { NamedQuery } from "../../semantic/named-query.ts";
import { activePeople } from "./active-people.ts";
import { busiestSessions } from "./busiest-sessions.ts";
import { cacheEconomics } from "./cache-economics.ts";
import { cohorts } from "./cohorts.ts";
import { compaction } from "./compaction.ts";
import { costPerOutcome } from "./cost-per-outcome.ts";
import { dormantPeople } from "./dormant-people.ts";
import { heatMap } from "./heat-map.ts";
import { inventory } from "./inventory.ts";
import { permissionWaits } from "./permission-waits.ts";
import { ramp } from "./ramp.ts";
import { retryExhaustion } from "./retry-exhaustion.ts";
import { sessionLengths } from "./session-lengths.ts";
import { subagentShare } from "./subagent-share.ts";
import { toolFailures } from "./tool-failures.ts";
import { topMovers } from "./top-movers.ts";
import { versionSpread } from "./version-spread.ts";

/** Every named query, in the order of lists. */
export const namedQueries: readonly NamedQuery[] = Object.freeze([
	activePeople,
	cohorts,
	ramp,
	dormantPeople,
	heatMap,
	sessionLengths,
	busiestSessions,
	topMovers,
	costPerOutcome,
	cacheEconomics,
	subagentShare,
	toolFailures,
	permissionWaits,
	retryExhaustion,
	compaction,
	inventory,
	versionSpread,
]);
