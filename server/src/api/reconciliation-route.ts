import { reconciliationParameters, reconciliationResponse } from "@purser/api";
import type { Answers } from "../queries/answers.ts";
import { type QuestionRoute, question } from "./route.ts";
import { isoTime, periodOf } from "./time-parameter.ts";
import { checkedZone, filtersOf } from "./usage-route.ts";

const sums = {
	requests_cost_usd: 41.2,
	counters_cost_usd: 41.0,
	cost_drift_percent: -0.4854,
	requests_tokens: 8_120_000,
	counters_tokens: 8_090_000,
	tokens_drift_percent: -0.3695,
	only_requests_cost_usd: 0,
	only_counters_cost_usd: 1.4,
	without_session_cost_usd: 0,
	accounted_cost_usd: 42.6,
	recomputed_cost_usd: 41.1,
	reported_cost_of_priced_usd: 41.2,
	recomputed_drift_percent: -0.2427,
	unpriced_requests: 0,
	requests: 912,
	repeated_requests: 0,
	sessions: 37,
};

export const reconciliationRoute = (answers: Answers): QuestionRoute =>
	question({
		path: "/api/v1/reconciliation",
		summary: "Requests against counters for the same sessions, and why they differ",
		parameters: reconciliationParameters,
		response: reconciliationResponse,
		example: {
			total: sums,
			rows: [{ time: "2026-11-20T00:00:00.000Z", ...sums }],
			sessions: [
				{
					session: "3f0c8a3e-0d0b-4a9e-9c1b-1d5f3a1c7e55",
					person: "ana@example.com",
					versions: ["2.1.329"],
					requests_cost_usd: 3.1,
					counters_cost_usd: 2.9,
					requests_tokens: 410_000,
					counters_tokens: 380_000,
					repeated_requests: 0,
					last_request: "2026-11-20T14:51:40.004000Z",
					last_point: "2026-11-20T14:51:12.511000Z",
					goes_beyond: false,
					processes: 0,
					missing_events: 0,
					reasons: [
						{
							id: "last-interval-missing",
							text: "The counters of its last interval never came: it was ended before it could send them.",
						},
					],
				},
			],
			meta: { from: "2026-11-14T00:00:00.000Z", to: "2026-11-21T00:00:00.000Z", by: "day", tz: "UTC", notes: [] },
		},
		answer: async ({ by = "day", limit = 100, where, ...query }, nowMs) => {
			const { fromMs, toMs } = periodOf(query, "-7d", nowMs);
			const tz = checkedZone(query.tz);
			const answer = await answers.reconciliation({ by, tz, where: filtersOf(where), fromMs, toMs, limit });
			return { body: { ...answer, meta: { from: isoTime(fromMs), to: isoTime(toMs), by, tz, notes: [] } } };
		},
	});
