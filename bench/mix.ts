import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import protobuf from "protobufjs";
import { jsonToWire } from "../server/src/otlp/json-to-wire.ts";
import { definitionOf, type Signal } from "../server/src/otlp/signals.ts";
import { Cursor } from "../server/src/otlp/wire.ts";
import { wireToJson } from "../server/src/otlp/wire-to-json.ts";
import { readRecordings } from "../server/test/recordings.ts";

// Longer than 250 lines: one format of recorded requests, read and overwritten.

/** An id or a time within a body: where it lies, and which of the recorded ids it was. */
type Place = { readonly at: number; readonly length: number; readonly kind: Kind; readonly id: number };
type Kind = "id" | "user" | "word" | "number" | "varint" | "cost" | "nanoseconds" | "nanosecond-text" | "timestamp";

/** A request body of recorded records, whose ids and times can be overwritten in place. */
export type Template = { readonly bytes: Buffer; readonly records: number; readonly places: readonly Place[] };

export type MixOptions = {
	readonly signal: "logs" | "metrics";
	/** Log records a request; metrics are sent in the requests that they came in. */
	readonly perRequest: number;
	readonly json: boolean;
};

const people = 500;
const versions = ["2.1.329", "1.0.60"];

/** OTLP as a general protobuf library has it. */
export const otlp = protobuf.loadSync(fileURLToPath(new URL("./otlp.proto", import.meta.url)));

/** All that the recordings of two versions hold, with their mix of kinds and sizes, cut into requests. */
export function readMix({ signal, perRequest, json }: MixOptions): Template[] {
	const message = definitionOf(signal).request as "ExportLogsServiceRequest" | "ExportMetricsServiceRequest";
	const wires = versions.flatMap((version) => {
		const bodies = recordedBodies(version, signal);
		return signal === "metrics" ? bodies : cut(bodies, perRequest);
	});
	return wires.map((wire) => {
		const bytes = json ? Buffer.from(JSON.stringify(wireToJson(message, wire, 0, wire.length))) : Buffer.from(wire);
		return {
			bytes,
			records: countRecords(signal, wire),
			places: json ? textPlaces(bytes) : wirePlaces(bytes, wire, signal),
		};
	});
}

/** A template for one sender: what is written into it stays there until it is written again. */
export const copyOf = (template: Template): Template => ({ ...template, bytes: Buffer.from(template.bytes) });

/**
 * Overwrites ids, times, durations, sizes, tokens and costs. A recorded id becomes the same fresh id wherever it occurs in the
 * same pass of the same sender, so that the records of a session still belong together; a sender is one person.
 */
export function freshen({ bytes, places }: Template, sender: number, pass: number, nowMs: number): void {
	let at = 0;
	for (const { at: start, length, kind, id } of places) {
		switch (kind) {
			case "id":
				hex(bytes, start, length, id, sender, pass);
				break;
			case "user":
				hex(bytes, start, length, 0, (sender + pass * 64) % people, 0);
				break;
			case "word":
				word(bytes, start, length, id, sender, pass);
				break;
			case "number":
				number(bytes, start, length, id, sender, pass);
				break;
			case "varint":
				for (let i = 0; i < length - 1; i++) bytes[start + i] = 0x80 | (bits(id, sender, pass, i) & 0x7f);
				bytes[start + length - 1] = 1 + (bits(id, sender, pass, length) % 0x3f);
				break;
			case "cost":
				bytes.writeDoubleLE((bits(id, sender, pass, 0) % 200_000) / 1e6, start);
				break;
			case "nanoseconds":
				bytes.writeBigUInt64LE(BigInt(nowMs + id) * 1_000_000n, start);
				break;
			case "nanosecond-text":
				at = bytes.write(String(nowMs + id), start, "latin1");
				bytes.fill(0x30, start + at, start + length);
				break;
			case "timestamp":
				bytes.write(new Date(nowMs + id).toISOString(), start, "latin1");
		}
	}
}

function recordedBodies(version: string, signal: Signal): Uint8Array[] {
	const known = new Set<string>();
	return readRecordings().flatMap((recording) => {
		if (recording.signal !== signal || !recording.folder.startsWith(`${version}/`)) return [];
		const body = recording.body[0] === 0x1f ? gunzipSync(recording.body) : recording.body;
		if (known.has(body.toString("latin1"))) return [];
		known.add(body.toString("latin1"));
		if (body[0] !== 0x7b) return [body];
		// Through a general library, because our own conversion writes lengths with more bytes than an exporter does.
		const message = definitionOf(signal).request;
		const type = otlp.lookupType(`otlp.${message}`);
		const { wire } = jsonToWire(message as "ExportLogsServiceRequest", body);
		return [type.encode(type.decode(wire)).finish()];
	});
}

/** The records of all bodies one after the other, in requests of one resource and scope. */
function cut(bodies: readonly Uint8Array[], perRequest: number): Uint8Array[] {
	const records: Uint8Array[] = [];
	let resource: Uint8Array = new Uint8Array();
	let scope: Uint8Array = new Uint8Array();
	for (const body of bodies) {
		for (const perResource of fields(body, 1)) {
			resource = fields(perResource, 1)[0] ?? resource;
			for (const perScope of fields(perResource, 2)) {
				scope = fields(perScope, 1)[0] ?? scope;
				records.push(...fields(perScope, 2));
			}
		}
	}
	const requests: Uint8Array[] = [];
	for (let from = 0; from + perRequest <= records.length; from += perRequest) {
		const inScope = records.slice(from, from + perRequest).map((record) => field(2, record));
		requests.push(field(1, Buffer.concat([field(1, resource), field(2, Buffer.concat([field(1, scope), ...inScope]))])));
	}
	return requests;
}

function fields(bytes: Uint8Array, number: number): Uint8Array[] {
	const found: Uint8Array[] = [];
	for (const cursor = new Cursor(bytes); cursor.next(); ) {
		if (cursor.tag !== ((number << 3) | 2)) {
			cursor.skip();
			continue;
		}
		cursor.field();
		found.push(bytes.subarray(cursor.fieldStart, cursor.fieldEnd));
	}
	return found;
}

function field(number: number, bytes: Uint8Array): Buffer {
	const head = [(number << 3) | 2];
	let rest = bytes.length;
	for (; rest > 127; rest >>>= 7) head.push((rest & 127) | 128);
	return Buffer.concat([Buffer.from([...head, rest]), bytes]);
}

/** Log records, or the data points of metrics. */
function countRecords(signal: Signal, wire: Uint8Array): number {
	const records = fields(wire, 1).flatMap((perResource) => fields(perResource, 2).flatMap((perScope) => fields(perScope, 2)));
	if (signal === "logs") return records.length;
	return records.reduce(
		(sum, metric) => sum + [5, 7, 9].flatMap((kind) => fields(metric, kind)).flatMap((data) => fields(data, 1)).length,
		0,
	);
}

const patterns: readonly { readonly kind: Kind; readonly pattern: RegExp }[] = [
	{ kind: "user", pattern: /[0-9a-f]{64}/g },
	{ kind: "id", pattern: /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g },
	{ kind: "timestamp", pattern: /20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g },
	// All records were made in one November.
	{ kind: "nanosecond-text", pattern: /(?<=UnixNano":")1795\d{15}(?=")/g },
];
/** With the byte in front, which on the wire is its length: the tag behind it may look like one more character. */
const words = /[\s\S](?:req|toolu)_[0-9a-z]+/g;

function textPlaces(bytes: Buffer): Place[] {
	const text = bytes.toString("latin1");
	const places: Place[] = [];
	for (const { kind, pattern } of patterns) {
		for (const { index, 0: found } of text.matchAll(pattern)) {
			const ms = kind === "timestamp" ? Date.parse(found) : Number(found.slice(0, 13));
			const id = kind === "timestamp" || kind === "nanosecond-text" ? ms % 1000 : hashOf(found);
			places.push({ at: index, length: found.length, kind, id });
		}
	}
	for (const { index, 0: found } of text.matchAll(words)) {
		const whole = found[0] === '"' ? found.slice(1) : found.slice(1, 1 + found.charCodeAt(0));
		const prefix = whole.indexOf("_") + 1;
		places.push({ at: index + 1 + prefix, length: whole.length - prefix, kind: "word", id: hashOf(whole) });
	}
	for (const { index, 0: found, groups } of text.matchAll(numbersAsText)) {
		const { length, digits } = groups as { length: string; digits: string };
		const end = index + found.length;
		const whole = length === "" ? digits.length : length.charCodeAt(0);
		places.push({ at: end - digits.length, length: Math.min(whole, digits.length), kind: "number", id: index });
	}
	return places;
}

/** Attributes that differ from record to record in practice, while a mock of the model API repeats its values. */
const measured = "(?:duration_ms|ttft_ms|[a-z]_tokens|_length|_bytes|cost_usd_micros|cost_usd)";
/** On the wire, with the length in front; as JSON; a fraction only there. */
const numbersAsText = new RegExp(
	`${measured}(?:\\x12[\\s\\S]\\x0a(?<length>[\\s\\S])|","value":\\{"(?:string|int|double)Value":"?(?:0\\.0*)?(?<length>))(?<digits>[1-9]\\d{0,8})`,
	"g",
);
const numbersAsVarint = new RegExp(`${measured}\\x12[\\s\\S]\\x18(?<bytes>[\\x80-\\xff]*[\\x01-\\x7f])`, "g");
const costs = new RegExp(`cost_usd${"\\x12\\x09\\x21"}[\\s\\S]{8}`, "g");

/** Times lie behind the tags of a log record's two, and of a data point's two. */
function wirePlaces(bytes: Buffer, wire: Uint8Array, signal: Signal): Place[] {
	const places = textPlaces(bytes);
	const text = bytes.toString("latin1");
	for (const { index, 0: found, groups } of text.matchAll(numbersAsVarint)) {
		const length = groups!["bytes"]!.length;
		places.push({ at: index + found.length - length, length, kind: "varint", id: index });
	}
	for (const { index, 0: found } of text.matchAll(costs))
		places.push({ at: index + found.length - 8, length: 8, kind: "cost", id: index });
	const tags = signal === "logs" ? [0x09, 0x59] : [0x11, 0x19];
	for (let at = 0; at + 9 <= wire.length; at++) {
		if (!tags.includes(wire[at]!)) continue;
		const ms = Number(bytes.readBigUInt64LE(at + 1) / 1_000_000n);
		if (ms > 1_795_000_000_000 && ms < 1_796_000_000_000)
			places.push({ at: at + 1, length: 8, kind: "nanoseconds", id: ms % 1000 });
	}
	return places;
}

const hashOf = (text: string): number =>
	[...text].reduce((hash, char) => Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0, 0x811c9dc5);

/** Thirty-two bits that look random, and are the same for the same four numbers. */
function bits(id: number, sender: number, pass: number, n: number): number {
	// One after the other: side by side, one sender's pass would now and then be another's.
	let h = Math.imul(sender + 1, 0x9e3779b1) ^ (pass + 1);
	h = Math.imul(h ^ (h >>> 16), 0x85ebca77) ^ id ^ Math.imul(n + 1, 0xc2b2ae3d);
	h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
	h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
	return (h ^ (h >>> 15)) >>> 0;
}

const digits = Buffer.from("0123456789abcdefghijklmnopqrstuvwxyz");
const hyphen = 0x2d;

function hex(bytes: Buffer, start: number, length: number, id: number, sender: number, pass: number): void {
	let random = 0;
	let left = 0;
	for (let at = start; at < start + length; at++) {
		if (bytes[at] === hyphen) continue;
		if (left === 0) {
			random = bits(id, sender, pass, at - start);
			left = 8;
		}
		bytes[at] = digits[random & 15]!;
		random >>>= 4;
		left--;
	}
}

function word(bytes: Buffer, start: number, length: number, id: number, sender: number, pass: number): void {
	let random = 0;
	for (let i = 0; i < length; i++) {
		if (i % 6 === 0) random = bits(id, sender, pass, i);
		bytes[start + i] = digits[random % 36]!;
		random = Math.floor(random / 36);
	}
}

/** Any number of as many digits. */
function number(bytes: Buffer, start: number, length: number, id: number, sender: number, pass: number): void {
	let random = bits(id, sender, pass, 0);
	for (let i = 0; i < length; i++) {
		bytes[start + i] = digits[i === 0 ? 1 + (random % 9) : random % 10]!;
		random = Math.floor(random / 10);
	}
}
