import type { Series } from "../charts/series.ts";
import { bucketLabel } from "../charts/time-bars.ts";
import { exactValue, type Unit } from "../format/value.ts";
import type { TableContent } from "../ui/data-table.tsx";
import type { Grain } from "../url/grain.ts";

interface Shown {
	buckets: readonly number[];
	series: readonly Series[];
	unit: Unit;
	grain: Grain;
	zone: string;
	/** True if the sum of a row is meaningful. */
	adds: boolean;
}

/** A chart over time as a table: a row for each bucket, exact. */
export function timeTable({ buckets, series, unit, grain, zone, adds }: Shown): TableContent {
	const together = series.length > 1 && adds;
	return {
		columns: [
			{ label: grain, numeric: false },
			...series.map(({ label }) => ({ label, numeric: true })),
			...(together ? [{ label: "together", numeric: true }] : []),
		],
		rows: buckets.map((start, index) => {
			const values = series.map(({ values }) => values[index] ?? 0);
			if (together) values.push(values.reduce((sum, value) => sum + value, 0));
			return {
				key: String(start),
				cells: [
					{ text: bucketLabel(start, grain, zone), sort: start },
					...values.map((value) => ({ text: exactValue(unit, value).replace(" tokens", ""), sort: value })),
				],
			};
		}),
	};
}
