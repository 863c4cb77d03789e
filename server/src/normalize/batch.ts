import { PermanentError, RejectedRecord } from "../errors.ts";
import { nothingRejected, type Outcome } from "../otlp/responses.ts";
import type { Signal } from "../otlp/signals.ts";
import { Cursor } from "../otlp/wire.ts";
import type { TableName } from "../schema/tables.ts";
import type { Entry } from "./intern-table.ts";
import { LogsWriter } from "./logs.ts";
import { MetricsWriter } from "./metrics.ts";
import { type Header, ReceiveContext, type SignalWriter } from "./record-writer.ts";
import { Groups } from "./resource-scope-cache.ts";
import type { Group } from "./table-buffer.ts";
import { nanosecondsOf } from "./timestamp-bounds.ts";
import { TracesWriter } from "./traces.ts";

/** A table's rows in one block of ClickHouse's Native format, in pieces. */
export type Block = {
	readonly table: TableName;
	readonly rows: number;
	readonly pieces: readonly Uint8Array[];
	/** The hours that its rows are of, each by its first millisecond. */
	readonly hours: readonly number[];
	/** True if there are points of cumulative counters, which depend on earlier points. */
	readonly cumulative: boolean;
};

export type BatchResult = {
	/** Rows that the request became. */
	readonly rows: number;
	readonly outcome: Outcome;
	/** Values in it that were longer than what is kept of them. */
	readonly cut: number;
};

/**
 * The rows of a segment's requests. A request is added whole or, when it can't be decoded, not at all.
 */
export class Batch {
	readonly #writers: Readonly<Record<Signal, SignalWriter>> = {
		logs: new LogsWriter(),
		metrics: new MetricsWriter(),
		traces: new TracesWriter(),
	};
	/** One for each table: a group is numbered in the block it is used in. */
	readonly #groups: Readonly<Record<Signal, Groups>> = {
		logs: new Groups(this.#writers.logs.table.cuts),
		metrics: new Groups(this.#writers.metrics.table.cuts),
		traces: new Groups(this.#writers.traces.table.cuts),
	};

	/**
	 * Decodes an `Export…ServiceRequest` into rows. Throws a PermanentError for what will never decode, and where there is more in
	 * it than `max` records or containers of records: what was once accepted has no such limit.
	 */
	add(signal: Signal, bytes: Uint8Array, nowMs: number, max = Number.POSITIVE_INFINITY): BatchResult {
		const writer = this.#writers[signal];
		const arrival = new ReceiveContext(nowMs, nanosecondsOf(nowMs), max);
		writer.table.mark();
		const { cuts } = writer.table;
		const cutBefore = cuts.count;
		try {
			const rows = this.#request(writer, this.#groups[signal], bytes, arrival);
			const outcome = arrival.refused === 0 ? nothingRejected : { rejected: arrival.refused, reason: arrival.reason };
			return { rows, outcome, cut: cuts.count - cutBefore };
		} catch (error) {
			writer.table.rewind();
			// A resource or a scope that can't be kept: it belongs to all records, so there is none to leave out.
			if (error instanceof RejectedRecord) throw new PermanentError(error.message);
			throw error instanceof RangeError ? new PermanentError("cannot decode protobuf: lengths are wrong") : error;
		}
	}

	/** Returns what has been collected. The pieces are valid until `clear`. */
	blocks(): Block[] {
		return Object.values(this.#writers)
			.filter(({ table }) => table.rows > 0)
			.map(({ table }) => ({
				table: table.definition.name,
				rows: table.rows,
				pieces: table.block(),
				hours: table.hours(),
				cumulative: table.isCumulative,
			}));
	}

	clear(): void {
		for (const { table } of Object.values(this.#writers)) if (table.rows > 0) table.clear();
	}

	/** The three requests have one outline: 1 resource…, in it 1 resource and 2 scope…, in it 1 scope and 2 records. */
	#request(writer: SignalWriter, groups: Groups, bytes: Uint8Array, arrival: ReceiveContext): number {
		let rows = 0;
		const isMetrics = writer === this.#writers.metrics;
		const request = new Cursor(bytes);
		const perResource = new Cursor(bytes, 0, 0, request.view);
		const perScope = new Cursor(bytes, 0, 0, request.view);
		const record = new Cursor(bytes, 0, 0, request.view);
		while (request.next()) {
			if (request.tag !== 0x0a) {
				request.skip();
				continue;
			}
			request.field();
			arrival.container();
			const { fieldStart, fieldEnd } = request;
			const [resourceStart, resourceEnd] = first(perResource, fieldStart, fieldEnd);
			const resource = groups.resource(request, resourceStart, resourceEnd);
			perResource.enter(fieldStart, fieldEnd);
			while (perResource.next()) {
				if (perResource.tag !== 0x12) {
					perResource.skip();
					continue;
				}
				perResource.field();
				arrival.container();
				const scopeStart = perResource.fieldStart;
				const scopeEnd = perResource.fieldEnd;
				const scope = groups.scope(request, ...first(perScope, scopeStart, scopeEnd));
				let plain: Entry<Group> | undefined;
				const group = (header?: Header) => {
					if (header) return groups.group(resource, scope, header);
					plain ??= groups.group(resource, scope);
					return plain;
				};
				perScope.enter(scopeStart, scopeEnd);
				while (perScope.next()) {
					if (perScope.tag !== 0x12) {
						perScope.skip();
						continue;
					}
					perScope.field();
					if (isMetrics) arrival.container();
					else arrival.record();
					record.enter(perScope.fieldStart, perScope.fieldEnd);
					rows += writer.record(record, group, arrival);
				}
			}
		}
		return rows;
	}
}

/** The bounds of field 1, which says whose records follow, wherever it stands. */
function first(cursor: Cursor, start: number, end: number): [number, number] {
	let found: [number, number] = [0, 0];
	cursor.enter(start, end);
	while (cursor.next()) {
		if (cursor.tag !== 0x0a) {
			cursor.skip();
			continue;
		}
		cursor.field();
		found = [cursor.fieldStart, cursor.fieldEnd];
	}
	return found;
}
