/** Eight colours that stay apart for colour-blind readers (after Okabe & Ito and Tol's "bright"), tuned to 3:1 against each theme's paper. */
const palette = {
	light: ["#2f5fa8", "#c2681f", "#12876f", "#a8457f", "#8a7213", "#3d8fb8", "#b0413e", "#6c5bb0"],
	dark: ["#7aa5ea", "#e59a55", "#45bf9f", "#dd86b8", "#cdb44a", "#72c2e6", "#ea8580", "#a999ea"],
} as const;

export type Scheme = keyof typeof palette;

export const other = { light: "#8d939c", dark: "#7b828d" } as const;

/** Colours with one meaning everywhere: money, tokens, people, errors. Indexes into the palette. */
const seriesColors = { money: 0, tokens: 2, people: 7, sessions: 5, cache: 4, work: 3, tools: 1, error: 6 } as const;
export type SeriesColor = keyof typeof seriesColors;

export const seriesColor = (hue: SeriesColor, scheme: Scheme): string => palette[scheme][seriesColors[hue]];

/** Families that people know by sight get a fixed place; any other name gets one by its letters, the same on every page and day. */
const known: readonly [RegExp, number][] = [
	[/opus/, 0],
	[/sonnet/, 1],
	[/haiku/, 2],
	[/fable|mythos/, 3],
];

/** In which the places are handed out, so that the two blues meet last. */
const order = [0, 6, 2, 3, 4, 1, 7, 5];

function placeOf(name: string): number {
	const family = known.find(([pattern]) => pattern.test(name));
	if (family) return family[1];
	let hash = 2166136261;
	for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 16777619);
	return order[(hash >>> 0) % (order.length - 1)] ?? 0;
}

/** Colours for names shown together: each its own when that is free, else the next free one. Names sort first, so that the order
 * in which they come, which is by amount and changes, does not decide. */
export function coloursOf(names: readonly string[], scheme: Scheme): Map<string, string> {
	const taken = new Set<number>();
	const colours = new Map<string, string>();
	for (const name of [...names].sort().reverse()) {
		let place = placeOf(name);
		if (taken.has(place)) place = order.find((free) => !taken.has(free)) ?? place;
		taken.add(place);
		colours.set(name, palette[scheme][place] ?? other[scheme]);
	}
	return colours;
}
