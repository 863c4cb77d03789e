import type { TimelinePrompt } from "@purser/api";
import { useMemo } from "react";
import { duration } from "../format/duration.ts";
import { instant } from "../format/instant.ts";
import { money } from "../format/money.ts";
import { useViewState } from "../view/view-state.tsx";
import { beginOf, endOf } from "./item-summary.ts";
import { PromptRow } from "./prompt-row.tsx";
import { spaced, timeAxis } from "./time-axis.ts";
import classes from "./timeline.module.css";

interface Props {
	id: string;
	prompts: readonly TimelinePrompt[];
	expanded: ReadonlySet<string>;
	onFold: (key: string) => void;
}

/** Prompts one below the other on one axis of time, with what ran for each. */
export function Timeline({ id, prompts, expanded, onFold }: Props) {
	const { zone } = useViewState();
	const axis = useMemo(
		() =>
			timeAxis(
				prompts.flatMap((prompt) =>
					// Of a long session not all items are here: then the prompt stands for them.
					prompt.items.length === prompt.events
						? prompt.items.map((item) => ({ from: beginOf(item), to: endOf(item) }))
						: [{ from: Date.parse(prompt.start_time), to: Date.parse(prompt.end_time) }],
				),
			),
		[prompts],
	);
	const running = useMemo(() => runningCost(prompts), [prompts]);
	const whole = running.at(-1)?.usd ?? 0;
	const top = Math.max(...prompts.map(({ cost_usd }) => cost_usd), 0);
	return (
		<div className={classes.timeline}>
			<div className={classes.axis} aria-hidden>
				<div className={classes.scale}>
					<svg viewBox="0 0 1 1" preserveAspectRatio="none" className={classes.running}>
						<title>Cost running up</title>
						{whole > 0 && <path d={stepsOf(running.map(({ instant, usd }) => [axis.at(instant), usd / whole]))} />}
					</svg>
					{axis.cuts.map(({ start, end, from, to }) => (
						<i
							key={from}
							className={classes.cut}
							style={{ left: `${start * 100}%`, width: `${(end - start) * 100}%` }}
							title={`${duration(to - from)} in which nothing ran`}
						/>
					))}
					{spaced(axis.marks, 0.14).map(({ instant: time, at }) => (
						<span key={time} style={{ left: `${at * 100}%` }}>
							{instant(time, "second", zone)}
						</span>
					))}
				</div>
				<span className={classes.whole}>{whole > 0 && `${money(whole)} in all`}</span>
			</div>
			<ol className={classes.prompts} aria-label="Prompts">
				{prompts.map((prompt) => (
					<PromptRow
						key={prompt.key}
						id={id}
						prompt={prompt}
						axis={axis}
						share={top === 0 ? 0 : prompt.cost_usd / top}
						expanded={expanded.has(prompt.key)}
						onFold={onFold}
					/>
				))}
			</ol>
		</div>
	);
}

/** Money over time: by request where all are known, else by prompt. */
function runningCost(prompts: readonly TimelinePrompt[]): { instant: number; usd: number }[] {
	const spent = prompts
		.flatMap((prompt) =>
			prompt.items.length === prompt.events
				? prompt.items.flatMap((item) => (item.cost_usd ? [{ instant: endOf(item), usd: item.cost_usd }] : []))
				: [{ instant: Date.parse(prompt.end_time), usd: prompt.cost_usd }],
		)
		.toSorted((a, b) => a.instant - b.instant);
	let usd = 0;
	return spent.map((each) => {
		usd += each.usd;
		return { instant: each.instant, usd };
	});
}

function stepsOf(points: readonly (readonly [number, number])[]): string {
	let path = "M0 1";
	let before = 0;
	for (const [x, y] of points) {
		path += `L${x.toFixed(4)} ${(1 - before).toFixed(4)}V${(1 - y).toFixed(4)}`;
		before = y;
	}
	return `${path}L1 ${(1 - before).toFixed(4)}V1Z`;
}
