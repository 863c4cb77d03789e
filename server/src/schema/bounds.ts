import type { AttributeDefinition } from "@purser/contract";

/**
 * Bounds of numbers that can be added up. A value outside is stored unchanged, and counts in no sum: no request costs a million
 * dollars, and one NaN would be every sum.
 */
export type Bounds = { readonly minimum: number; readonly maximum: number };

/** The limit for one record, positive or negative. */
export const maxCostUsd = 1e6;
/** The limit for one record: tokens, milliseconds, bytes, characters, seconds. */
export const maxQuantity = 1e12;

/** Returns the bounds of a column for this attribute. */
export function boundsOf({ unit }: Pick<AttributeDefinition, "unit">): Bounds {
	switch (unit) {
		case "USD":
			return { minimum: -maxCostUsd, maximum: maxCostUsd };
		case "{token}":
			return { minimum: 0, maximum: maxQuantity };
		default:
			return { minimum: -maxQuantity, maximum: maxQuantity };
	}
}

/** False for what is no number, too. */
export const isWithin = (value: number, { minimum, maximum }: Bounds): boolean => value >= minimum && value <= maximum;
