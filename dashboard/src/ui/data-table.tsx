import { useState } from "react";
import classes from "./data-table.module.css";

export interface TableContent {
	/** The first column names the row; numbers stand right. */
	columns: { label: string; numeric: boolean }[];
	/** Text as shown, and what it is sorted by. */
	rows: { key: string; cells: { text: string; sort: string | number }[] }[];
}

/** The numbers behind a chart, sortable by any column. */
export function DataTable({ content, caption, maxHeight }: { content: TableContent; caption: string; maxHeight: number }) {
	const [order, setOrder] = useState<{ column: number; down: boolean } | undefined>();
	const rows = order
		? content.rows.toSorted((a, b) => {
				const [x, y] = [a.cells[order.column]?.sort ?? "", b.cells[order.column]?.sort ?? ""];
				return (x < y ? -1 : x > y ? 1 : 0) * (order.down ? -1 : 1);
			})
		: content.rows;
	return (
		// biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
		<section className={classes.frame} style={{ maxHeight }} aria-label={`${caption}, as a table`} tabIndex={0}>
			<table className={classes.table}>
				<thead>
					<tr>
						{content.columns.map(({ label, numeric }, column) => (
							<th
								key={label}
								scope="col"
								data-numeric={numeric || undefined}
								aria-sort={order?.column === column ? (order.down ? "descending" : "ascending") : undefined}
							>
								<button
									type="button"
									onClick={() => setOrder({ column, down: order?.column === column ? !order.down : numeric })}
								>
									{label}
									{order?.column === column && <span aria-hidden>{order.down ? " ↓" : " ↑"}</span>}
								</button>
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{rows.map(({ key, cells }) => (
						<tr key={key}>
							{cells.map(({ text }, column) =>
								column === 0 ? (
									<th key={content.columns[column]?.label} scope="row">
										{text}
									</th>
								) : (
									<td key={content.columns[column]?.label} data-numeric={content.columns[column]?.numeric || undefined}>
										{text}
									</td>
								),
							)}
						</tr>
					))}
				</tbody>
			</table>
		</section>
	);
}
