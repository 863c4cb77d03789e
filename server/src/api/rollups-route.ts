import { rebuildResponse } from "@purser/api";
import { problem } from "./problem.ts";
import { action, type Route } from "./route.ts";

/**
 * Rebuilds all rollups. Answers stay right meanwhile, because they are read from records. Undefined where there are no rollups.
 */
export const rebuildRoute = (rebuild: (() => Promise<number>) | undefined): Route =>
	action({
		method: "POST",
		path: "/api/v1/rollups/rebuild",
		summary: "Rebuild all rollups from raw records; answers stay exact meanwhile, but take longer",
		response: rebuildResponse,
		example: { stale_hours: 2160 },
		handle: async (_query, _request, reply) =>
			rebuild
				? { stale_hours: await rebuild() }
				: problem(reply, 409, "there are no rollups: on a ClickHouse server all questions are answered from records"),
	});
