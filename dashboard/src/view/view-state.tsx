import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import { useLocation, useSearchParams } from "wouter";
import { useArrivals } from "../api/stream.ts";
import { type Grain, grainFor, grainsFor } from "../url/grain.ts";
import { previousOf, type Range, rangeOf } from "../url/period.ts";
import { addressOf, parseView, type View, writeView } from "../url/view.ts";
import { readerZone } from "../url/zone.ts";

const viewPaths = ["/", "/sessions", "/coverage", "/reconciliation"] as const;
/** The pages that show what the address says is looked at. */
export type ViewPath = (typeof viewPaths)[number];
export const isViewPath = (path: string): path is ViewPath => viewPaths.some((known) => known === path);

/** What is being looked at, with the instants that follow from it. */
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
	href(patch: Partial<View>, to?: ViewPath): string;
}

const Context = createContext<ViewState | undefined>(undefined);
const zone = readerZone();

export function ViewProvider({ children }: { children: ReactNode }) {
	const now = useNow();
	const [search] = useSearchParams();
	const [location, navigate] = useLocation();
	const read = pathOf(location);
	// Other pages have their own words in the address: they keep what was looked at last.
	const [kept, setKept] = useState("");
	const query = read === undefined ? kept : search.toString();
	useEffect(() => setKept(query), [query]);
	const path = read ?? "/";

	const reading = useMemo((): ViewState => {
		const view = parseView(new URLSearchParams(query));
		const range = rangeOf(view.period, now, zone);
		const wanted = view.grain !== undefined && grainsFor(range.from, range.to).includes(view.grain) ? view.grain : undefined;
		const href = (patch: Partial<View>, to = path) => {
			const search = writeView({ ...view, ...patch });
			const order = new URLSearchParams(query).get("order");
			if (order !== null && to === "/sessions") search.set("order", order);
			const by = new URLSearchParams(query).get("by");
			if (by !== null && to === "/reconciliation") search.set("by", by);
			return addressOf(to, search);
		};
		return {
			view,
			now,
			zone,
			range,
			previous: view.compare ? previousOf(range, zone) : undefined,
			grain: wanted ?? grainFor(range.from, range.to),
			change: (patch) => navigate(href(patch)),
			href,
		};
	}, [query, path, now, navigate]);

	return <Context.Provider value={reading}>{children}</Context.Provider>;
}

const pathOf = (location: string): ViewPath | undefined =>
	location === "/overview" ? "/" : isViewPath(location) ? location : undefined;

/** Now, for everything on the page alike: moves on with each arrival, and every half minute in between. */
function useNow(): number {
	const queries = useQueryClient();
	const [now, setNow] = useState(() => Date.now());
	const waiting = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
	const tick = useCallback(() => {
		clearTimeout(waiting.current);
		// Questions under way are answered first: a busy server is not asked faster than it answers.
		if (queries.isFetching({ queryKey: ["usage"] }) === 0) setNow(Date.now());
		else waiting.current = setTimeout(tick, 1000);
	}, [queries]);
	useArrivals(tick, 2000);
	useEffect(() => {
		const timer = setInterval(tick, 30_000);
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
	if (!reading) throw new Error("cannot read the view: no ReadingProvider above");
	return reading;
}
