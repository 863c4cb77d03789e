import type { TimelinePrompt } from "@purser/api";
import { IconChevronRight } from "@tabler/icons-react";
import { memo } from "react";
import { duration } from "../format/duration.ts";
import { instant } from "../format/instant.ts";
import { pluralize } from "../format/labels.ts";
import { money } from "../format/money.ts";
import { compactNumber } from "../format/number.ts";
import { useViewState } from "../view/view-state.tsx";
import { Bar, placeOf } from "./bar.tsx";
import { ItemList } from "./item-list.tsx";
import { beginOf, endOf, isError, isRequest, isTool } from "./item-summary.ts";
import { promptName } from "./summary-text.ts";
import type { TimeAxis } from "./time-axis.ts";
import classes from "./timeline.module.css";

interface Props {
	id: string;
	prompt: TimelinePrompt;
	axis: TimeAxis;
	/** The share of the costliest prompt. */
	share: number;
	expanded: boolean;
	onFold: (key: string) => void;
}

/** A prompt: when, what, how long, what it cost, and its requests and tools on the session's axis. Unfolds into its items. */
export const PromptRow = memo(function PromptRow({ id, prompt, axis, share, expanded, onFold }: Props) {
	const { zone } = useViewState();
	const { number, cost_usd: cost } = prompt;
	const failed = prompt.tool_failures + prompt.api_errors + prompt.tool_rejects;
	const done = [
		prompt.api_requests > 0 && pluralize(prompt.api_requests, "request", "requests"),
		prompt.tool_calls > 0 && pluralize(prompt.tool_calls, "tool", "tools"),
		prompt.api_requests + prompt.tool_calls === 0 && pluralize(prompt.events, "event", "events"),
	].filter(Boolean);
	return (
		<li className={classes.prompt}>
			<button type="button" className={classes.row} aria-expanded={expanded} onClick={() => onFold(prompt.key)}>
				<IconChevronRight size={14} stroke={2} className={classes.chevron} aria-hidden />
				<span className={classes.number}>{number || ""}</span>
				<span className={classes.time}>{instant(prompt.start_time, "second", zone)}</span>
				<span className={classes.what} title={prompt.prompt || undefined}>
					<b>{number === 0 ? "Start-up" : prompt.command_name ? `/${prompt.command_name}` : `Prompt ${number}`}</b>
					{prompt.prompt !== "" ? (
						<q>{prompt.prompt}</q>
					) : (
						prompt.prompt_length > 0 && <span className={classes.quiet}>{compactNumber(prompt.prompt_length)} characters</span>
					)}
				</span>
				<span className={classes.done}>
					{done.join(", ")}
					{failed > 0 && <em>{pluralize(failed, "failure", "failures")}</em>}
				</span>
				<Track prompt={prompt} axis={axis} />
				<span className={classes.took}>{prompt.duration_ms > 0 ? duration(prompt.duration_ms) : ""}</span>
				<span className={classes.cost}>
					{cost > 0 ? money(cost) : ""}
					<i aria-hidden style={{ width: `${share * 100}%` }} />
				</span>
			</button>
			{expanded && <ItemList id={id} prompt={prompt} label={`What was done for ${promptName(prompt)}`} />}
		</li>
	);
});

/** Bars where something ran; requests above tools. */
function Track({ prompt, axis }: { prompt: TimelinePrompt; axis: TimeAxis }) {
	const [from, to] = [axis.at(Date.parse(prompt.start_time)), axis.at(Date.parse(prompt.end_time))];
	return (
		<span className={classes.track} aria-hidden>
			{axis.cuts.map(({ start, end }) => (
				<i key={start} className={classes.cut} style={{ left: `${start * 100}%`, width: `${(end - start) * 100}%` }} />
			))}
			<i className={classes.span} style={placeOf(from, to)} />
			{prompt.items.map((item, i) =>
				isRequest(item) || isTool(item) || isError(item) ? (
					// biome-ignore lint/suspicious/noArrayIndexKey: items have no id, and never change their order.
					<Bar key={i} item={item} from={axis.at(beginOf(item))} to={axis.at(endOf(item))} />
				) : null,
			)}
		</span>
	);
}
