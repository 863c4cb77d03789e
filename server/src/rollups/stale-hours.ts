import { tables } from "../schema/tables.ts";
import { bind, identifier, join, type Sql, sql } from "../sql.ts";
import type { Store } from "../store/store.ts";
import { staleHoursTable } from "./tables.ts";

/** The durable list of hours whose rollups do not hold: the latest entry of an hour counts. */
export class StaleHours {
	readonly #store: Store;
	#lastEntry = 0;

	constructor(store: Store) {
		this.#store = store;
	}

	async prepare(): Promise<void> {
		await this.#store.command(staleHoursTable);
	}

	/** Lists the stale hours, in milliseconds since 1970. */
	async list(): Promise<number[]> {
		const rows = await this.#store.rows<{ hour: number }>(
			sql`SELECT toUnixTimestamp(hour) AS hour FROM stale_hours GROUP BY hour HAVING argMax(is_stale, at)`,
		);
		return rows.map(({ hour }) => hour * 1000);
	}

	/** Writes hours as stale, or as rolled up. */
	async write(hours: readonly number[], isStale: boolean): Promise<void> {
		if (hours.length === 0) return;
		const at = this.#nextEntry();
		const rows = hours.map((hour) => ({ hour: hour / 1000, is_stale: isStale ? 1 : 0, at }));
		await this.#store.insert("stale_hours", ["hour", "is_stale", "at"], rows);
	}

	/** Writes all hours with records as stale. */
	async writeAll(): Promise<void> {
		const at = this.#nextEntry();
		const hours = (table: string): Sql =>
			sql`SELECT DISTINCT toStartOfHour(toDateTime(time, 'UTC')) AS hour FROM ${identifier(table)}`;
		await this.#store.command(
			sql`INSERT INTO stale_hours (hour, is_stale, at) SELECT DISTINCT hour, 1, ${bind(at, "UInt64")} FROM (${join(Object.keys(tables).map(hours), " UNION ALL ")})`,
		);
	}

	/** Returns a number above all earlier ones, also those of a process whose clock was ahead by less than it took to start this one. */
	#nextEntry(): number {
		this.#lastEntry = Math.max(this.#lastEntry + 1, Date.now() * 1000);
		return this.#lastEntry;
	}
}
