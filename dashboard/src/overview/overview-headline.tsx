import type { UsageRow } from "@purser/api";
import { numberIn } from "../api/usage.ts";
import { filterWords, valueLabel } from "../format/labels.ts";
import { Headline } from "../ui/headline.tsx";
import { periodWithin } from "../url/period.ts";
import { startOfMonth } from "../url/zone.ts";
import { type QueryResult, useUsage } from "../view/use-usage.ts";
import { useViewState } from "../view/view-state.tsx";
import { hasHappened } from "./figures.ts";
import { deltaOf } from "./movers.ts";
import { monthForecast, sentence } from "./summary-text.ts";

/** Equal to the questions of the cost chart and the movers, so that nothing is asked twice. */
const byModel = { measures: ["cost_usd"], by: ["model"], overTime: true, limit: 20_000 };
const byModelBefore = { measures: ["cost_usd"], by: ["model"], limit: 1000, period: "before" } as const;

/** The one sentence at the top. */
export function OverviewHeadline({ totals, before }: { totals: QueryResult; before: QueryResult }) {
	const { view, now, zone, previous } = useViewState();
	const monthStart = startOfMonth(now, zone);
	const month = useUsage({
		measures: ["cost_usd"],
		period: { name: `month of ${monthStart}`, range: { from: monthStart, to: now } },
	});
	const models = useUsage(byModel);
	const modelsBefore = useUsage(byModelBefore);
	const row: UsageRow | undefined = totals.answer && (totals.answer.rows[0] ?? {});
	if (!row) return totals.problem ? null : <Headline>{undefined}</Headline>;
	const was = previous && hasHappened(before.answer?.rows[0]) ? before.answer?.rows[0] : undefined;
	const [mover] =
		models.answer && modelsBefore.answer && previous
			? deltaOf("model", "cost_usd", models.answer.rows, modelsBefore.answer.rows)
			: [];
	const isOpen = "preset" in view.period;
	// No row is no event, which is zero; a measure that was left out of the question is unknown.
	const reported = (measure: string) => (totals.unsupported.has(measure) ? undefined : (numberIn(row, measure) ?? 0));
	const calls = reported("tool_calls");
	return (
		<Headline>
			{sentence({
				people: reported("active_users"),
				sessions: reported("sessions"),
				costUsd: reported("cost_usd"),
				toolCalls:
					calls === undefined
						? undefined
						: { calls, failedRatio: calls === 0 ? null : (numberIn(row, "tool_failures") ?? 0) / calls },
				before: was && { people: numberIn(was, "active_users") ?? 0, costUsd: numberIn(was, "cost_usd") ?? 0 },
				// A month to come is news about now, not about a period long over.
				monthUsd: isOpen
					? monthForecast(numberIn(month.answer?.rows[0], "cost_usd") ?? 0, monthStart, now, startOfMonth(now, zone, 1))
					: undefined,
				mover: mover && { label: valueLabel("model", mover.value), differenceUsd: mover.difference },
				only: filterWords(view.filters),
				within: periodWithin(view.period, zone),
			})}
		</Headline>
	);
}
