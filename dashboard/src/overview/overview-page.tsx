import { EmptyState } from "../layout/empty-note.tsx";
import { FilterBar } from "../layout/filter-bar.tsx";
import { Header } from "../layout/header.tsx";
import classes from "../ui/panel-grid.module.css";
import { FigureStrip, useTotals } from "./figure-strip.tsx";
import { hasHappened } from "./figures.ts";
import { MoversPanel } from "./movers-panel.tsx";
import { OverviewHeadline } from "./overview-headline.tsx";
import { panels } from "./panels.ts";
import { RankedPanel } from "./ranked-panel.tsx";
import { TimePanel } from "./time-panel.tsx";

export function OverviewPage() {
	const { totals, before } = useTotals();
	// One reason for all, where it is the same for all.
	const isEmpty =
		totals.answer !== undefined && !totals.stale && totals.unsupported.size === 0 && !hasHappened(totals.answer.rows[0]);
	return (
		<>
			<Header title="Overview">
				<FilterBar />
			</Header>
			<OverviewHeadline totals={totals} before={before} />
			<FigureStrip totals={totals} before={before} />
			{isEmpty && <EmptyState what="Records" />}
			<div className={classes.panels} hidden={isEmpty}>
				{panels.map((panel) =>
					panel.kind === "moved" ? (
						<MoversPanel key={panel.id} panel={panel} />
					) : panel.kind === "ranked" ? (
						<RankedPanel key={panel.id} panel={panel} />
					) : (
						<TimePanel key={panel.id} panel={panel} />
					),
				)}
			</div>
		</>
	);
}
