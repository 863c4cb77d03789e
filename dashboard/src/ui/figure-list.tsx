import { Tooltip } from "@mantine/core";
import classes from "./figure-list.module.css";

/** A number with its name. */
export interface Figure {
	label: string;
	value: string;
	secondary?: string | undefined;
	/** Its exact value, shown on hover and focus. */
	exact?: string;
	/** The part of the page with the details. */
	href?: string;
	isCritical?: boolean;
}

/** A row of figures. `columns` is their number next to each other on a wide screen. */
export const FigureList = ({ label, columns, figures }: { label?: string; columns: number; figures: readonly Figure[] }) => (
	<ul className={classes.figures} style={{ "--columns": columns }} aria-label={label}>
		{figures.map((figure) => (
			<li key={figure.label}>
				<FigureFrame figure={figure}>
					<span className={classes.label}>{figure.label}</span>
					<span className={classes.value} data-bad={figure.isCritical || undefined}>
						{figure.value}
					</span>
					<span className={classes.secondary}>{figure.secondary ?? "\u00a0"}</span>
				</FigureFrame>
			</li>
		))}
	</ul>
);

function FigureFrame({ figure: { href, exact }, children }: { figure: Figure; children: React.ReactNode }) {
	if (href !== undefined) {
		return (
			<a className={classes.figure} href={href}>
				{children}
			</a>
		);
	}
	return (
		<Tooltip multiline maw={300} label={exact} disabled={exact === undefined}>
			<div className={classes.figure} tabIndex={exact === undefined ? undefined : 0}>
				{children}
			</div>
		</Tooltip>
	);
}
