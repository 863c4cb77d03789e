import { dimensionLabel } from "../format/labels.ts";
import { EmptyState } from "../layout/empty-note.tsx";
import { FilterBar } from "../layout/filter-bar.tsx";
import { Header } from "../layout/header.tsx";
import { ProblemNote } from "../layout/problem-note.tsx";
import { Headline } from "../ui/headline.tsx";
import panels from "../ui/panel-grid.module.css";
import { useCoverage } from "../view/use-coverage.ts";
import { useViewState } from "../view/view-state.tsx";
import { ActivityPanel } from "./activity-panel.tsx";
import { ArrivalsPanel } from "./arrivals-panel.tsx";
import classes from "./coverage.module.css";
import { Figures } from "./figures.tsx";
import { GapsPanel } from "./gaps-panel.tsx";
import { LossPanel } from "./loss-panel.tsx";
import { ProgramsPanel, SignalsPanel, VersionsPanel } from "./share-panels.tsx";
import { SilentPanel } from "./silent-panel.tsx";
import { coverageSentence } from "./summary-text.ts";
import { UnseenPanel } from "./unseen-panel.tsx";

/** Shows if every client reports: the page that an administrator opens first on a bad morning. */
export function CoveragePage() {
	const { zone } = useViewState();
	const result = useCoverage();
	const { answer, problem, stale, ignored } = result;
	const isEmpty = answer !== undefined && !stale && answer.summary.clients === 0;
	return (
		<>
			<Header title="Coverage">
				<FilterBar compares={false} />
			</Header>
			<Headline>{answer && !isEmpty && coverageSentence(answer, zone)}</Headline>
			{ignored.length > 0 && (
				<p className={classes.ignored}>
					Clients cannot be filtered by {ignored.map(dimensionLabel).join(", ")}: that filter is ignored here.
				</p>
			)}
			{problem && <ProblemNote problem={problem} onAgain={result.refetch} />}
			{isEmpty && (
				<>
					<EmptyState what="Clients" />
					<div className={classes.below}>
						<UnseenPanel result={result} />
					</div>
				</>
			)}
			{!problem && !isEmpty && (
				<div className={classes.page} data-stale={stale || undefined}>
					<Figures answer={answer} />
					<div className={panels.panels}>
						<SilentPanel result={result} />
						<UnseenPanel result={result} />
						<ActivityPanel result={result} />
						<VersionsPanel result={result} />
						<SignalsPanel result={result} />
						<ProgramsPanel result={result} />
						<LossPanel result={result} />
						<ArrivalsPanel result={result} />
						<GapsPanel result={result} />
					</div>
				</div>
			)}
		</>
	);
}
