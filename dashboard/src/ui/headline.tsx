import type { ReactNode } from "react";
import classes from "./headline.module.css";

interface Props {
	/** A sentence with the news of the page. Without it its place is kept, so that nothing jumps. */
	children: ReactNode;
	/** Buttons that belong to all that the sentence is about. */
	aside?: ReactNode;
	/** The sentence is read out when it changes: for pages on which a reader waits for it. */
	isAnnounced?: boolean;
	isGood?: boolean;
}

/** The sentence at the top of a page. */
export const Headline = ({ children, aside, isAnnounced, isGood }: Props) => (
	<div className={classes.headline}>
		<p
			className={classes.sentence}
			role={isAnnounced ? "status" : undefined}
			data-testid={children ? "headline" : undefined}
			data-good={isGood || undefined}
		>
			{children || "\u00a0"}
		</p>
		{aside}
	</div>
);
