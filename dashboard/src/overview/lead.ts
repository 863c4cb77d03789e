import { liveAddress } from "../live/live-address.ts";
import type { Reading } from "../reading/reading.tsx";
import { withFilter } from "../url/filter.ts";
import type { Leads } from "./panels.ts";

/** Where one value of a dimension leads to. */
export function leadFor(leads: Leads, dimension: string, value: string, { href, view, range }: Reading): string {
	if (leads === "narrow") return href({ filters: withFilter(view.filters, { dimension, value, excluded: false }) });
	return liveAddress({
		event: leads.event,
		// Events are found by tool as such, by anything else as a word in them.
		...(dimension === "tool" ? { tool: value } : { q: value }),
		from: new Date(range.from).toISOString(),
		to: new Date(range.to).toISOString(),
	});
}
