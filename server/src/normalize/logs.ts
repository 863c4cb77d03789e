import type { Cursor } from "../otlp/wire.ts";
import { eventsTable } from "../schema/tables.ts";
import { AttributeWriter } from "./attribute-writer.ts";
import { acceptRecord, type ReceiveContext, type ResourceScopeOf, type RowWriter, type SignalWriter } from "./record-writer.ts";
import { inBody, isBody } from "./shape.ts";
import { plainColumns, TableBuffer } from "./table-buffer.ts";
import { difference, isUsable, type Nanoseconds } from "./timestamp-bounds.ts";

const prefix = Buffer.from("claude_code.");
const stringKind = 1;

/** Log records → rows of `events`. */
export class LogsWriter implements SignalWriter, RowWriter {
	readonly table = new TableBuffer(eventsTable);
	readonly #attributes = new AttributeWriter(this.table);
	readonly #column = plainColumns(this.table);
	readonly #time = this.table.column("time");
	readonly #event = this.table.dictionary("event");
	readonly #severityText = this.table.dictionary("severity_text");
	readonly #eventNameField = this.table.dictionary("event_name_field");
	readonly #receivedAt = this.table.column("received_at");
	readonly #isBody = this.table.placeOf(isBody);
	readonly #inBody = this.table.placeOf(inBody);
	readonly #offset: Nanoseconds = { low: 0, high: 0 };

	record(cursor: Cursor, group: ResourceScopeOf, arrival: ReceiveContext): number {
		return acceptRecord(this, cursor, group(), arrival);
	}

	writeRow(cursor: Cursor, arrival: ReceiveContext): void {
		const row = this.table.rows;
		let low = 0;
		let high = 0;
		let observedLow = 0;
		let observedHigh = 0;
		let bodyStart = -1;
		let bodyEnd = 0;
		let nameStart = 0;
		let nameEnd = 0;
		this.#attributes.begin();
		while (cursor.next()) {
			switch (cursor.tag) {
				case 0x09:
					cursor.fixed64();
					low = cursor.low;
					high = cursor.high;
					break;
				case 0x59:
					cursor.fixed64();
					observedLow = cursor.low;
					observedHigh = cursor.high;
					break;
				case 0x32:
					this.#attributes.next(cursor, low, high);
					break;
				case 0x2a:
					cursor.field();
					bodyStart = cursor.fieldStart;
					bodyEnd = cursor.fieldEnd;
					break;
				case 0x10: {
					const severity = cursor.varint();
					if (severity > 0 && severity < 256) this.#column["severity_number"]!.small(row, severity);
					break;
				}
				case 0x1a:
					cursor.field();
					if (cursor.fieldEnd > cursor.fieldStart) this.#severityText.text(row, cursor.view, cursor.fieldStart, cursor.fieldEnd);
					break;
				case 0x38: {
					const dropped = cursor.varint();
					if (dropped > 0) this.#column["dropped_attributes_count"]!.small(row, Math.min(dropped, 0xffffffff));
					break;
				}
				case 0x45: {
					const flags = cursor.fixed32();
					if (flags > 0) this.#column["flags"]!.small(row, flags);
					break;
				}
				case 0x4a:
					this.#id("trace_id", row, cursor);
					break;
				case 0x52:
					this.#id("span_id", row, cursor);
					break;
				case 0x62:
					cursor.field();
					nameStart = cursor.fieldStart;
					nameEnd = cursor.fieldEnd;
					if (nameEnd > nameStart) this.#eventNameField.text(row, cursor.view, nameStart, nameEnd);
					break;
				default:
					cursor.skip();
			}
		}
		if (bodyStart >= 0) this.#body(cursor, bodyStart, bodyEnd);
		if (this.#event.rows <= row && nameEnd > nameStart) this.#name(cursor, nameStart, nameEnd);
		this.#times(row, low, high, observedLow, observedHigh, arrival);
	}

	/** The body of Claude Code's events is their name with a prefix: then it need not be kept. */
	#body(cursor: Cursor, start: number, end: number): void {
		const { bytes } = cursor;
		const row = this.table.rows;
		const event = this.#event;
		const textStart = bytes[start] === 0x0a ? start + 2 : end;
		const isText = bytes[start] === 0x0a && bytes[start + 1]! < 0x80 && textStart + bytes[start + 1]! === end;
		const hasPrefix = isText && startsWith(bytes, textStart, end, prefix);
		if (hasPrefix && event.rows <= row) {
			// No attribute event.name: the body names the event.
			this.#name(cursor, textStart, end);
		} else if (hasPrefix && event.holds(row, cursor.view, textStart + prefix.length, end)) {
			this.table.shape.note(this.#isBody, stringKind);
			return;
		}
		const kind = this.#attributes.writeText(this.#column["body"]!, cursor, start, end);
		this.table.shape.note(this.#inBody, kind);
	}

	#name({ bytes, view }: Cursor, start: number, end: number): void {
		const from = startsWith(bytes, start, end, prefix) ? start + prefix.length : start;
		this.#event.text(this.table.rows, view, from, end);
	}

	#times(row: number, low: number, high: number, observedLow: number, observedHigh: number, arrival: ReceiveContext): void {
		const observed = observedLow !== 0 || observedHigh !== 0;
		if (isUsable(low, high, arrival.nowMs)) {
			this.#time.word(row, low, high);
			if (observed) this.#observed(row, observedLow, observedHigh, low, high);
		} else {
			if (low !== 0 || high !== 0) this.#column["time_sent"]!.word(row, low, high);
			if (observed && isUsable(observedLow, observedHigh, arrival.nowMs)) this.#time.word(row, observedLow, observedHigh);
			else {
				const { received } = arrival;
				this.#time.word(row, received.low, received.high);
				if (observed) this.#observed(row, observedLow, observedHigh, received.low, received.high);
			}
		}
		this.#receivedAt.word(row, arrival.nowMsLow, arrival.nowMsHigh);
	}

	/** The observed time, as how much later it is than the row's. */
	#observed(row: number, observedLow: number, observedHigh: number, low: number, high: number): void {
		if (observedLow === low && observedHigh === high) return;
		difference(observedLow, observedHigh, low, high, this.#offset);
		this.#column["observed_offset"]!.word(row, this.#offset.low, this.#offset.high);
	}

	#id(name: string, row: number, cursor: Cursor): void {
		cursor.field();
		if (cursor.fieldEnd > cursor.fieldStart) this.#column[name]!.hex(row, cursor.bytes, cursor.fieldStart, cursor.fieldEnd);
	}
}

function startsWith(bytes: Uint8Array, start: number, end: number, text: Uint8Array): boolean {
	if (end - start < text.length) return false;
	for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text[i]) return false;
	return true;
}
