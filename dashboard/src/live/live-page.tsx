import { Button } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { flushSync } from "react-dom";
import { useLocation, useSearchParams } from "wouter";
import type { EventQuestion } from "../api/events.ts";
import { pluralize } from "../format/labels.ts";
import { Header } from "../layout/header.tsx";
import { ProblemNote } from "../layout/problem-note.tsx";
import { Headline } from "../ui/headline.tsx";
import { ListSkeleton } from "../ui/skeleton.tsx";
import { liveAddress, questionOf } from "../url/live-address.ts";
import { EventDrawer } from "./event-drawer.tsx";
import { EventList } from "./event-list.tsx";
import classes from "./live.module.css";
import { LiveEmpty } from "./live-empty.tsx";
import { LiveFilters } from "./live-filters.tsx";
import { keyOf } from "./merge.ts";
import { useLive } from "./use-live.ts";

/** Events as they come, newest first. */
export function LivePage() {
	const [search] = useSearchParams();
	const [, navigate] = useLocation();
	const question = questionOf(search);
	const [paused, setPaused] = useState(false);
	const live = useLive(question, paused);
	const [selected, setSelected] = useState<string | undefined>();
	const [opened, setOpened] = useState(false);
	const words = useRef<HTMLInputElement>(null);
	const closed = question.to !== "" && question.to !== "now";

	const change = (patch: Partial<EventQuestion>) => navigate(liveAddress({ ...question, ...patch }), { replace: true });
	const index = live.shown.findIndex((row) => keyOf(row) === selected);
	const row = live.shown[index];
	const move = (step: number) => {
		const next = live.shown[index === -1 ? 0 : Math.min(Math.max(index + step, 0), live.shown.length - 1)];
		if (!next) return;
		// At once: an Enter that follows on its heels must open the row that is selected, not the one before.
		flushSync(() => setSelected(keyOf(next)));
		document.querySelector<HTMLElement>(`.${classes.row}[data-selected]`)?.focus({ preventScroll: false });
	};
	useHotkeys(
		[
			["j", () => move(1)],
			["k", () => move(-1)],
			["/", () => words.current?.focus()],
			["p", () => setPaused(!paused)],
		],
		["INPUT", "TEXTAREA", "SELECT"],
	);

	return (
		<>
			<Header title="Live">
				<LiveFilters question={question} onChange={change} wordsRef={words} />
			</Header>
			<Headline
				isAnnounced
				aside={
					!closed && (
						<Button
							variant={paused ? "filled" : "default"}
							size="compact-sm"
							leftSection={paused ? <IconPlayerPlay size={14} aria-hidden /> : <IconPlayerPause size={14} aria-hidden />}
							onClick={() => setPaused(!paused)}
						>
							{paused ? `Resume${live.waiting > 0 ? `, ${live.waiting} waiting` : ""}` : "Pause"}
						</Button>
					)
				}
			>
				{(!live.loading || live.shown.length > 0) &&
					`${pluralize(live.shown.length, "event", "events")} shown${live.cursor ? ", more below" : ""}${closed ? "; a period in the past, nothing is added" : paused ? "; paused" : ""}.`}
			</Headline>
			{live.problem && <ProblemNote problem={live.problem} onAgain={live.refetch} />}
			{live.shown.length === 0 ? (
				live.loading ? (
					<ListSkeleton />
				) : (
					!live.problem && (
						<LiveEmpty question={question} onClear={() => navigate("/live")} onFurther={() => change({ from: "-365d" })} />
					)
				)
			) : (
				<EventList
					rows={live.shown}
					stale={live.loading}
					selected={selected}
					onOpen={(row) => {
						setSelected(keyOf(row));
						setOpened(true);
					}}
				/>
			)}
			{live.shown.length > 0 && (
				<div className={classes.end}>
					{live.cursor ? (
						<Button variant="default" size="compact-sm" loading={live.loadingOlder} onClick={live.loadOlder}>
							Load older
						</Button>
					) : (
						<span>No older events{question.from === "" ? " in the last 30 days" : " in this period"}.</span>
					)}
					<span className={classes.keys}>
						<kbd>j</kbd> <kbd>k</kbd> next, previous · <kbd>Enter</kbd> open · <kbd>/</kbd> words · <kbd>p</kbd> pause
					</span>
				</div>
			)}
			<EventDrawer row={opened ? row : undefined} onClose={() => setOpened(false)} onMove={move} />
		</>
	);
}
