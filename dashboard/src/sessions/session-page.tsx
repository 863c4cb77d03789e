import { Button } from "@mantine/core";
import type { SessionAnswer } from "@purser/api";
import { useEffect, useMemo, useState } from "react";
import { Link } from "wouter";
import { seriesColor } from "../charts/palette.ts";
import { useChartTheme } from "../charts/use-chart-theme.ts";
import { shortId } from "../format/labels.ts";
import { Header } from "../layout/header.tsx";
import { ProblemNote } from "../layout/problem-note.tsx";
import { ListSkeleton } from "../ui/skeleton.tsx";
import { idOf } from "../url/session-address.ts";
import { useViewState } from "../view/view-state.tsx";
import classes from "./session.module.css";
import { SessionHead } from "./session-head.tsx";
import { Timeline } from "./timeline.tsx";
import { useSession } from "./use-sessions.ts";

/** One session: what it came to, and where time and money went. */
export function SessionPage({ params }: { params: Readonly<Record<string, string | undefined>> }) {
	const id = idOf(params["id"] ?? "");
	const { href } = useViewState();
	const { answer, problem, refetch } = useSession(id);
	return (
		<>
			<Header title={`Session ${shortId(id)}`}>
				<Link href={href({}, "/sessions")} className={classes.back}>
					← All sessions
				</Link>
			</Header>
			{problem ? (
				<ProblemNote problem={problem} {...(problem.status !== 404 && { onAgain: refetch })} />
			) : answer ? (
				<Content key={id} id={id} answer={answer} />
			) : (
				<ListSkeleton />
			)}
		</>
	);
}

function Content({ id, answer }: { id: string; answer: SessionAnswer }) {
	const { session, prompts, meta } = answer;
	const { scheme } = useChartTheme();
	const marks = { "--request": seriesColor("money", scheme), "--tool": seriesColor("tools", scheme) };
	const alone = prompts.filter(({ number }) => number > 0);
	const [expanded, setUnfolded] = useState<ReadonlySet<string>>(() => new Set(alone.length === 1 ? [alone[0]!.key] : []));
	const keys = useMemo(() => prompts.map(({ key }) => key), [prompts]);
	const isAll = keys.every((key) => expanded.has(key));
	// As many lines as a page can bear at once.
	const events = prompts.reduce((sum, prompt) => sum + prompt.events, 0);
	useEffect(() => {
		window.scrollTo(0, 0);
	}, []);
	return (
		<>
			{session ? <SessionHead session={session} prompts={prompts} spans={meta.spans} /> : null}
			{meta.notes.map((note) => (
				<p key={note} className={classes.note}>
					{note}
				</p>
			))}
			{prompts.length > 0 && (
				<section style={marks} aria-label="Timeline">
					<div className={classes.bar}>
						<h2 className={classes.heading}>Timeline</h2>
						<Legend />
						{events <= 2000 && (
							<Button variant="default" size="compact-xs" onClick={() => setUnfolded(new Set(isAll ? [] : keys))}>
								{isAll ? "Fold all" : "Unfold all"}
							</Button>
						)}
					</div>
					<Timeline
						id={id}
						prompts={prompts}
						expanded={expanded}
						onFold={(key) => {
							const next = new Set(expanded);
							if (!next.delete(key)) next.add(key);
							setUnfolded(next);
						}}
					/>
				</section>
			)}
		</>
	);
}

const Legend = () => (
	<ul className={classes.legend} aria-label="Marks">
		<li>
			<i data-kind="request" /> model at work
		</li>
		<li>
			<i data-kind="tool" /> tool at work
		</li>
		<li>
			<i data-kind="trouble" /> failed or refused
		</li>
		<li>
			<i data-kind="cut" /> pause, shortened
		</li>
	</ul>
);
