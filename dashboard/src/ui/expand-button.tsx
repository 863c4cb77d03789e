import { exactNumber } from "../format/number.ts";
import classes from "./expand-button.module.css";

interface Props {
	expanded: boolean;
	onChange: (expanded: boolean) => void;
	/** The number of entries that are not shown. */
	hidden: number;
}

/** Shows the rest of a list, and hides it again. Nothing where the list is short. */
export const ExpandButton = ({ expanded, onChange, hidden }: Props) =>
	hidden > 0 && (
		<button type="button" className={classes.button} onClick={() => onChange(!expanded)} aria-expanded={expanded}>
			{expanded ? "Fewer" : `${exactNumber(hidden)} more`}
		</button>
	);
