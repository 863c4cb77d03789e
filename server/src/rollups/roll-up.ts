import { type TableName, tables } from "../schema/tables.ts";
import { identifier, join, parameter, type Sql, sql } from "../sql.ts";
import { formatTime } from "../store/format-time.ts";
import { retentionStart } from "../store/retention.ts";
import type { Store } from "../store/store.ts";
import { hourMs } from "./dirty-hours.ts";
import { rollupTables } from "./tables.ts";

const dayMs = 24 * hourMs;
/** The time for which the previous point of a cumulative counter is looked for, in hours. */
const lookbackHours = 31 * 24;
const recordTables = Object.keys(tables) as TableName[];

/** The condition for tables whose times are whole seconds. */
const inSeconds = sql`time >= ${parameter("from", "DateTime('UTC')")} AND time < ${parameter("to", "DateTime('UTC')")}`;
const inTheseSeconds = (fromMs: number, toMs: number) => ({
	from: formatTime(fromMs).slice(0, 19),
	to: formatTime(toMs).slice(0, 19),
});
const deletion = (table: string, condition: Sql): Sql =>
	sql`ALTER TABLE ${identifier(table)} DELETE WHERE ${condition} SETTINGS mutations_sync = 2`;

async function hasRows(
	store: Store,
	table: string,
	condition: Sql,
	parameters: Readonly<Record<string, string>>,
): Promise<boolean> {
	const [found] = await store.rows<{ some: number }>(
		sql`SELECT count() > 0 AS some FROM ${identifier(table)} WHERE ${condition}`,
		parameters,
	);
	return found?.some === 1;
}

/** Replaces the rows of whole hours in all rollups by those of their records. */
export async function rollUp(store: Store, firstMs: number, endMs: number): Promise<void> {
	for (const { name, fill, isDaily } of rollupTables) {
		// Days may have other dirty hours: they are rolled up again with each of these, and are not read before the last.
		const [fromMs, toMs] = isDaily ? [Math.floor(firstMs / dayMs) * dayMs, Math.ceil(endMs / dayMs) * dayMs] : [firstMs, endMs];
		const seconds = inTheseSeconds(fromMs, toMs);
		if (await hasRows(store, name, inSeconds, seconds)) await store.command(deletion(name, inSeconds), seconds);
		await store.command(fill, { from: formatTime(fromMs), to: formatTime(toMs) });
	}
}

/** Deletes rows older than the records they were derived from. Returns true if there were any. */
export async function dropExpiredRollups(store: Store, months: Readonly<Record<TableName, number>>): Promise<boolean> {
	const parameters = Object.fromEntries(
		recordTables.map((table) => [table, String(retentionStart(months[table], Date.now()) / 1000)]),
	);
	let isChanged = false;
	for (const { name, expired } of rollupTables) {
		if (!(await hasRows(store, name, expired, parameters))) continue;
		await store.command(deletion(name, expired), parameters);
		isChanged = true;
	}
	return isChanged;
}

/** Lists the hours with rollups of points from an hour on, as far as a cumulative counter is looked back for. */
export async function hoursOfLaterPoints(store: Store, hour: number): Promise<number[]> {
	if (hour + hourMs > Date.now()) return [];
	const rows = await store.rows<{ hour: number }>(
		sql`SELECT DISTINCT toUnixTimestamp(toStartOfHour(time)) AS hour FROM rollup_points WHERE ${inSeconds}`,
		inTheseSeconds(hour, hour + lookbackHours * hourMs),
	);
	return rows.map(({ hour: later }) => later * 1000);
}

/** Lists the hours that have records, or rollups of how records arrived. */
export async function hoursWithRecords(store: Store): Promise<number[]> {
	const hours = [...recordTables, "rollup_ingest"].map(
		(table) => sql`SELECT DISTINCT toStartOfHour(time) AS hour FROM ${identifier(table)}`,
	);
	const rows = await store.rows<{ hour: number }>(
		sql`SELECT DISTINCT toUnixTimestamp(hour) AS hour FROM (${join(hours, " UNION ALL ")})`,
	);
	return rows.map(({ hour }) => hour * 1000);
}
