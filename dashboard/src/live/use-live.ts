import type { EventRow } from "@purser/api";
import { useCallback, useEffect, useRef, useState } from "react";
import { askEvents, type EventQuestion } from "../api/events.ts";
import { asProblem, type Problem } from "../api/problem.ts";
import { useArrivals } from "../api/stream.ts";
import { appendOlder, keyOf, mergeNewest } from "./merge.ts";

const pageSize = 100;
/** The number of events that a browser lays out without effort. */
const most = 2000;

interface State {
	/** Events on the page, newest first. */
	shown: EventRow[];
	/** Events that the page would show if it were not paused. */
	latest: EventRow[];
	cursor: string | null;
	loading: boolean;
	loadingOlder: boolean;
	problem: Problem | undefined;
}

const blank: State = { shown: [], latest: [], cursor: null, loading: true, loadingOlder: false, problem: undefined };

export interface Live extends State {
	waiting: number;
	loadOlder: () => void;
	refetch: () => void;
}

/** Events that answer a question, kept current by the stream unless paused or the period is over. */
export function useLive(question: EventQuestion, paused: boolean): Live {
	const [state, setState] = useState(blank);
	const key = JSON.stringify(question);
	const current = useRef(key);
	const isPaused = useRef(paused);
	isPaused.current = paused;
	const closed = question.to !== "" && question.to !== "now";

	const refresh = useCallback(async () => {
		try {
			const page = await askEvents(JSON.parse(key) as EventQuestion, pageSize);
			if (current.current !== key) return;
			setState((state) => {
				const { rows, meets } = mergeNewest(state.latest, page.rows);
				const latest = rows.slice(0, most);
				return {
					...state,
					latest,
					shown: isPaused.current && !state.loading ? state.shown : latest,
					// The page's own end is the list's end as long as nothing older was loaded below it.
					cursor: !meets || state.latest.length <= page.rows.length ? page.meta.next_cursor : state.cursor,
					loading: false,
					problem: undefined,
				};
			});
		} catch (error) {
			if (current.current === key) setState((state) => ({ ...state, loading: false, problem: asProblem(error) }));
		}
	}, [key]);

	useEffect(() => {
		current.current = key;
		// What was shown stays until the answer comes, a little paler.
		setState((state) => ({ ...blank, shown: state.shown }));
		void refresh();
	}, [key, refresh]);

	useEffect(() => {
		if (!paused) setState((state) => ({ ...state, shown: state.loading ? state.shown : state.latest }));
	}, [paused]);

	useArrivals(
		useCallback(() => {
			if (!closed) void refresh();
		}, [closed, refresh]),
		1000,
	);

	const loadOlder = async () => {
		setState((state) => ({ ...state, loadingOlder: true }));
		try {
			const page = await askEvents(question, pageSize, state.cursor);
			if (current.current !== key) return;
			setState((state) => ({
				...state,
				latest: appendOlder(state.latest, page.rows),
				shown: appendOlder(state.shown, page.rows),
				cursor: page.meta.next_cursor,
				loadingOlder: false,
			}));
		} catch (error) {
			setState((state) => ({ ...state, loadingOlder: false, problem: asProblem(error) }));
		}
	};

	return {
		...state,
		waiting: paused ? countMissing(state) : 0,
		loadOlder: () => void loadOlder(),
		refetch: () => void refresh(),
	};
}

function countMissing({ shown, latest }: State): number {
	if (shown === latest) return 0;
	const known = new Set(shown.map(keyOf));
	return latest.filter((row) => !known.has(keyOf(row))).length;
}
