import { Tooltip } from "@mantine/core";
import type { UsageRow } from "@purser/api";
import { Link } from "wouter";
import { useMeasures } from "../api/catalog.ts";
import { seriesColor } from "../charts/palette.ts";
import { Sparkline } from "../charts/sparkline.tsx";
import { useChartTheme } from "../charts/use-chart-theme.ts";
import { change } from "../format/change.ts";
import { dimensionLabel } from "../format/labels.ts";
import { exactValue, shortValue } from "../format/value.ts";
import { liveAddress, livePeriod } from "../url/live-address.ts";
import { useViewState } from "../view/view-state.tsx";
import { Explain } from "./explain.tsx";
import classes from "./figure-strip.module.css";
import type { Figure } from "./figures.ts";

interface Props {
	figure: Figure;
	loading: boolean;
	row: UsageRow | undefined;
	before: UsageRow | undefined;
	values: (number | null)[];
	openEnd: boolean;
	/** The filtered dimension that the measure does not have. */
	unsupported: string | undefined;
}

export function FigureCell({ figure, loading, row, before, values, openEnd, unsupported }: Props) {
	const { scheme } = useChartTheme();
	const named = useMeasures();
	const reading = useViewState();
	const value = row ? figure.value(row) : null;
	// No row at all, or no value in it, of a count: nothing happened.
	const shown = value ?? (row ? 0 : null);
	const was = before ? (figure.value(before) ?? 0) : null;
	const changed = before ? change(figure.unit, shown, was, figure.more) : undefined;
	const exact = row
		? figure.measures.map((measure) => ({
				label: named(measure).label,
				value: exactValue(named(measure).unit, (row[measure] as number | null) ?? null),
			}))
		: [];
	if (before) exact.push({ label: "before", value: exactValue(figure.unit, was) });
	const href = "event" in figure.leads ? liveAddress({ event: figure.leads.event, ...livePeriod(reading) }) : undefined;
	const content = (
		<>
			<div className={classes.label}>
				<figure.icon size={14} stroke={1.7} color={seriesColor(figure.hue, scheme)} aria-hidden />
				{figure.label}
			</div>
			{unsupported !== undefined ? (
				<div className={classes.why}>not available by {dimensionLabel(unsupported)}</div>
			) : loading ? (
				<>
					<div className={classes.number}>
						<div className={classes.waiting} />
					</div>
					<div className={classes.secondary} />
					<Sparkline values={[]} colour="none" openEnd={false} />
				</>
			) : (
				<>
					<div className={classes.number}>
						<span className={classes.value}>{shortValue(figure.unit, shown)}</span>
						{changed && (
							<span className={classes.change} data-tone={changed.tone}>
								{changed.text}
							</span>
						)}
					</div>
					<div className={classes.secondary}>{row && shown ? figure.secondary(row) : ""}</div>
					<Sparkline values={values} colour={seriesColor(figure.hue, scheme)} openEnd={openEnd} />
				</>
			)}
		</>
	);
	const hint = figure.needs?.variable && !shown ? `Needs ${figure.needs.variable} on clients.` : undefined;
	return (
		<li className={classes.cell}>
			<Tooltip multiline w={330} label={<Explain measures={figure.measures} exact={exact} hint={hint} />}>
				{href !== undefined ? (
					<Link href={href} className={classes.link}>
						{content}
					</Link>
				) : (
					<a href={"panel" in figure.leads ? `#${figure.leads.panel}` : undefined} className={classes.link}>
						{content}
					</a>
				)}
			</Tooltip>
		</li>
	);
}
