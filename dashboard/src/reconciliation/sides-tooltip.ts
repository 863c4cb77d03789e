import type { ReconciliationRow } from "@purser/api";
import { exactValue } from "../format/value.ts";

/** Exact values of one day. Built from nodes, as every tooltip of a chart. */
export function sidesTooltip(
	title: string,
	row: ReconciliationRow | undefined,
	colours: { requests: string; counters: string; drift: string },
): HTMLElement {
	const box = document.createElement("div");
	box.className = "chart-tooltip";
	box.append(element("strong", title));
	if (!row) {
		box.append(element("span", "nothing"));
		return box;
	}
	const drift = row.cost_drift_percent === null ? "no requests" : exactValue("1", row.cost_drift_percent / 100);
	for (const [label, value, colour] of [
		["requests", exactValue("USD", row.requests_cost_usd), colours.requests],
		["counters", exactValue("USD", row.counters_cost_usd), colours.counters],
		["drift", drift, colours.drift],
	] as const) {
		const line = document.createElement("div");
		const mark = document.createElement("i");
		mark.style.background = colour;
		line.append(mark, element("span", label), element("b", value));
		box.append(line);
	}
	return box;
}

function element(tag: string, text: string): HTMLElement {
	const made = document.createElement(tag);
	made.textContent = text;
	return made;
}
