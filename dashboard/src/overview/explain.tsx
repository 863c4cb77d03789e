import { useMeasures } from "../api/catalog.ts";
import { instant } from "../format/instant.ts";
import { dimensionLabel, filterWords } from "../format/labels.ts";
import { previousLabel } from "../url/period.ts";
import { useViewState } from "../view/view-state.tsx";
import classes from "./explain.module.css";

interface Props {
	measures: readonly string[];
	by?: string | undefined;
	/** Exact values, first. */
	exact?: readonly { label: string; value: string }[];
	hint?: string | undefined;
}

/** Exactly what a number is: what is counted, for when, of whom, from where. */
export function Explain({ measures, by, exact, hint }: Props) {
	const { view, range, previous, zone } = useViewState();
	const named = useMeasures();
	return (
		<div className={classes.explain}>
			{exact && exact.length > 0 && (
				<dl className={classes.exact}>
					{exact.map(({ label, value }) => (
						<div key={label}>
							<dt>{label}</dt>
							<dd>{value}</dd>
						</div>
					))}
				</dl>
			)}
			{measures.map((measure) => {
				const { label, brief } = named(measure);
				return (
					<p key={measure}>
						<b>{label}</b> {brief ? `${brief} ` : ""}
						<code>{measure}</code>
					</p>
				);
			})}
			{by && <p>Split by {dimensionLabel(by)}.</p>}
			<p>
				{instant(range.from, "dayMinute", zone)} to {instant(range.to, "dayMinute", zone)}, {zone}.
				{view.filters.length > 0 && ` Only ${filterWords(view.filters)}.`}
				{previous && ` Compared with ${previousLabel(range, zone)}.`}
			</p>
			{hint && <p>{hint}</p>}
		</div>
	);
}
