import type { SessionAnswer, SessionRow } from "@purser/api";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useSearchParams } from "wouter";
import { asProblem, type Problem } from "../api/problem.ts";
import { askSession, askSessions, sessionsCsv } from "../api/sessions.ts";
import { useViewState } from "../view/view-state.tsx";

export const firstOrder = "-cost_usd";

export interface Sessions {
	rows: SessionRow[] | undefined;
	/** The number of all sessions, and their cost. */
	sessions: number;
	costUsd: number;
	stale: boolean;
	problem: Problem | undefined;
	order: string;
	csv: string;
	hasMore: boolean;
	isLoadingMore: boolean;
	loadMore: () => void;
	refetch: () => void;
}

/** The sessions of the view, page after page. */
export function useSessions(): Sessions {
	const { view, range } = useViewState();
	const [search] = useSearchParams();
	const order = search.get("order") ?? firstOrder;
	const question = { ...range, filters: view.filters, order };
	const query = useInfiniteQuery({
		// Presets move with now, which is no part of the key: a refreshed answer replaces the old one in place.
		queryKey: ["sessions", view.period, view.filters, order],
		queryFn: ({ pageParam, signal }) => askSessions(question, pageParam, signal),
		initialPageParam: "",
		getNextPageParam: (page) => page.meta.next_cursor ?? undefined,
		placeholderData: keepPreviousData,
		refetchInterval: "preset" in view.period ? 30_000 : false,
	});
	const first = query.data?.pages[0];
	return {
		rows: query.data?.pages.flatMap((page) => page.rows),
		sessions: first?.meta.sessions ?? 0,
		costUsd: first?.meta.cost_usd ?? 0,
		stale: query.isPlaceholderData,
		problem: query.failureReason && !query.data ? asProblem(query.failureReason) : undefined,
		order,
		csv: sessionsCsv(question),
		hasMore: query.hasNextPage,
		isLoadingMore: query.isFetchingNextPage,
		loadMore: () => void query.fetchNextPage(),
		refetch: () => void query.refetch(),
	};
}

/** One session, or all of one prompt of it. */
export function useSession(
	id: string,
	prompt?: string,
	enabled = true,
): { answer: SessionAnswer | undefined; problem: Problem | undefined; refetch: () => void } {
	const query = useQuery({
		queryKey: ["session", id, prompt],
		queryFn: ({ signal }) => askSession(id, prompt, signal),
		enabled,
		// Refetches while the session continues.
		refetchInterval: ({ state }) => {
			const last = Date.parse(state.data?.session?.last_time ?? "");
			return Date.now() - last < 600_000 ? 10_000 : false;
		},
	});
	return {
		answer: query.data,
		problem: query.failureReason && !query.data ? asProblem(query.failureReason) : undefined,
		refetch: () => void query.refetch(),
	};
}
