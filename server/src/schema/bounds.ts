import type { AttributeDefinition } from "@purser/contract";

/**
 * Which numbers can be added up. A value outside is kept as it was sent, and counts in no sum: nobody spends a million dollars with
 * one request, and one NaN would be the sum of everybody.
 */
export type Bounds = { readonly minimum: number; readonly maximum: number };

/** Of one record, either way. */
export const maxCostUsd = 1e6;
/** Of one record: tokens, milliseconds, bytes, characters, seconds. */
export const maxQuantity = 1e12;

/** What a column for this attribute holds. */
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
