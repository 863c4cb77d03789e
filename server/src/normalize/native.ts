import { encodeVarint } from "../otlp/wire.ts";

/**
 * The frame of a block in ClickHouse's Native format: how many columns and rows, then each column's name, type and data.
 * @see https://clickhouse.com/docs/interfaces/formats/Native
 */

const headers = new Map<string, Uint8Array>();

/** A column's name and type, each with its length. */
export function columnHeader(name: string, type: string): Uint8Array {
	const key = `${name} ${type}`;
	let header = headers.get(key);
	if (!header) {
		header = Buffer.concat([
			encodeVarint(Buffer.byteLength(name)),
			Buffer.from(name),
			encodeVarint(Buffer.byteLength(type)),
			Buffer.from(type),
		]);
		headers.set(key, header);
	}
	return header;
}

export const blockHeader = (columns: number, rows: number): Uint8Array =>
	Buffer.concat([encodeVarint(columns), encodeVarint(rows)]);

/** Unsigned 32-bit numbers as UInt64: a map's offsets. */
export function wordsOf(numbers: Uint32Array, count: number): Uint8Array {
	const words = new Uint32Array(count * 2);
	for (let i = 0; i < count; i++) words[i * 2] = numbers[i]!;
	return new Uint8Array(words.buffer);
}

const sharedDictionary = 1;
const hasAdditionalKeys = 1 << 9;
const needsUpdate = 1 << 10;

/**
 * A LowCardinality(String) column: its texts and, a row, which of them. Place 0 is the empty text, as ClickHouse wants it, so
 * `places` count from 1.
 */
export function dictionaryParts(texts: readonly Uint8Array[], places: Uint32Array, rows: number): Uint8Array[] {
	const size = texts.length + 1;
	const indexType = size <= 0xff ? 0 : size <= 0xffff ? 1 : 2;
	const head = Buffer.alloc(24);
	head.writeUInt32LE(sharedDictionary, 0);
	head.writeUInt32LE(hasAdditionalKeys | needsUpdate | indexType, 8);
	head.writeUInt32LE(size, 16);
	const parts: Uint8Array[] = [head, zero];
	for (const text of texts) parts.push(encodeVarint(text.length), text);
	const count = Buffer.alloc(8);
	count.writeUInt32LE(rows, 0);
	const used = places.subarray(0, rows);
	const indexes = indexType === 0 ? Uint8Array.from(used) : indexType === 1 ? Uint16Array.from(used) : used.slice();
	parts.push(count, new Uint8Array(indexes.buffer, indexes.byteOffset, indexes.byteLength));
	return parts;
}

const zero = Uint8Array.of(0);
