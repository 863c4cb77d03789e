import { type EventQuestion, eventFilters } from "../api/events.ts";
import type { ViewState } from "../view/view-state.tsx";
import { addressOf } from "./view.ts";

const anyEvent: EventQuestion = { event: "", person: "", tool: "", session: "", prompt: "", q: "", from: "", to: "" };

/** The address of the live page showing certain events. */
export function liveAddress(wanted: Partial<EventQuestion>): string {
	const search = new URLSearchParams();
	for (const name of [...eventFilters, "from", "to"] as const) {
		const value = wanted[name]?.trim();
		if (value) search.set(name, value);
	}
	return addressOf("/live", search);
}

/** And back: what an address asks for. */
export function questionOf(search: URLSearchParams): EventQuestion {
	const question = { ...anyEvent };
	for (const name of [...eventFilters, "from", "to"] as const) question[name] = search.get(name) ?? "";
	return question;
}

/** Returns the view's period for the live page. A period up to now stays open there, so that later events are shown too. */
export function livePeriod({ view, range }: Pick<ViewState, "view" | "range">): Pick<EventQuestion, "from" | "to"> {
	return { from: new Date(range.from).toISOString(), to: "preset" in view.period ? "" : new Date(range.to).toISOString() };
}
