import type { TimelinePrompt } from "@purser/api";
import { Link } from "wouter";
import { instant } from "../format/instant.ts";
import { pluralize } from "../format/labels.ts";
import { ProblemNote } from "../layout/problem-note.tsx";
import { recordAddress } from "../url/session-address.ts";
import { useViewState } from "../view/view-state.tsx";
import { Bar } from "./bar.tsx";
import { beginOf, endOf, isError, isRequest, isTool, itemSummary } from "./item-summary.ts";
import { timeAxis } from "./time-axis.ts";
import classes from "./timeline.module.css";
import { useSession } from "./use-sessions.ts";

/** Lists the items of a prompt, each on the prompt's own axis, and each leading to its record. */
export function ItemList({ id, prompt, label }: { id: string; prompt: TimelinePrompt; label: string }) {
	const { zone } = useViewState();
	const isWhole = prompt.items.length === prompt.events;
	const rest = useSession(id, prompt.key, !isWhole);
	const items = isWhole ? prompt.items : (rest.answer?.prompts[0]?.items ?? prompt.items);
	const axis = timeAxis(items.map((item) => ({ from: beginOf(item), to: endOf(item) })));
	const missing = prompt.events - items.length;
	return (
		<>
			<ol className={classes.items} aria-label={label}>
				{items.map((item, i) => {
					const { subject, facts, duration, cost, isCritical } = itemSummary(item);
					return (
						// biome-ignore lint/suspicious/noArrayIndexKey: items have no id, and never change their order.
						<li key={i}>
							<Link
								href={recordAddress(id, item)}
								className={classes.item}
								data-bad={isCritical || undefined}
								title={[item.event, subject, ...facts, duration, cost].filter(Boolean).join("\n")}
							>
								<span className={classes.time}>{instant(beginOf(item), "second", zone)}</span>
								<span className={classes.event}>{item.event}</span>
								<span className={classes.facts}>
									{subject && <b>{subject}</b>}
									<span className={classes.quiet}>{facts.join(" · ")}</span>
								</span>
								<span className={classes.track} aria-hidden>
									{isRequest(item) || isTool(item) || isError(item) ? (
										<Bar item={item} from={axis.at(beginOf(item))} to={axis.at(endOf(item))} />
									) : (
										<i className={classes.point} style={{ left: `${axis.at(beginOf(item)) * 100}%` }} />
									)}
								</span>
								<span className={classes.took}>{duration}</span>
								<span className={classes.cost}>{cost}</span>
							</Link>
						</li>
					);
				})}
			</ol>
			{rest.problem && <ProblemNote problem={rest.problem} onAgain={rest.refetch} />}
			{missing > 0 && !rest.problem && (
				<p className={classes.missing} role="status">
					{rest.answer
						? `${pluralize(missing, "event", "events")} more: the session's records have them all.`
						: "Loading the rest …"}
				</p>
			)}
		</>
	);
}
