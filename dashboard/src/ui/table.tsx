import type { ReactNode } from "react";
import classes from "./table.module.css";

interface Props {
	/** Names of the columns. A number's column stands right. */
	columns: readonly (string | { label: string; isNumber: true })[];
	/** `tr` elements. A cell's name on a phone, where there is no head, is its `data-label`; `data-number` stands right, `data-wide` has a line of its own. */
	children: ReactNode;
}

/** A table of text: rows with a heading, which become blocks on a phone. */
export const Table = ({ columns, children }: Props) => (
	<table className={classes.table}>
		<thead>
			<tr>
				{columns.map((column) => {
					const { label, isNumber } = typeof column === "string" ? { label: column, isNumber: undefined } : column;
					return (
						<th key={label} scope="col" data-number={isNumber}>
							{label}
						</th>
					);
				})}
			</tr>
		</thead>
		<tbody>{children}</tbody>
	</table>
);
