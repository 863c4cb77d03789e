import type { Signal } from "./signals.ts";
import { definitionOf } from "./signals.ts";
import { encodeVarint } from "./wire.ts";

/** The outcome of a request: none, some or all of its records are rejected. */
export type Outcome = { readonly rejected: number; readonly reason: string };

export const nothingRejected: Outcome = Object.freeze({ rejected: 0, reason: "" });

/** google.rpc.Code, as far as OTLP uses it. */
export const rpcCode = Object.freeze({
	ok: 0,
	invalidArgument: 3,
	deadlineExceeded: 4,
	permissionDenied: 7,
	resourceExhausted: 8,
	unimplemented: 12,
	internal: 13,
	unavailable: 14,
	unauthenticated: 16,
});

/** An `Export…ServiceResponse` in protobuf: no bytes when all is kept, else `partial_success`. */
export function exportResponse(outcome: Outcome): Buffer {
	if (outcome.rejected === 0) return Buffer.alloc(0);
	const partial = Buffer.concat([varintField(1, outcome.rejected), textField(2, outcome.reason)]);
	return bytesField(1, partial);
}

/** Encodes the response in JSON. */
export function exportResponseJson(signal: Signal, outcome: Outcome): string {
	if (outcome.rejected === 0) return "{}";
	return JSON.stringify({
		partialSuccess: { [definitionOf(signal).rejectedMember]: String(outcome.rejected), errorMessage: outcome.reason },
	});
}

/** google.rpc.Status, with RetryInfo where the sender may try again. */
export function status(code: number, message: string, retryAfterSeconds?: number): Buffer {
	const fields = [varintField(1, code), textField(2, message)];
	if (retryAfterSeconds !== undefined) {
		const retryInfo = bytesField(1, varintField(1, retryAfterSeconds));
		const any = Buffer.concat([textField(1, "type.googleapis.com/google.rpc.RetryInfo"), bytesField(2, retryInfo)]);
		fields.push(bytesField(3, any));
	}
	return Buffer.concat(fields);
}

/** Encodes the status in JSON. */
export function statusJson(code: number, message: string, retryAfterSeconds?: number): string {
	const details =
		retryAfterSeconds === undefined
			? undefined
			: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${retryAfterSeconds}s` }];
	return JSON.stringify({ code, message, details });
}

const varintField = (number: number, value: number): Buffer => Buffer.concat([encodeVarint(number << 3), encodeVarint(value)]);
const bytesField = (number: number, bytes: Buffer): Buffer =>
	Buffer.concat([encodeVarint((number << 3) | 2), encodeVarint(bytes.length), bytes]);
const textField = (number: number, text: string): Buffer => bytesField(number, Buffer.from(text));
