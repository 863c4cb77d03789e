import { Button } from "@mantine/core";
import { Link } from "wouter";
import { useStatus } from "../api/status.ts";
import { ago } from "../format/duration.ts";
import { dimensionLabel } from "../format/labels.ts";
import { emptyReason, type Needs } from "../view/empty-state.ts";
import { useViewState } from "../view/view-state.tsx";
import classes from "./note.module.css";

interface Props {
	/** The name of the missing records, as in "No API errors". */
	what: string;
	needs?: Needs | undefined;
	unsupported?: string | undefined;
}

/** Never empty without a reason, and never a reason without something to do. */
export function EmptyState({ what, needs, unsupported }: Props) {
	const { view, now, range, change } = useViewState();
	const status = useStatus();
	const last = status.data?.last_event_at;
	switch (emptyReason({ status: status.data, filtered: view.filters.length > 0, unsupported, needs })) {
		case "nothing-ever":
			return (
				<div className={classes.note}>
					<span>Nothing has arrived yet.</span>
					<Link href="/setup">Connect Claude Code</Link>
				</div>
			);
		case "unsupported":
			return (
				<div className={classes.note}>
					<span>
						{what} cannot be filtered by {dimensionLabel(unsupported ?? "")}.
					</span>
					<Action
						onClick={() => change({ filters: view.filters.filter(({ dimension }) => dimension !== unsupported) })}
						word={`Drop the ${dimensionLabel(unsupported ?? "")} filter`}
					/>
				</div>
			);
		case "not-enabled":
			return (
				<div className={classes.note}>
					<span>
						{what}: not sent by any client{needs?.since ? ` (exists since ${needs.since})` : ""}.
					</span>
					{needs?.variable && (
						<span className={classes.quiet}>
							Set <code>{needs.variable}</code> and restart Claude Code.
						</span>
					)}
				</div>
			);
		case "filtered":
			return (
				<div className={classes.note}>
					<span>{what}: none with these filters.</span>
					<Action onClick={() => change({ filters: [] })} word="Clear the filters" />
				</div>
			);
		case "nothing-happened":
			return (
				<div className={classes.note}>
					<span>{what}: none in this period.</span>
					{last && <span className={classes.quiet}>The last event came {ago(now - Date.parse(last))}.</span>}
					{last && Date.parse(last) >= range.to && now - range.to > 60_000 && (
						<Action onClick={() => change({ period: { preset: "7d" }, grain: undefined })} word="Show the last 7 days" />
					)}
					{last && Date.parse(last) < range.from && (
						<Action
							onClick={() =>
								change({ period: { preset: Date.parse(last) > now - 29 * 86_400_000 ? "30d" : "90d" }, grain: undefined })
							}
							word="Look further back"
						/>
					)}
				</div>
			);
	}
}

const Action = ({ onClick, word }: { onClick: () => void; word: string }) => (
	<Button size="compact-xs" variant="default" onClick={onClick}>
		{word}
	</Button>
);
