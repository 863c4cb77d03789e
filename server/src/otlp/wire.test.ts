import fc from "fast-check";
import protobuf from "protobufjs";
import { expect, test } from "vitest";
import { PermanentError } from "../errors.ts";
import { Cursor } from "./wire.ts";

const written = (write: (writer: protobuf.Writer) => void): Uint8Array => {
	const writer = protobuf.Writer.create();
	write(writer);
	return writer.finish();
};
const long = (value: bigint): string => String(value);
const sixtyFour = ({ low, high }: Cursor): bigint => (BigInt(high) << 32n) | BigInt(low);
const edges = [0n, 1n, 127n, 128n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n];

test("64-bit integers of every size, and nothing of them when they are cut off", () => {
	const anyInteger = fc.oneof(fc.constantFrom(...edges), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
	fc.assert(
		fc.property(anyInteger, (value) => {
			for (const [bytes, read] of [
				[written((writer) => writer.uint64(long(value))), (cursor: Cursor) => cursor.varint64()],
				[written((writer) => writer.fixed64(long(value))), (cursor: Cursor) => cursor.fixed64()],
			] as const) {
				const cursor = new Cursor(bytes);
				read(cursor);
				expect([sixtyFour(cursor), cursor.pos]).toEqual([value, bytes.length]);
				for (let end = 0; end < bytes.length; end++) expect(() => read(new Cursor(bytes, 0, end))).toThrow(PermanentError);
			}
		}),
	);
});

test("varints that fit 53 bits", () => {
	const f = (value: number) => expect(new Cursor(written((writer) => writer.uint64(value))).varint()).toBe(value);
	for (const value of [0, 1, 127, 128, 300, 2 ** 31, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER]) f(value);
	expect(() => new Cursor(new Uint8Array(11).fill(0xff)).varint()).toThrow("more than ten bytes");
	expect(() => new Cursor(new Uint8Array(11).fill(0xff)).varint64()).toThrow("more than ten bytes");
});

test("fixed 32 bits are unsigned", () => {
	const f = (value: number) => expect(new Cursor(written((writer) => writer.fixed32(value))).fixed32()).toBe(value);
	for (const value of [0, 1, 2 ** 31, 2 ** 32 - 1]) f(value);
});

/** A message of every wire type, a long one, and one with a field number of more than one byte. */
const message = written((writer) => {
	writer.uint32(8).uint64(long(2n ** 64n - 1n));
	writer.uint32(17).double(1.5);
	writer.uint32(26).string("x".repeat(300));
	writer.uint32(37).fixed32(7);
	writer.uint32((536_870_911 << 3) >>> 0).uint32(1);
	writer.uint32(42).bytes(new Uint8Array());
});

test("a message cut off anywhere is refused, unless it was cut between two fields", () => {
	const whole: number[] = [0];
	const cursor = new Cursor(message);
	while (cursor.next()) {
		cursor.skip();
		whole.push(cursor.pos);
	}
	expect(whole.length).toBe(7);
	expect(whole.at(-1)).toBe(message.length);
	const walk = (end: number) => {
		const cut = new Cursor(message, 0, end);
		while (cut.next()) cut.skip();
	};
	for (let end = 0; end < message.length; end++) {
		if (whole.includes(end)) walk(end);
		else expect(() => walk(end)).toThrow(PermanentError);
	}
});

test("a length that reaches beyond the message is refused, however large", () => {
	for (const length of [2n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]) {
		const cursor = new Cursor(written((writer) => writer.uint32(10).uint64(long(length)).uint32(0)));
		cursor.next();
		expect(() => cursor.field()).toThrow("ends in the middle");
	}
});

test("field number 0 and the wire types that OTLP has not are refused", () => {
	for (const tag of [0, 1, 2, 5]) expect(() => new Cursor(Uint8Array.of(tag)).next()).toThrow("field number 0");
	for (const wireType of [3, 4, 6, 7]) {
		const cursor = new Cursor(Uint8Array.of(8 | wireType, 0));
		cursor.next();
		expect(() => cursor.skip()).toThrow(`wire type ${wireType} of field 1`);
	}
});
