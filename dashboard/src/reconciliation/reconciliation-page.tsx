import { useSearchParams } from "wouter";
import { type ReconciledBy, reconciledBy } from "../api/reconciliation.ts";
import { filterWords } from "../format/labels.ts";
import { EmptyState } from "../layout/empty-note.tsx";
import { FilterBar } from "../layout/filter-bar.tsx";
import { Header } from "../layout/header.tsx";
import { ProblemNote } from "../layout/problem-note.tsx";
import { Headline } from "../ui/headline.tsx";
import { periodWithin } from "../url/period.ts";
import { useViewState } from "../view/view-state.tsx";
import { DifferingSessions } from "./differing-sessions.tsx";
import classes from "./reconciliation.module.css";
import { SidesPanel } from "./sides-panel.tsx";
import { Statement } from "./statement.tsx";
import { isNothing, reconciliationSentence } from "./summary-text.ts";
import { SumsPanel } from "./sums-panel.tsx";
import { useReconciliation } from "./use-reconciliation.ts";

/** Shows if requests and counters agree, and where they do not, the reasons. */
export function ReconciliationPage() {
	const { view, zone } = useViewState();
	const [search] = useSearchParams();
	const by = byOf(search.get("by"));
	const daily = useReconciliation("day");
	const { answer, problem, stale, unsupported, refetch } = daily;
	const none = unsupported !== undefined || (answer !== undefined && !stale && isNothing(answer));
	return (
		<>
			<Header title="Reconciliation">
				<FilterBar compares={false} />
			</Header>
			{unsupported === undefined && !problem && (
				<Headline isAnnounced>
					{answer && reconciliationSentence(answer, { within: periodWithin(view.period, zone), only: filterWords(view.filters) })}
				</Headline>
			)}
			{problem ? (
				<ProblemNote problem={problem} onAgain={refetch} />
			) : none ? (
				<EmptyState what="Requests and counters" unsupported={unsupported} />
			) : (
				<>
					<Statement total={answer?.total} stale={stale} />
					<DifferingSessions sessions={answer?.sessions} stale={stale} />
					<div className={classes.panels}>
						<SidesPanel reconciled={daily} />
						<SumsPanel by={by} />
					</div>
				</>
			)}
		</>
	);
}

/** Addresses are typed by people too. */
const byOf = (text: string | null): ReconciledBy => reconciledBy.find((by) => by === text) ?? "day";
