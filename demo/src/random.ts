/** A number from 0 up to 1: the next one of a sequence that its seed decides. */
export type Random = () => number;

/** Mulberry32: small, and good enough to invent people with. */
function randomFrom(seed: number): Random {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
}

/** A sequence of its own for each thing, so that what one person does changes nothing of another's day. */
export function createRandom(...parts: readonly (string | number)[]): Random {
	let hash = 2166136261;
	for (const letter of parts.join("\n")) hash = Math.imul(hash ^ letter.codePointAt(0)!, 16777619);
	return randomFrom(hash);
}

export const pick = <Item>(random: Random, items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;

/** One of them, the more often the larger its weight. */
export function pickWeighted<Item extends { readonly weight: number }>(random: Random, items: readonly Item[]): Item {
	let left = random() * items.reduce((sum, { weight }) => sum + weight, 0);
	for (const item of items) {
		left -= item.weight;
		if (left < 0) return item;
	}
	return items[0]!;
}

export const hex = (random: Random, length: number): string =>
	Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join("");

export function uuid(random: Random): string {
	const digits = hex(random, 32);
	const parts = [
		digits.slice(0, 8),
		digits.slice(8, 12),
		`4${digits.slice(13, 16)}`,
		`a${digits.slice(17, 20)}`,
		digits.slice(20),
	];
	return parts.join("-");
}
