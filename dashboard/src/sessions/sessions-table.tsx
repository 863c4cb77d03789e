import type { SessionRow } from "@purser/api";
import { Link, useLocation } from "wouter";
import { seriesColor } from "../charts/palette.ts";
import { useChartTheme } from "../charts/use-chart-theme.ts";
import { sessionAddress } from "../url/session-address.ts";
import { useViewState } from "../view/view-state.tsx";
import { columns } from "./session-columns.ts";
import classes from "./sessions.module.css";

interface Props {
	rows: readonly SessionRow[];
	order: string;
	stale: boolean;
	hrefOf: (order: string) => string;
}

/** A line for each session; each leads to it. */
export function SessionsTable({ rows, order, stale, hrefOf }: Props) {
	const [, navigate] = useLocation();
	const { zone } = useViewState();
	const { scheme } = useChartTheme();
	const top = Math.max(...rows.map((row) => row.cost_usd ?? 0), 0);
	const by = order.replace(/^-/, "");
	const isDown = order.startsWith("-");
	return (
		<table className={classes.table} data-stale={stale || undefined}>
			<caption className="out-of-sight">Sessions</caption>
			<thead>
				<tr>
					{columns.map(({ id, label, order: name, first, numeric }) => (
						<th
							key={id}
							scope="col"
							className={classes[id]}
							data-numeric={numeric || undefined}
							aria-sort={name === by ? (isDown ? "descending" : "ascending") : undefined}
						>
							{name === undefined ? (
								label
							) : (
								<Link
									href={hrefOf(name === by ? (isDown ? name : `-${name}`) : first === "down" ? `-${name}` : name)}
									title={`Order by ${label.toLowerCase()}`}
								>
									{label}
									{name === by && <span aria-hidden>{isDown ? " ↓" : " ↑"}</span>}
								</Link>
							)}
						</th>
					))}
				</tr>
			</thead>
			<tbody>
				{rows.map((row) => (
					// A larger target for the mouse; by keyboard there is the link.
					<tr key={row.session_id} onClick={() => navigate(sessionAddress(row.session_id))}>
						{columns.map(({ id, label, numeric, text, exact, isCritical }, at) => (
							<td
								key={id}
								className={classes[id]}
								data-numeric={numeric || undefined}
								data-bad={isCritical?.(row) || undefined}
								title={exact?.(row, zone)}
							>
								{at === 0 ? (
									<Link href={sessionAddress(row.session_id)} className={classes.open}>
										{text(row, zone)}
									</Link>
								) : (
									<span data-label={label.toLowerCase()}>{text(row, zone)}</span>
								)}
								{id === "cost" && (
									<i
										aria-hidden
										style={{
											width: `${top === 0 ? 0 : ((row.cost_usd ?? 0) / top) * 100}%`,
											background: seriesColor("money", scheme),
										}}
									/>
								)}
							</td>
						))}
					</tr>
				))}
			</tbody>
		</table>
	);
}
