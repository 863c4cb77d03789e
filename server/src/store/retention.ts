import { type TableName, tables } from "../schema/tables.ts";
import { bind, identifier, sql } from "../sql.ts";
import type { Store } from "./store.ts";

/** The first month that is still kept, as its first millisecond. */
export function retentionStart(months: number, nowMs: number): number {
	const now = new Date(nowMs);
	return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 1);
}

/** Drops the partitions of months that ended more than `months` ago. Returns what it dropped, as `table 202501`. */
export async function dropExpired(store: Store, months: Readonly<Record<TableName, number>>, nowMs: number): Promise<string[]> {
	const dropped: string[] = [];
	for (const { name } of Object.values(tables)) {
		const oldest = new Date(retentionStart(months[name], nowMs));
		const limit = oldest.getUTCFullYear() * 100 + oldest.getUTCMonth() + 1;
		const partitions = await store.rows<{ partition: string }>(
			sql`SELECT DISTINCT partition FROM system.parts WHERE database = currentDatabase() AND table = ${bind(name)} AND active AND toUInt32OrZero(partition) < ${bind(limit, "UInt32")}`,
		);
		for (const { partition } of partitions) {
			await store.command(sql`ALTER TABLE ${identifier(name)} DROP PARTITION ${Number(partition)}`);
			dropped.push(`${name} ${partition}`);
		}
	}
	return dropped;
}
