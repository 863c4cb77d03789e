import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import { useLocation, useSearchParams } from "wouter";
import { batchMsSpent } from "../api/batch.ts";
import { useArrivals } from "../api/stream.ts";
import type { Page } from "../layout/page.ts";
import { type Grain, grainFor, grainsFor } from "../url/grain.ts";
import { previousOf, type Range, rangeOf } from "../url/period.ts";
import { addressOf, parseView, type View, writeView } from "../url/view.ts";
import { readerZone } from "../url/zone.ts";

/** The current view, with the instants that follow from it. */
export interface ViewState {
	view: View;
	now: number;
	zone: string;
	range: Range;
	/** Undefined when the reader does not want to compare. */
	previous: Range | undefined;
	grain: Grain;
	change(patch: Partial<View>): void;
	/** The address of this page with something changed, or of another; of the overview from where no view is shown. */
	href(patch: Partial<View>, to?: string): string;
	pages: readonly Page[];
}

/** The period ends at a whole minute: everybody who looks at it in that minute is given one answer. */
const minuteMs = 60_000;
/** The comparison ends at a whole five minutes: the server has its answer from before, until then. */
const comparedMs = 300_000;

const Context = createContext<ViewState | undefined>(undefined);
const zone = readerZone();

/** `pages` are those that addresses lead to. */
export function ViewProvider({ pages, children }: { pages: readonly Page[]; children: ReactNode }) {
	const now = useNow();
	const [search] = useSearchParams();
	const [location, navigate] = useLocation();
	const read = pages.find(({ paths, view }) => view !== undefined && paths.includes(location))?.paths[0];
	// Other pages have their own words in the address: they keep what was looked at last.
	const [kept, setKept] = useState("");
	const query = read === undefined ? kept : search.toString();
	useEffect(() => setKept(query), [query]);
	const path = read ?? "/";

	const reading = useMemo((): ViewState => {
		const view = parseView(new URLSearchParams(query));
		const range = rangeOf(view.period, Math.ceil(now / minuteMs) * minuteMs, zone);
		const wanted = view.grain !== undefined && grainsFor(range.from, range.to).includes(view.grain) ? view.grain : undefined;
		const href = (patch: Partial<View>, to = path) => {
			const page = pages.find(({ paths }) => paths.includes(to));
			if (!page?.view) return to;
			const search = writeView({ ...view, ...patch });
			for (const name of page.view.parameters) {
				const value = new URLSearchParams(query).get(name);
				if (value !== null) search.set(name, value);
			}
			return addressOf(to, search);
		};
		return {
			view,
			now,
			zone,
			range,
			previous: view.compare
				? previousOf(rangeOf(view.period, Math.floor(now / comparedMs) * comparedMs, zone), zone)
				: undefined,
			grain: wanted ?? grainFor(range.from, range.to),
			change: (patch) => navigate(href(patch)),
			href,
			pages,
		};
	}, [query, path, now, navigate, pages]);

	return <Context.Provider value={reading}>{children}</Context.Provider>;
}

/** After a refresh the page rests for this many times as long as the refresh took. */
const restFactor = 15;
/** Without arrivals, only what slides out of the period changes. */
const quietMs = 120_000;

/** The instant that everything on the page is about. It moves with arrivals, and every two minutes without. */
function useNow(): number {
	const queries = useQueryClient();
	const [now, setNow] = useState(() => Date.now());
	const waiting = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
	const refreshed = useRef({ atMs: now, spentMs: 0 });
	const tick = useCallback(() => {
		clearTimeout(waiting.current);
		// A page that took long to answer is refreshed less often, so that an open page never keeps the server busy.
		const dueMs = refreshed.current.atMs + restFactor * (batchMsSpent() - refreshed.current.spentMs);
		const isBusy = queries.isFetching({ queryKey: ["usage"] }) > 0;
		if (isBusy || Date.now() < dueMs) {
			waiting.current = setTimeout(tick, Math.max(isBusy ? 1000 : 0, dueMs - Date.now()));
			return;
		}
		refreshed.current = { atMs: Date.now(), spentMs: batchMsSpent() };
		setNow(Date.now());
	}, [queries]);
	useArrivals(tick, 2000);
	useEffect(() => {
		const timer = setInterval(tick, quietMs);
		return () => {
			clearInterval(timer);
			clearTimeout(waiting.current);
		};
	}, [tick]);
	// After the render, when the questions know the new now.
	// biome-ignore lint/correctness/useExhaustiveDependencies: `now` is the occasion.
	useEffect(() => {
		void queries.invalidateQueries({ queryKey: ["usage"] });
		void queries.invalidateQueries({ queryKey: ["status"] });
	}, [now, queries]);
	return now;
}

export function useViewState(): ViewState {
	const reading = useContext(Context);
	if (!reading) throw new Error("cannot read the view: no ViewProvider above");
	return reading;
}
