import type { CoverageAnswer, SignalName } from "@purser/api";
import { pluralize } from "../format/labels.ts";
import { compactNumber, percent } from "../format/number.ts";
import { type Figure, FigureList } from "../ui/figure-list.tsx";

export const together = (counts: Record<SignalName, number>): number => counts.events + counts.metrics + counts.spans;

function figuresOf({ summary }: CoverageAnswer): Figure[] {
	const { missing_ratio: ratio, since_start: start } = summary;
	const [late, future] = [together(summary.late), together(summary.future)];
	const turnedAway = start.rejected_records + start.refused_requests;
	return [
		{
			label: "Clients reporting",
			value: compactNumber(summary.reporting),
			secondary: summary.irregular > 0 ? `${summary.irregular} more, now and then` : `of ${summary.clients} known`,
			href: "#activity",
		},
		{
			label: "Went silent",
			value: compactNumber(summary.silent),
			secondary:
				summary.silent_signals > 0
					? `and ${pluralize(summary.silent_signals, "signal", "signals")} of others`
					: "after two usual intervals",
			href: "#silent",
			isCritical: summary.silent > 0,
		},
		{
			label: "Events missing",
			value: ratio === null ? "–" : percent(ratio),
			secondary:
				ratio === null
					? "no numbered events"
					: `${compactNumber(summary.missing_events)} of ${compactNumber(summary.numbered_events + summary.missing_events)}`,
			href: "#loss",
			isCritical: (ratio ?? 0) >= 0.001,
		},
		{
			label: "Late",
			value: compactNumber(late),
			secondary: `of ${compactNumber(together(summary.records))} records`,
			href: "#arrivals",
		},
		{ label: "From the future", value: compactNumber(future), secondary: "clocks that are ahead", href: "#arrivals" },
		{
			label: "Turned away",
			value: compactNumber(turnedAway),
			secondary: "since Purser started",
			href: "#arrivals",
			isCritical: turnedAway > 0,
		},
	];
}

/** Shows the problems, each leading to its part of the page. */
export const Figures = ({ answer }: { answer: CoverageAnswer | undefined }) => (
	<FigureList label="Key figures" columns={6} figures={answer ? figuresOf(answer) : []} />
);
