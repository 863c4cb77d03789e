import { Button } from "@mantine/core";
import { useState } from "react";
import { useLocation } from "wouter";
import { asProblem } from "../api/problem.ts";
import { arrivals, nothingEver, type Status, useStatus } from "../api/status.ts";
import { ago } from "../format/duration.ts";
import { exactNumber } from "../format/number.ts";
import { Header } from "../frame/header.tsx";
import { ProblemNote } from "../frame/problem-note.tsx";
import { ArrivalChecks } from "./arrival-checks.tsx";
import { Probe } from "./probe.tsx";
import { Reasons } from "./reason-list.tsx";
import { Refusals } from "./refusals.tsx";
import classes from "./setup.module.css";
import { Snippet } from "./snippet-box.tsx";

/** How to connect, and whether it worked. Also what the overview is while there is nothing to look at. */
export function SetupPage({ onDone }: { onDone?: () => void }) {
	const status = useStatus(2000);
	const [, navigate] = useLocation();
	// Whether it worked is news only to whoever saw that it had not.
	const [wasEmpty, setWasEmpty] = useState<boolean | undefined>();
	if (wasEmpty === undefined && status.data) setWasEmpty(nothingEver(status.data));
	const works = status.data !== undefined && !nothingEver(status.data);
	return (
		<>
			<Header title="Connect" />
			{status.error && !status.data && <ProblemNote problem={asProblem(status.error)} onAgain={() => void status.refetch()} />}
			<div className={classes.lead} role="status">
				<p className={classes.sentence} data-good={(works && wasEmpty) || undefined}>
					{status.data ? leadOf(status.data, works, wasEmpty === true) : "\u00a0"}
				</p>
				{works && (
					<Button
						size="sm"
						variant={wasEmpty ? "filled" : "default"}
						onClick={() => {
							onDone?.();
							navigate("/");
						}}
					>
						Go to the overview
					</Button>
				)}
			</div>
			<div className={classes.columns}>
				<div>
					<Snippet status={status.data} />
				</div>
				<aside className={classes.side} aria-label="Live checks">
					<ArrivalChecks status={status.data} />
					<Probe />
					<Refusals status={status.data} />
				</aside>
			</div>
			<Reasons status={status.data} works={works} />
		</>
	);
}

function leadOf(status: Status, works: boolean, isNews: boolean): string {
	if (!works) return "Nothing has arrived yet. Paste this where you start Claude Code.";
	if (isNews) return "It works: telemetry arrives and is kept. Everything else is on the overview.";
	const { events } = arrivals(status);
	const last = status.last_event_at ? `, the last one ${ago(Date.now() - Date.parse(status.last_event_at))}` : "";
	return `${exactNumber(events)} events have arrived${last}. To connect another machine, paste this where it starts Claude Code.`;
}
