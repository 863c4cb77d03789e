import type { UsageRow } from "@purser/api";
import { numberIn, textIn } from "../api/usage.ts";

/** One line, area or stack of bars: a value for each bucket. */
export interface Series {
	name: string;
	label: string;
	values: (number | null)[];
	total: number;
	/** The number of names in the sum, when this is "other". */
	together?: number;
}

export const otherName = "\u0000other";

interface Split {
	buckets: readonly number[];
	measure: string;
	dimension: string;
	label: (value: string) => string;
	most?: number;
}

/** Rows of time × dimension as a stack: the largest few by name, the rest as "other", zeros where nothing was. */
export function splitSeries(rows: readonly UsageRow[], { buckets, measure, dimension, label, most = 6 }: Split): Series[] {
	const place = new Map(buckets.map((start, index) => [start, index]));
	const found = new Map<string, Series>();
	for (const row of rows) {
		const index = place.get(Date.parse(textIn(row, "time")));
		const value = numberIn(row, measure);
		if (index === undefined || value === null) continue;
		const name = textIn(row, dimension);
		let series = found.get(name);
		if (!series) {
			series = { name, label: label(name), values: buckets.map(() => 0), total: 0 };
			found.set(name, series);
		}
		series.values[index] = (series.values[index] ?? 0) + value;
		series.total += value;
	}
	const sorted = [...found.values()]
		.filter(({ total }) => total !== 0)
		.sort((a, b) => b.total - a.total || (a.name < b.name ? -1 : 1));
	// "Other" for a single name would hide it for nothing.
	if (sorted.length <= most + 1) return sorted;
	const rest = sorted.slice(most);
	return [
		...sorted.slice(0, most),
		{
			name: otherName,
			label: `${rest.length} others`,
			values: buckets.map((_, index) => rest.reduce((sum, series) => sum + (series.values[index] ?? 0), 0)),
			total: rest.reduce((sum, series) => sum + series.total, 0),
			together: rest.length,
		},
	];
}

/** One measure over time. A bucket without a row is zero for a count, and nothing for a ratio or a duration. */
export function measureSeries(
	rows: readonly UsageRow[],
	buckets: readonly number[],
	measure: string,
	label: string,
	gap: 0 | null,
): Series {
	const byTime = new Map(rows.map((row) => [Date.parse(textIn(row, "time")), numberIn(row, measure)]));
	const values = buckets.map((start) => byTime.get(start) ?? gap);
	return { name: measure, label, values, total: values.reduce<number>((sum, value) => sum + (value ?? 0), 0) };
}
