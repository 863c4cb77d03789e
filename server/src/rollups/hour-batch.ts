import { tables } from "../schema/tables.ts";
import { inPeriod } from "../semantic/dataset.ts";
import { identifier, join, type Sql, sql } from "../sql.ts";
import { formatTime } from "../store/format-time.ts";
import type { Store } from "../store/store.ts";
import { hourMs } from "./dirty-hours.ts";

/** Records rolled up in one statement, which must end long before it is taken for stuck. */
const batchRecords = 400_000;
/** The time that a batch spans at most, for which counting the records takes no time. */
const batchMs = 14 * 24 * hourMs;

/**
 * Chooses hours to roll up together, the latest of `ready` (descending) first: with not too many records, and no fresh hour with records
 * between them, because fresh hours are being read. Hours without records are rolled up in no time.
 */
export async function batchOf(store: Store, ready: readonly number[]): Promise<number[]> {
	const latest = ready[0]!;
	const own = new Set(ready.filter((hour) => hour > latest - batchMs));
	const counts = await countRecords(store, latest - batchMs, latest + hourMs);
	const batch: number[] = [];
	let records = 0;
	for (let hour = latest; hour > latest - batchMs; hour -= hourMs) {
		const count = counts.get(hour) ?? 0;
		records += count;
		if (batch.length > 0 && (records > batchRecords || (count > 0 && !own.has(hour)))) break;
		if (own.has(hour)) batch.unshift(hour);
	}
	return batch;
}

async function countRecords(store: Store, fromMs: number, toMs: number): Promise<Map<number, number>> {
	const counted = (table: string): Sql =>
		sql`SELECT toUnixTimestamp(toStartOfHour(time)) AS hour, count() AS records FROM ${identifier(table)} WHERE ${inPeriod} GROUP BY hour`;
	const rows = await store.rows<{ hour: number; records: number }>(
		sql`SELECT hour, sum(records) AS records FROM (${join(Object.keys(tables).map(counted), " UNION ALL ")}) GROUP BY hour`,
		{ from: formatTime(fromMs), to: formatTime(toMs) },
	);
	return new Map(rows.map(({ hour, records }) => [hour * 1000, records]));
}
