import { PermanentError, RejectedRecord } from "../errors.ts";
import type { Cursor } from "../otlp/wire.ts";
import type { Entry } from "./intern-table.ts";
import type { Group, TableBuffer } from "./table-buffer.ts";
import type { Nanoseconds } from "./timestamp-bounds.ts";

/** The most records, and the most resources, scopes and metrics, that a request may have: exporters send some hundred. */
export const maxRecords = 50_000;

/** When a request came, how much is in it, and what of it could not be kept. */
export class ReceiveContext {
	readonly nowMs: number;
	readonly nowMsLow: number;
	readonly nowMsHigh: number;
	readonly received: Nanoseconds;
	refused = 0;
	reason = "";
	readonly #max: number;
	#records = 0;
	#containers = 0;

	constructor(nowMs: number, received: Nanoseconds, max = Number.POSITIVE_INFINITY) {
		this.#max = max;
		this.nowMs = nowMs;
		this.nowMsHigh = Math.floor(nowMs / 0x1_0000_0000);
		this.nowMsLow = nowMs - this.nowMsHigh * 0x1_0000_0000;
		this.received = received;
	}

	/** One more record. Throws a PermanentError where there are too many. */
	record(): void {
		if (++this.#records > this.#max) throw this.#tooMany("records");
	}

	/** One more resource, scope or metric. Throws a PermanentError where there are too many. */
	container(): void {
		if (++this.#containers > this.#max) throw this.#tooMany("resources, scopes and metrics");
	}

	#tooMany(what: string): PermanentError {
		return new PermanentError(`cannot accept request: it has more than ${this.#max} ${what}; send smaller batches`, 413);
	}

	refuse(count: number, reason: string): void {
		this.refused += count;
		this.reason ||= reason;
	}
}

/** A metric's own part of its group: bytes that distinguish it from others, and its texts by column. */
export type Header = { readonly key: Uint8Array; readonly texts: () => Record<string, string> };

/** The group of the resource and scope being read, with a metric's header where there is one. */
export type ResourceScopeOf = (header?: Header) => Entry<Group>;

/** The part of decoding that differs between signals; resource, scope and list are the same for all. */
export interface SignalWriter {
	readonly table: TableBuffer;
	/** Writes the log record, metric or span that the cursor is confined to; says how many rows it became. */
	record(cursor: Cursor, group: ResourceScopeOf, arrival: ReceiveContext): number;
}

/** Writes the record that a cursor is confined to into the row that was begun. */
export interface RowWriter {
	readonly table: TableBuffer;
	/** Throws RefusedRecord when this record can't be kept, and a PermanentError when the request can't be decoded. */
	writeRow(cursor: Cursor, arrival: ReceiveContext): void;
}

/** Makes one row of one record, or none when it is refused: its neighbours are kept. Says how many. */
export function acceptRecord(writer: RowWriter, cursor: Cursor, group: Entry<Group>, arrival: ReceiveContext): number {
	const { table } = writer;
	table.beginRow();
	try {
		writer.writeRow(cursor, arrival);
		table.endRow(group);
		return 1;
	} catch (error) {
		table.undoRow();
		if (!(error instanceof RejectedRecord)) throw error;
		arrival.refuse(1, error.message);
		return 0;
	}
}
