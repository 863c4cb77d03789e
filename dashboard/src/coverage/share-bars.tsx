import { Link } from "wouter";
import { exactNumber } from "../format/number.ts";
import classes from "./coverage.module.css";

export interface Share {
	label: string;
	count: number;
	title: string;
	href?: string;
}

/** Counts as bars, each of the same whole. */
export function ShareBars({
	shares,
	of,
	colour,
	heading,
}: {
	shares: readonly Share[];
	of: number;
	colour: string;
	heading?: string;
}) {
	return (
		<>
			{heading !== undefined && <h3>{heading}</h3>}
			<ul>
				{shares.map(({ label, count, title, href }) => {
					const content = (
						<>
							<span className={classes.name}>
								<span className={classes.named}>{label}</span>
								<i style={{ width: `${of === 0 ? 0 : (count / of) * 100}%`, background: colour }} />
							</span>
							<span>{exactNumber(count)}</span>
						</>
					);
					return (
						<li key={label}>
							{href === undefined ? (
								<span className={classes.bar} title={title}>
									{content}
								</span>
							) : (
								<Link href={href} className={classes.bar} title={title}>
									{content}
								</Link>
							)}
						</li>
					);
				})}
			</ul>
		</>
	);
}
