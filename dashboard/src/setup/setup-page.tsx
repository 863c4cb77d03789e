import { Button } from "@mantine/core";
import { useState } from "react";
import { useLocation } from "wouter";
import { type Arrivals, isEmpty, useArrived } from "../api/arrivals.ts";
import { asProblem } from "../api/problem.ts";
import { useStatus } from "../api/status.ts";
import { ago } from "../format/duration.ts";
import { pluralize } from "../format/labels.ts";
import { Header } from "../layout/header.tsx";
import { ProblemNote } from "../layout/problem-note.tsx";
import { Headline } from "../ui/headline.tsx";
import { ArrivalChecks } from "./arrival-checks.tsx";
import { Probe } from "./probe.tsx";
import { Reasons } from "./reason-list.tsx";
import { Refusals } from "./rejected-requests.tsx";
import classes from "./setup.module.css";
import { Snippet } from "./snippet-box.tsx";

/** The page without anything that waits for the first record. */
export const ConnectPage = () => <SetupPage />;

/** Explains how to connect, and shows if it worked. Also shown as the overview while there are no records. */
export function SetupPage({ onDone }: { onDone?: () => void }) {
	const status = useStatus(2000);
	const arrived = useArrived(2000);
	const [, navigate] = useLocation();
	// Success is news only to a user who saw the page before it.
	const [wasEmpty, setWasEmpty] = useState<boolean | undefined>();
	if (wasEmpty === undefined && arrived) setWasEmpty(isEmpty(arrived));
	const works = arrived !== undefined && !isEmpty(arrived);
	return (
		<>
			<Header title="Connect" />
			{status.error && !status.data && <ProblemNote problem={asProblem(status.error)} onAgain={() => void status.refetch()} />}
			<Headline
				isAnnounced
				isGood={works && wasEmpty === true}
				aside={
					works && (
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
					)
				}
			>
				{arrived && leadOf(arrived, status.data?.last_event_at, wasEmpty === true)}
			</Headline>
			<div className={classes.columns}>
				<div>
					<Snippet status={status.data} />
				</div>
				<aside className={classes.side} aria-label="Live checks">
					<ArrivalChecks status={status.data} arrived={arrived} />
					<Probe />
					<Refusals status={status.data} />
				</aside>
			</div>
			<Reasons status={status.data} works={works} />
		</>
	);
}

function leadOf(arrived: Arrivals, lastEventAt: string | null | undefined, isNews: boolean): string {
	if (isEmpty(arrived)) return "Nothing has arrived yet. Paste this where you start Claude Code.";
	if (isNews) return "It works: telemetry arrives and is kept. What it says is on the overview.";
	const last = lastEventAt ? `, the last one ${ago(Date.now() - Date.parse(lastEventAt))}` : "";
	return `${pluralize(arrived.events, "event has", "events have")} arrived${last}. To connect another machine, paste this where it starts Claude Code.`;
}
