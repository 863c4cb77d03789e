import { FilterBar } from "../frame/filter-bar.tsx";
import { Header } from "../frame/header.tsx";
import { FigureStrip, useTotals } from "./figure-strip.tsx";
import { Headline } from "./headline.tsx";
import { MovedPanel } from "./moved-panel.tsx";
import classes from "./overview.module.css";
import { panels } from "./panels.ts";
import { RankedPanel } from "./ranked-panel.tsx";
import { TimePanel } from "./time-panel.tsx";

export function OverviewPage() {
	const { totals, before } = useTotals();
	return (
		<>
			<Header title="Overview">
				<FilterBar />
			</Header>
			<Headline totals={totals} before={before} />
			<FigureStrip totals={totals} before={before} />
			<div className={classes.panels}>
				{panels.map((panel) =>
					panel.kind === "moved" ? (
						<MovedPanel key={panel.id} panel={panel} />
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
