import { type Filter, parseFilter, writeFilter } from "./filter.ts";
import { type Grain, grains } from "./grain.ts";
import { type Period, type Preset, presets } from "./period.ts";

/** A reader's view. All of it is in the address, so that a link shows the same to the next reader. */
export interface View {
	period: Period;
	filters: Filter[];
	compare: boolean;
	/** Undefined: as fine as suits the period. */
	grain: Grain | undefined;
}

const firstView: View = { period: { preset: "7d" }, filters: [], compare: true, grain: undefined };

const isPreset = (text: string | null): text is Preset => text !== null && Object.hasOwn(presets, text);
const isGrain = (text: string | null): text is Grain => grains.some((grain) => grain === text);

/** Addresses are typed by people too: what cannot be read falls back to the default. */
export function parseView(search: URLSearchParams): View {
	return {
		period: parsePeriod(search),
		filters: search.getAll("where").flatMap((text) => parseFilter(text) ?? []),
		compare: search.get("compare") !== "off",
		grain: isGrain(search.get("grain")) ? (search.get("grain") as Grain) : undefined,
	};
}

function parsePeriod(search: URLSearchParams): Period {
	const from = Date.parse(search.get("from") ?? "");
	const to = Date.parse(search.get("to") ?? "");
	if (from < to) return { from, to };
	const preset = search.get("period");
	return isPreset(preset) ? { preset } : firstView.period;
}

/** Defaults are left out: a short address is easier to read. */
export function writeView(view: View): URLSearchParams {
	const search = new URLSearchParams();
	if (!("preset" in view.period)) {
		search.set("from", new Date(view.period.from).toISOString());
		search.set("to", new Date(view.period.to).toISOString());
	} else if (view.period.preset !== "7d") {
		search.set("period", view.period.preset);
	}
	for (const filter of view.filters) search.append("where", writeFilter(filter));
	if (!view.compare) search.set("compare", "off");
	if (view.grain !== undefined) search.set("grain", view.grain);
	return search;
}

/** A path with its query, without a lonely "?". */
export function addressOf(path: string, search: URLSearchParams): string {
	const query = search.toString();
	return query === "" ? path : `${path}?${query}`;
}
