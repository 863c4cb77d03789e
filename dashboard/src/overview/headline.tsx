import { numberIn, type UsageRow } from "../api/usage.ts";
import { valueLabel } from "../format/words.ts";
import { useReading } from "../reading/reading.tsx";
import { type Asked, useUsage } from "../reading/use-usage.ts";
import { periodWithin } from "../url/period.ts";
import { startOfMonth } from "../url/zone.ts";
import classes from "./headline.module.css";
import { movedBy } from "./moved.ts";
import { monthAtThisPace, sentence } from "./sentence.ts";

const byModel = { measures: ["cost_usd"], by: ["model"], limit: 1000 };

/** The one sentence at the top. */
export function Headline({ totals, before }: { totals: Asked; before: Asked }) {
	const { view, now, zone, previous } = useReading();
	const monthStart = startOfMonth(now, zone);
	const month = useUsage({
		measures: ["cost_usd"],
		period: { name: `month of ${monthStart}`, range: { from: monthStart, to: now } },
	});
	const models = useUsage(byModel);
	const modelsBefore = useUsage({ ...byModel, period: "before" });
	const row: UsageRow | undefined = totals.answer && (totals.answer.rows[0] ?? {});
	if (!row) return <p className={classes.headline}>{totals.problem ? "" : "\u00a0"}</p>;
	const was = previous && before.answer?.rows[0];
	const [mover] =
		models.answer && modelsBefore.answer && previous
			? movedBy("model", "cost_usd", models.answer.rows, modelsBefore.answer.rows)
			: [];
	const isOpen = "preset" in view.period;
	return (
		<p className={classes.headline} data-testid="headline">
			{sentence({
				people: numberIn(row, "active_users") ?? 0,
				sessions: numberIn(row, "sessions") ?? 0,
				costUsd: numberIn(row, "cost_usd") ?? 0,
				before: was && { people: numberIn(was, "active_users") ?? 0, costUsd: numberIn(was, "cost_usd") ?? 0 },
				// A month to come is news about now, not about a period long over.
				monthUsd: isOpen
					? monthAtThisPace(numberIn(month.answer?.rows[0], "cost_usd") ?? 0, monthStart, now, startOfMonth(now, zone, 1))
					: undefined,
				mover: mover && { label: valueLabel("model", mover.value), differenceUsd: mover.difference },
				within: periodWithin(view.period, zone),
			})}
		</p>
	);
}
