/**
 * The shape of a record: which attributes came, in which order, of which kind, and where each is. Thousands of records share
 * one shape, so it costs a dictionary index a row; with it nothing that was sent is lost to typed columns.
 *
 * As text (the column `shape`) it is a list of `<place>:<kind>` with spaces between: a place is an attribute's key when it is
 * in that key's column, `*` when it is the next entry of the map `attributes`, `=event.timestamp` when it is the record's
 * time once more, `=body` when the body is the event's name with Claude Code's prefix, `#body` when it is in the column `body`.
 */
export type Kind = "s" | "b" | "i" | "d" | "a" | "m" | "y" | "e";

/** A value's kind by its field number in OTLP's AnyValue; 0 is an empty one. */
export const kinds: readonly Kind[] = Object.freeze(["e", "s", "b", "i", "d", "a", "m", "y"]);

export const kindNames: Readonly<Record<Kind, string>> = Object.freeze({
	s: "string",
	b: "bool",
	i: "int",
	d: "double",
	a: "array",
	m: "map",
	y: "bytes",
	e: "empty",
});

export const inMap = "*";
export const isTime = "=event.timestamp";
export const isBody = "=body";
export const inBody = "#body";

/** Places common to all tables come first; the columns of attributes follow. */
export const fixedPlaces: readonly string[] = Object.freeze([inMap, isTime, isBody, inBody]);

export type ShapeEntry = { readonly place: string; readonly kind: Kind };

export function parseShape(text: string): readonly ShapeEntry[] {
	if (text === "") return [];
	return text.split(" ").map((token) => {
		const colon = token.lastIndexOf(":");
		return { place: token.slice(0, colon), kind: token.slice(colon + 1) as Kind };
	});
}
