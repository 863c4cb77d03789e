import type { UsageRow } from "@purser/api";
import { numberIn, textIn } from "../api/usage.ts";

export interface Moved {
	dimension: string;
	value: string;
	now: number;
	before: number;
	difference: number;
}

/** Returns the differences of a measure between two periods by value, the largest first in either direction. */
export function deltaOf(dimension: string, measure: string, now: readonly UsageRow[], before: readonly UsageRow[]): Moved[] {
	const sums = new Map<string, { now: number; before: number }>();
	const add = (rows: readonly UsageRow[], which: "now" | "before") => {
		for (const row of rows) {
			const value = textIn(row, dimension);
			const sum = sums.get(value) ?? { now: 0, before: 0 };
			sum[which] += numberIn(row, measure) ?? 0;
			sums.set(value, sum);
		}
	};
	add(now, "now");
	add(before, "before");
	return [...sums]
		.map(([value, sum]) => ({ dimension, value, ...sum, difference: sum.now - sum.before }))
		.filter(({ difference }) => difference !== 0)
		.sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference));
}

/** Returns true if a dimension has values: a single empty value does not count. */
export const isPresent = (dimension: string, rows: readonly UsageRow[]): boolean =>
	rows.some((row) => textIn(row, dimension) !== "");
