/** Prints rows as a table for people, then one line of JSON for programs that compare runs. */
export function print(bench: string, rows: readonly Readonly<Record<string, string | number>>[]): void {
	console.table(Object.fromEntries(rows.map((row, i) => [i + 1, row])));
	console.log(JSON.stringify({ bench, rows }));
}

export const rounded = (value: number, places = 1): number => Number(value.toFixed(places));

/** The middle of some numbers, or another share of the way through them. */
export function quantile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
