import { Cursor } from "../otlp/wire.ts";
import { wireToJson } from "../otlp/wire-to-json.ts";
import { spansTable } from "../schema/tables.ts";
import { maxNesting } from "./any-value-reader.ts";
import { AttributeWriter } from "./attribute-writer.ts";
import { viewOf } from "./bytes.ts";
import { maxValueBytes } from "./lengths.ts";
import { acceptRecord, type ReceiveContext, type ResourceScopeOf, type RowWriter, type SignalWriter } from "./record-writer.ts";
import { plainColumns, TableBuffer } from "./table-buffer.ts";
import { difference, isUsable, type Nanoseconds } from "./timestamp-bounds.ts";

/** Texts and ids of a span that go into a column as they are: by tag. */
const textTags: Readonly<Record<number, "trace_state" | "name">> = { 26: "trace_state", 42: "name" };
const idTags: Readonly<Record<number, string>> = { 10: "trace_id", 18: "span_id", 34: "parent_span_id" };
const countTags: Readonly<Record<number, string>> = {
	48: "kind",
	80: "dropped_attributes_count",
	96: "dropped_events_count",
	112: "dropped_links_count",
};

/** Spans → rows of `spans`. */
export class TracesWriter implements SignalWriter, RowWriter {
	readonly table = new TableBuffer(spansTable);
	readonly #attributes = new AttributeWriter(this.table);
	readonly #column = plainColumns(this.table);
	readonly #texts = { name: this.table.dictionary("name"), trace_state: this.table.dictionary("trace_state") };
	readonly #duration: Nanoseconds = { low: 0, high: 0 };

	record(cursor: Cursor, group: ResourceScopeOf, arrival: ReceiveContext): number {
		return acceptRecord(this, cursor, group(), arrival);
	}

	writeRow(cursor: Cursor, arrival: ReceiveContext): void {
		const { bytes } = cursor;
		const column = this.#column;
		// Bytes of events and links together.
		let nested = 0;
		const row = this.table.rows;
		let low = 0;
		let high = 0;
		let endLow = 0;
		let endHigh = 0;
		const events: unknown[] = [];
		const links: unknown[] = [];
		this.#attributes.begin();
		while (cursor.next()) {
			const { tag } = cursor;
			if (tag === 0x4a) {
				this.#attributes.next(cursor, low, high);
			} else if (tag === 0x39) {
				cursor.fixed64();
				low = cursor.low;
				high = cursor.high;
			} else if (tag === 0x41) {
				cursor.fixed64();
				endLow = cursor.low;
				endHigh = cursor.high;
			} else if (textTags[tag]) {
				cursor.field();
				this.#texts[textTags[tag]]!.text(row, cursor.view, cursor.fieldStart, cursor.fieldEnd);
			} else if (idTags[tag]) {
				cursor.field();
				if (cursor.fieldEnd > cursor.fieldStart) column[idTags[tag]]!.hex(row, bytes, cursor.fieldStart, cursor.fieldEnd);
			} else if (countTags[tag]) {
				const value = cursor.varint();
				if (value > 0) column[countTags[tag]]!.small(row, Math.min(value, tag === 48 ? 255 : 0xffffffff));
			} else if (tag === 0x5a || tag === 0x6a) {
				cursor.field();
				const message = tag === 0x5a ? "SpanEvent" : "SpanLink";
				nested += cursor.fieldEnd - cursor.fieldStart;
				if (nested > maxValueBytes) this.table.cuts.count++;
				else (tag === 0x5a ? events : links).push(wireToJson(message, bytes, cursor.fieldStart, cursor.fieldEnd, maxNesting));
			} else if (tag === 0x7a) {
				cursor.field();
				this.#status(row, new Cursor(bytes, cursor.fieldStart, cursor.fieldEnd));
			} else if (tag === 0x85) {
				const flags = cursor.fixed32();
				if (flags > 0) column["flags"]!.small(row, flags);
			} else cursor.skip();
		}
		this.#json("events", row, events);
		this.#json("links", row, links);
		const isSent = low !== 0 || high !== 0;
		const isEnded = endLow !== 0 || endHigh !== 0;
		let time: Nanoseconds = { low, high };
		if (!isUsable(low, high, arrival.nowMs)) {
			if (isSent) column["time_sent"]!.word(row, low, high);
			// Without a beginning the end is the best date there is.
			time = !isSent && isUsable(endLow, endHigh, arrival.nowMs) ? { low: endLow, high: endHigh } : arrival.received;
		}
		column["time"]!.word(row, time.low, time.high);
		if (isEnded) {
			difference(endLow, endHigh, isSent ? low : time.low, isSent ? high : time.high, this.#duration);
			column["duration_ns"]!.word(row, this.#duration.low, this.#duration.high);
		}
		column["received_at"]!.word(row, arrival.nowMsLow, arrival.nowMsHigh);
	}

	#status(row: number, cursor: Cursor): void {
		while (cursor.next()) {
			if (cursor.tag === 0x12) {
				cursor.field();
				this.#column["status_message"]!.text(row, cursor.view, cursor.fieldStart, cursor.fieldEnd);
			} else if (cursor.tag === 0x18) {
				const code = cursor.varint();
				if (code > 0) this.#column["status_code_otlp"]!.small(row, Math.min(code, 255));
			} else cursor.skip();
		}
	}

	#json(name: string, row: number, list: readonly unknown[]): void {
		if (list.length === 0) return;
		const text = Buffer.from(JSON.stringify(list));
		// A part of it would be no JSON.
		if (text.length > maxValueBytes) {
			this.table.cuts.count++;
			return;
		}
		this.#column[name]!.text(row, viewOf(text), 0, text.length);
	}
}
