import { ActionIcon, Tooltip } from "@mantine/core";
import { IconFileSpreadsheet, IconInfoCircle, IconTable, IconTableOff } from "@tabler/icons-react";
import { type ReactNode, useId, useState } from "react";
import type { Problem } from "../api/problem.ts";
import { ProblemNote } from "../layout/problem-note.tsx";
import { DataTable, type TableContent } from "./data-table.tsx";
import classes from "./panel.module.css";

interface PanelAnswer {
	answer: { meta: { notes?: readonly string[] } } | undefined;
	problem: Problem | undefined;
	/** Showing the answer to the question before. */
	stale: boolean;
	/** The address of the data as a file, where there is one. */
	csv?: string;
}

interface Props {
	id: string;
	title: string;
	/** Exactly what is counted, and for which period. */
	explains: ReactNode;
	result: PanelAnswer;
	/** Says why there is nothing, when there is nothing. */
	empty: ReactNode | undefined;
	table: TableContent | undefined;
	/** Kept from the first moment, so that nothing jumps. */
	height: number;
	columns: number;
	children: ReactNode;
}

/** One question and its answer: chart, table, or the reason why there is neither. */
export function Panel({ id, title, explains, result, empty, table, height, columns, children }: Props) {
	const [asTable, setAsTable] = useState(false);
	const heading = useId();
	const hasData = result.answer !== undefined && empty === undefined;
	return (
		<section
			id={id}
			className={classes.panel}
			style={{ "--columns": columns }}
			aria-labelledby={heading}
			aria-busy={!result.answer || result.stale}
		>
			<div className={classes.head}>
				<h2 id={heading} className={classes.title}>
					{title}
				</h2>
				<Tooltip multiline w={320} label={explains}>
					<ActionIcon variant="subtle" color="gray" size="sm" className={classes.tool} aria-label={`What “${title}” counts`}>
						<IconInfoCircle size={15} stroke={1.6} />
					</ActionIcon>
				</Tooltip>
				<span className={classes.gap} />
				{hasData && table && (
					<Tooltip label={asTable ? "View as chart" : "View as table"}>
						<ActionIcon
							variant="subtle"
							color="gray"
							size="sm"
							className={classes.tool}
							aria-label={`${title}: view as table`}
							aria-pressed={asTable}
							onClick={() => setAsTable(!asTable)}
						>
							{asTable ? <IconTableOff size={15} stroke={1.6} /> : <IconTable size={15} stroke={1.6} />}
						</ActionIcon>
					</Tooltip>
				)}
				{hasData && result.csv !== undefined && (
					<Tooltip label="Download as CSV">
						<ActionIcon
							component="a"
							href={result.csv}
							download={`purser-${id}.csv`}
							variant="subtle"
							color="gray"
							size="sm"
							className={classes.tool}
							aria-label={`${title}: download as CSV`}
						>
							<IconFileSpreadsheet size={15} stroke={1.6} />
						</ActionIcon>
					</Tooltip>
				)}
			</div>
			<div className={classes.body} style={{ "--height": `${height}px` }} data-stale={result.stale || undefined}>
				{result.problem ? (
					<ProblemNote problem={result.problem} />
				) : empty !== undefined ? (
					empty
				) : result.answer === undefined ? (
					<div className={classes.skeleton} style={{ height }} />
				) : asTable && table ? (
					<DataTable content={table} caption={title} maxHeight={Math.max(height, 240)} />
				) : (
					children
				)}
			</div>
			<Footnotes notes={result.answer?.meta.notes ?? []} />
		</section>
	);
}

/** Notes about the limits of client versions: available, but out of the way of the chart. */
function Footnotes({ notes }: { readonly notes: readonly string[] }) {
	if (notes.length === 0) return null;
	return (
		<details className={classes.footnote}>
			<summary>{notes.length === 1 ? "1 note on versions" : `${notes.length} notes on versions`}</summary>
			{notes.map((note) => (
				<p key={note}>{note}</p>
			))}
		</details>
	);
}
