import { closestMatch } from "leven";

/** More changed letters than this are another word, not a misspelling. */
const maxDistance = 3;
const maxShown = 80;

/** Explains that a name is unknown: with the known one that is spelled alike, and all known ones. */
export function unknownName(kind: string, name: string, known: readonly string[]): string {
	const shown = name.slice(0, maxShown);
	const alike = closestMatch(shown, [...known], { maxDistance: Math.min(maxDistance, Math.floor(shown.length / 2)) });
	return `there is no ${kind} "${shown}".${alike === undefined ? "" : ` Did you mean "${alike}"?`} Known: ${known.join(", ") || "none"}`;
}
