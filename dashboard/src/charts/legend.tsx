import { shortValue, type Unit } from "../format/value.ts";
import classes from "./legend.module.css";
import type { Series } from "./series.ts";

interface Props {
	series: readonly Series[];
	colours: ReadonlyMap<string, string>;
	unit: Unit;
	/** The label of a click, and its effect. */
	verb?: string;
	onPick?: (series: Series) => void;
}

/** Names with their colour and their total: says more than a legend, and is a way to narrow down. */
export function Legend({ series, colours, unit, verb, onPick }: Props) {
	return (
		<ul className={classes.legend}>
			{series.map((one) => {
				const content = (
					<>
						<i style={{ background: colours.get(one.name) }} aria-hidden />
						<span className={classes.name}>{one.label}</span>
						<b>{shortValue(unit, one.total)}</b>
					</>
				);
				return (
					<li key={one.name}>
						{onPick ? (
							<button type="button" className={classes.item} title={`${verb}: ${one.label}`} onClick={() => onPick(one)}>
								{content}
							</button>
						) : (
							<span className={classes.item}>{content}</span>
						)}
					</li>
				);
			})}
		</ul>
	);
}
