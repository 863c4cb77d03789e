import { Cursor } from "../otlp/wire.ts";
import { wireToJson } from "../otlp/wire-to-json.ts";
import { pointsTable } from "../schema/tables.ts";
import { maxNesting } from "./any-value-reader.ts";
import { AttributeWriter } from "./attribute-writer.ts";
import { copyBytes, viewOf } from "./bytes.ts";
import { maxValueBytes } from "./lengths.ts";
import { acceptRecord, type ReceiveContext, type ResourceScopeOf, type RowWriter, type SignalWriter } from "./record-writer.ts";
import { plainColumns, TableBuffer } from "./table-buffer.ts";
import { isUsable } from "./timestamp-bounds.ts";

/** One kind of metric: the Metric field that holds it, and where its points keep what all points have. */
type Instrument = {
	readonly name: string;
	readonly point: "NumberDataPoint" | "HistogramDataPoint" | "ExponentialHistogramDataPoint" | "SummaryDataPoint";
	readonly attributesTag: number;
	readonly flagsTag: number;
};

const instruments: Readonly<Record<number, Instrument>> = Object.freeze({
	5: { name: "gauge", point: "NumberDataPoint", attributesTag: 0x3a, flagsTag: 0x40 },
	7: { name: "sum", point: "NumberDataPoint", attributesTag: 0x3a, flagsTag: 0x40 },
	9: { name: "histogram", point: "HistogramDataPoint", attributesTag: 0x4a, flagsTag: 0x50 },
	10: { name: "exponential_histogram", point: "ExponentialHistogramDataPoint", attributesTag: 0x0a, flagsTag: 0x50 },
	11: { name: "summary", point: "SummaryDataPoint", attributesTag: 0x3a, flagsTag: 0x40 },
});

const temporalities = ["", "delta", "cumulative"];
/** Members that a point's own columns keep; the rest of a histogram or summary is `detail`. */
const keptElsewhere = ["attributes", "startTimeUnixNano", "timeUnixNano", "asDouble", "asInt", "flags"];
const texts = Object.fromEntries(
	["int", "double", "histogram", "none"].map((text) => [text, viewOf(Buffer.from(text))]),
) as Record<string, DataView>;

const maxHeaderBytes = 3000;

/** Metric data points → rows of `points`. */
export class MetricsWriter implements SignalWriter, RowWriter {
	readonly table = new TableBuffer(pointsTable);
	readonly #attributes = new AttributeWriter(this.table);
	readonly #column = plainColumns(this.table);
	readonly #time = this.table.column("time");
	readonly #startTime = this.table.column("start_time");
	readonly #value = this.table.column("value");
	readonly #valueInt = this.table.column("value_int");
	readonly #valueKind = this.table.dictionary("value_kind");
	readonly #receivedAt = this.table.column("received_at");
	/** The instrument of the metric whose points are being written. */
	#instrument: Instrument = instruments[7]!;
	/** A metric's header as bytes: name, description, unit and the three words, whichever way they lay on the wire. */
	readonly #key = new Uint8Array(maxHeaderBytes + 16);
	readonly #keyView = viewOf(this.#key);

	/** The cursor is confined to a Metric. */
	record(cursor: Cursor, groups: ResourceScopeOf, arrival: ReceiveContext): number {
		const { bytes } = cursor;
		const at = { name: 0, nameEnd: 0, description: 0, descriptionEnd: 0, unit: 0, unitEnd: 0, data: 0, dataEnd: 0, field: 0 };
		while (cursor.next()) {
			const field = cursor.tag >>> 3;
			if ((cursor.tag & 7) !== 2) {
				cursor.skip();
				continue;
			}
			cursor.field();
			const { fieldStart, fieldEnd } = cursor;
			if (field === 1) {
				at.name = fieldStart;
				at.nameEnd = fieldEnd;
			} else if (field === 2) {
				at.description = fieldStart;
				at.descriptionEnd = fieldEnd;
			} else if (field === 3) {
				at.unit = fieldStart;
				at.unitEnd = fieldEnd;
			} else if (instruments[field]) {
				at.data = fieldStart;
				at.dataEnd = fieldEnd;
				at.field = field;
			}
		}
		const instrument = instruments[at.field];
		if (!instrument) return 0;
		// The points may come before temporality and monotonicity: find those first.
		let temporality = 0;
		let monotonic = 0;
		const data = new Cursor(bytes, at.data, at.dataEnd, cursor.view);
		while (data.next()) {
			if (data.tag === 0x10) temporality = data.varint();
			else if (data.tag === 0x18) monotonic = data.varint();
			else data.skip();
		}
		const headerBytes = at.nameEnd - at.name + (at.descriptionEnd - at.description) + (at.unitEnd - at.unit);
		if (headerBytes > maxHeaderBytes) {
			arrival.refuse(pointsIn(data, at.data, at.dataEnd), tooLong);
			return 0;
		}
		const key = this.#header(cursor.view, at, temporality, monotonic);
		const group = groups({
			key,
			texts: () => ({
				metric: textOf(bytes, at.name, at.nameEnd),
				description: textOf(bytes, at.description, at.descriptionEnd),
				unit: textOf(bytes, at.unit, at.unitEnd),
				instrument: instrument.name,
				temporality: temporalities[temporality] ?? "",
				monotonic: at.field === 7 ? String(monotonic !== 0) : "",
			}),
		});
		this.#instrument = instrument;
		let rows = 0;
		const points = new Cursor(bytes, at.data, at.dataEnd, cursor.view);
		const point = new Cursor(bytes, 0, 0, cursor.view);
		while (points.next()) {
			if (points.tag !== 0x0a) {
				points.skip();
				continue;
			}
			points.field();
			arrival.record();
			point.enter(points.fieldStart, points.fieldEnd);
			rows += acceptRecord(this, point, group, arrival);
		}
		return rows;
	}

	writeRow(cursor: Cursor, arrival: ReceiveContext): void {
		const instrument = this.#instrument;
		const { bytes, pos: start, end } = cursor;
		const row = this.table.rows;
		const isNumber = instrument.point === "NumberDataPoint";
		let low = 0;
		let high = 0;
		let hasValue = false;
		let hasMore = !isNumber;
		this.#attributes.begin();
		while (cursor.next()) {
			const { tag } = cursor;
			if (tag === instrument.attributesTag) {
				this.#attributes.next(cursor, low, high);
			} else if (tag === instrument.flagsTag) {
				const flags = cursor.varint();
				if (flags > 0) this.#column["flags"]!.small(row, flags);
			} else if (tag === 0x11) {
				cursor.fixed64();
				if (cursor.low !== 0 || cursor.high !== 0) this.#startTime.word(row, cursor.low, cursor.high);
			} else if (tag === 0x19) {
				cursor.fixed64();
				low = cursor.low;
				high = cursor.high;
			} else if (isNumber && tag === 0x21) {
				cursor.fixed64();
				hasValue = true;
				this.#value.word(row, cursor.low, cursor.high);
				this.#valueKind.text(row, texts["double"]!, 0, 6);
			} else if (isNumber && tag === 0x31) {
				cursor.fixed64();
				hasValue = true;
				this.#valueInt.word(row, cursor.low, cursor.high);
				this.#value.double(row, (cursor.high | 0) * 0x1_0000_0000 + cursor.low);
				this.#valueKind.text(row, texts["int"]!, 0, 3);
			} else if (!isNumber && tag === 0x21) {
				cursor.fixed64();
				this.#column["count"]!.word(row, cursor.low, cursor.high);
			} else if (!isNumber && tag === 0x29) {
				cursor.fixed64();
				this.#value.word(row, cursor.low, cursor.high);
			} else {
				hasMore ||= isNumber && tag === 0x2a;
				cursor.skip();
			}
		}
		if (isNumber && !hasValue) this.#valueKind.text(row, texts["none"]!, 0, 4);
		if (!isNumber) this.#valueKind.text(row, texts["histogram"]!, 0, 9);
		if (hasMore) {
			const detail =
				end - start > maxValueBytes ? "" : wireToJson(instrument.point, bytes, start, end, maxNesting, keptElsewhere);
			const text = Buffer.from(JSON.stringify(detail));
			// A part of it would be no JSON.
			if (detail === "" || text.length > maxValueBytes) this.table.cuts.count++;
			else this.#column["detail"]!.text(row, viewOf(text), 0, text.length);
		}
		if (isUsable(low, high, arrival.nowMs)) this.#time.word(row, low, high);
		else {
			if (low !== 0 || high !== 0) this.#column["time_sent"]!.word(row, low, high);
			this.#time.word(row, arrival.received.low, arrival.received.high);
		}
		this.#receivedAt.word(row, arrival.nowMsLow, arrival.nowMsHigh);
	}

	#header(view: DataView, at: HeaderPlaces, temporality: number, monotonic: number): Uint8Array {
		const key = this.#key;
		const to = this.#keyView;
		let pos = 0;
		const part = (start: number, end: number) => {
			to.setUint16(pos, end - start, true);
			copyBytes(view, start, end, to, pos + 2);
			pos += 2 + end - start;
		};
		part(at.name, at.nameEnd);
		part(at.description, at.descriptionEnd);
		part(at.unit, at.unitEnd);
		key[pos++] = at.field;
		key[pos++] = temporality;
		key[pos++] = monotonic;
		return key.subarray(0, pos);
	}
}

/** Places of a metric's texts, and the kind of its instrument. */
type HeaderPlaces = {
	readonly name: number;
	readonly nameEnd: number;
	readonly description: number;
	readonly descriptionEnd: number;
	readonly unit: number;
	readonly unitEnd: number;
	readonly field: number;
};

const tooLong = `cannot keep data points: the metric's name, description and unit are longer than ${maxHeaderBytes} bytes together`;

function pointsIn(data: Cursor, start: number, end: number): number {
	let points = 0;
	data.enter(start, end);
	while (data.next()) {
		if (data.tag === 0x0a) points++;
		data.skip();
	}
	return points;
}

const textOf = (bytes: Uint8Array, start: number, end: number): string =>
	Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("utf8");
