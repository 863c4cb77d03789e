import { withFilter } from "../url/filter.ts";
import { liveAddress, livePeriod } from "../url/live-address.ts";
import type { ViewState } from "../view/view-state.tsx";
import type { Leads } from "./panels.ts";

/** Returns the link of one value of a dimension. */
export function drillDownFor(leads: Leads, dimension: string, value: string, reading: ViewState): string {
	const { href, view } = reading;
	if (leads === "narrow") return href({ filters: withFilter(view.filters, { dimension, value, excluded: false }) });
	// Events are found by tool as such, by anything else as a word in them.
	const found = dimension === "tool" ? { tool: value } : { q: value };
	return liveAddress({ event: leads.event, ...found, ...livePeriod(reading) });
}
