import { Button, Tooltip } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { dimensionLabel, valueLabel } from "../format/labels.ts";
import { type Filter, withFilter, withoutFilter, writeFilter } from "../url/filter.ts";
import { previousLabel, previousWords } from "../url/period.ts";
import { useViewState } from "../view/view-state.tsx";
import { AddFilter } from "./add-filter.tsx";
import classes from "./filter-bar.module.css";
import { PeriodMenu } from "./period-menu.tsx";

/** Shows period and comparison, and every filter as a chip. */
export function FilterBar({ compares = true }: { compares?: boolean }) {
	const { view, zone, range, change } = useViewState();
	return (
		<div className={classes.bar}>
			<PeriodMenu />
			{compares && (
				<Tooltip
					multiline
					maw={280}
					label={view.compare ? `Compared with ${previousLabel(range, zone)}` : "Compare with the period before"}
				>
					<Button
						variant="default"
						size="compact-sm"
						className={classes.button}
						data-off={!view.compare || undefined}
						onClick={() => change({ compare: !view.compare })}
					>
						{view.compare ? `vs. ${previousWords(range)}` : "not compared"}
					</Button>
				</Tooltip>
			)}
			{view.filters.map((filter) => (
				<Chip
					key={writeFilter(filter)}
					filter={filter}
					onTurn={() => change({ filters: withFilter(view.filters, { ...filter, excluded: !filter.excluded }) })}
					onRemove={() => change({ filters: withoutFilter(view.filters, filter) })}
				/>
			))}
			<AddFilter />
			<span className={classes.zone}>{zone}</span>
		</div>
	);
}

function Chip({ filter, onTurn, onRemove }: { filter: Filter; onTurn: () => void; onRemove: () => void }) {
	const { dimension, value, excluded } = filter;
	const label = valueLabel(dimension, value);
	return (
		<span className={classes.chip}>
			<button
				type="button"
				className={classes.turn}
				title={`${dimension}: ${value || "(empty)"}\nClick for ${excluded ? "only this" : "all but this"}`}
				onClick={onTurn}
			>
				{dimensionLabel(dimension)} <b>{excluded ? "is not " : ""}</b>
				<strong>{label}</strong>
			</button>
			<button
				type="button"
				className={classes.remove}
				aria-label={`Remove the filter ${dimensionLabel(dimension)} ${label}`}
				onClick={onRemove}
			>
				<IconX size={13} stroke={2} aria-hidden />
			</button>
		</span>
	);
}
