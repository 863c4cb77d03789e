import { UsageError } from "../errors.ts";

/** The place in a list at which its next page begins. Opaque to callers. */
type Place = readonly (string | number)[];

/** Writes a place in a list; `list` names the list and its order. */
export const writeCursor = (list: string, ...place: Place): string =>
	Buffer.from(JSON.stringify([list, ...place])).toString("base64url");

/**
 * Reads a place in that list, whose values have the types of those of the example. Throws UsageError for any text that is no place of
 * this list in this order.
 */
export function readCursor<const Example extends Place>(
	list: string,
	text: string,
	example: Example,
): { readonly [I in keyof Example]: Example[I] extends number ? number : string } {
	const [of, ...place] = parsed(text);
	const isPlace = of === list && place.length === example.length && place.every((value, i) => typeof value === typeof example[i]);
	if (!isPlace)
		throw new UsageError("cannot continue: this is no cursor of an earlier answer to this question, in the same order");
	return place as never;
}

function parsed(text: string): unknown[] {
	try {
		const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
		return Array.isArray(value) ? value : [];
	} catch {
		return [];
	}
}
