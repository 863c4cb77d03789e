import { hash } from "node:crypto";
import { PermanentError } from "../errors.ts";
import { jsonToWire } from "../otlp/json-to-wire.ts";
import type { Outcome } from "../otlp/responses.ts";
import type { MessageName } from "../otlp/schema.ts";
import { definitionOf, type Signal, signals, sniffSignal } from "../otlp/signals.ts";
import type { ReceiverOptions } from "./receiver.ts";
import type { Traffic } from "./traffic.ts";

export type DecoderOptions = {
	/** Keeps the records of an `Export…ServiceRequest`; resolves when they are durable. */
	readonly append: (
		digest: Buffer,
		signal: Signal,
		wire: Uint8Array,
	) => Promise<{ readonly rows: number; readonly outcome: Outcome; readonly duplicate: boolean }>;
	readonly traffic: Traffic;
	readonly onReceived: (signal: Signal) => void;
};

const digestBytes = 16;

/** What both listeners hand their requests to: finds out the signal, makes protobuf of JSON, and counts. */
export const createDecoder =
	({ append, traffic, onReceived }: DecoderOptions): ReceiverOptions["accept"] =>
	async ({ signal: named, bytes, json }) => {
		let signal = named;
		let wire = bytes;
		let refused = 0;
		let reason = "";
		if (json) {
			const parsed = parseJson(bytes);
			signal ??= signalOfJson(parsed);
			const converted = jsonToWire(definitionOf(signal).request as MessageName, parsed);
			wire = converted.wire;
			refused = converted.outcome.rejected;
			reason = converted.outcome.reason;
		} else signal ??= sniffSignal(bytes);
		const digest = hash("sha256", bytes, "buffer").subarray(0, digestBytes);
		// The same bytes may be a request of another signal.
		digest[0] = digest[0]! ^ signals.findIndex((each) => each.signal === signal);
		const { rows, outcome, duplicate } = await append(digest, signal, wire);
		const rejected = duplicate ? 0 : refused + outcome.rejected;
		traffic.accepted(signal, rows, rejected, duplicate);
		onReceived(signal);
		return { signal, outcome: { rejected, reason: reason || outcome.reason } };
	};

/** Somewhere a number has more digits than a double keeps. */
const longInteger = /[[:,]\s*-?\d{16}/;
type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
const parseWith = JSON.parse as (text: string, reviver: Reviver) => unknown;
const asText: Reviver = (_key, value, { source }) =>
	typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(source ?? "") ? source : value;

/** 64-bit integers that came as numbers become texts, which the converter takes as well: none is rounded. */
function parseJson(bytes: Uint8Array): unknown {
	try {
		const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
		return longInteger.test(text) ? parseWith(text, asText) : JSON.parse(text);
	} catch {
		// V8's message quotes the text, which may be a prompt.
		throw new PermanentError("cannot decode JSON: it is not well-formed");
	}
}

/** The signal of a JSON request that was posted to `/`: its one member says. */
function signalOfJson(json: unknown): Signal {
	const members = typeof json === "object" && json !== null ? Object.keys(json) : [];
	const found = signals.find(
		({ member }) => members.includes(member) || members.includes(member.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)),
	);
	if (!found) throw new PermanentError("cannot decode JSON: it has none of resourceLogs, resourceMetrics and resourceSpans");
	return found.signal;
}
