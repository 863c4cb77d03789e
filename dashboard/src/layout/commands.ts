import { dimensionLabel } from "../format/labels.ts";
import { type Preset, presets } from "../url/period.ts";
import type { Page } from "./page.ts";

/** One line of the palette. */
export interface Command {
	id: string;
	label: string;
	hint: string;
	/** Opens the values of a dimension instead of acting. */
	dimension?: string;
	act: () => void;
}

interface Means {
	pages: readonly Page[];
	go: (path: string) => void;
	period: (preset: Preset) => void;
	scheme: (scheme: "light" | "dark" | "auto") => void;
	dimensions: readonly { name: string; brief: string }[];
	clear: (() => void) | undefined;
}

const nothing = () => {};

export function commandsFor({ pages, go, period, scheme, dimensions, clear }: Means): Command[] {
	return [
		...pages.map(({ paths: [path], title }) => ({ id: path, label: `Go to ${title}`, hint: "page", act: () => go(path) })),
		...(Object.keys(presets) as Preset[]).map((preset) => ({
			id: preset,
			label: `Overview: ${presets[preset].label.toLowerCase()}`,
			hint: "period",
			act: () => period(preset),
		})),
		...(clear ? [{ id: "clear", label: "Clear all filters", hint: "filter", act: clear }] : []),
		...dimensions.map(({ name }) => ({
			id: `by ${name}`,
			label: `Filter by ${dimensionLabel(name)} …`,
			hint: "filter",
			dimension: name,
			act: nothing,
		})),
		...(["light", "dark", "auto"] as const).map((name) => ({
			id: name,
			label: name === "auto" ? "Colours as the system has them" : `${name === "light" ? "Light" : "Dark"} colours`,
			hint: "colours",
			act: () => scheme(name),
		})),
	];
}

/** All words somewhere, in any order; what starts with them first. */
export function matching<Item extends { label: string }>(items: readonly Item[], typed: string): Item[] {
	const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
	const found = items.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)));
	const first = words[0] ?? "";
	return found.toSorted(
		(a, b) => Number(b.label.toLowerCase().startsWith(first)) - Number(a.label.toLowerCase().startsWith(first)),
	);
}
