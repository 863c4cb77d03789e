import { open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import type { Block } from "../normalize/batch.ts";
import type { TableName } from "../normalize/tables.ts";

/**
 * A segment is a file of frames; a frame is what one commit made durable: the digests of its requests and their rows.
 *
 *     frame   = magic u32, length of payload u32, crc32 of payload u32, payload
 *     payload = digests u32, 16 bytes each, blocks u32, then for each: table u32, rows u32, length u32, Native block
 *
 * A crash can only tear the last frame: it was never acknowledged, and is cut off when the segment is opened again.
 */
const magic = 0x4a_53_52_50;
const headBytes = 12;
export const digestBytes = 16;

const tableNumbers: readonly TableName[] = ["events", "points", "spans"];

/** One commit's frame, in one piece. */
export function encodeFrame(digests: readonly Buffer[], blocks: readonly Block[]): Buffer {
	const pieces: Uint8Array[] = [words(digests.length), ...digests, words(blocks.length)];
	for (const { table, rows, pieces: data } of blocks) {
		const length = data.reduce((sum, piece) => sum + piece.length, 0);
		pieces.push(words(tableNumbers.indexOf(table), rows, length), ...data);
	}
	const payloadLength = pieces.reduce((sum, piece) => sum + piece.length, 0);
	const frame = Buffer.allocUnsafe(headBytes + payloadLength);
	let at = headBytes;
	for (const piece of pieces) {
		frame.set(piece, at);
		at += piece.length;
	}
	frame.writeUInt32LE(magic, 0);
	frame.writeUInt32LE(payloadLength, 4);
	frame.writeUInt32LE(crc32(frame.subarray(headBytes)), 8);
	return frame;
}

export type SegmentContent = {
	readonly digests: readonly Buffer[];
	/** The Native blocks of each table, to be sent one after the other. */
	readonly blocks: Readonly<Record<TableName, { rows: number; pieces: Buffer[] }>>;
	/** How many bytes of the file are whole frames. */
	readonly validBytes: number;
	readonly torn: boolean;
};

/** Reads a segment as far as it is whole. */
export async function readSegment(path: string): Promise<SegmentContent> {
	const handle = await open(path, "r");
	let file: Buffer;
	try {
		file = await handle.readFile();
	} finally {
		await handle.close();
	}
	const digests: Buffer[] = [];
	const blocks: SegmentContent["blocks"] = {
		events: { rows: 0, pieces: [] },
		points: { rows: 0, pieces: [] },
		spans: { rows: 0, pieces: [] },
	};
	let at = 0;
	while (at + headBytes <= file.length) {
		const length = file.readUInt32LE(at + 4);
		const end = at + headBytes + length;
		if (file.readUInt32LE(at) !== magic || end > file.length) break;
		const payload = file.subarray(at + headBytes, end);
		if (crc32(payload) !== file.readUInt32LE(at + 8)) break;
		readPayload(payload, digests, blocks);
		at = end;
	}
	return { digests, blocks, validBytes: at, torn: at < file.length };
}

function readPayload(payload: Buffer, digests: Buffer[], blocks: SegmentContent["blocks"]): void {
	let at = 4;
	for (let i = payload.readUInt32LE(0); i > 0; i--, at += digestBytes) digests.push(payload.subarray(at, at + digestBytes));
	const count = payload.readUInt32LE(at);
	at += 4;
	for (let i = 0; i < count; i++) {
		const table = blocks[tableNumbers[payload.readUInt32LE(at)]!];
		const length = payload.readUInt32LE(at + 8);
		table.rows += payload.readUInt32LE(at + 4);
		table.pieces.push(payload.subarray(at + 12, at + 12 + length));
		at += 12 + length;
	}
}

const words = (...values: number[]): Buffer => {
	const bytes = Buffer.allocUnsafe(values.length * 4);
	values.forEach((value, i) => {
		bytes.writeUInt32LE(value, i * 4);
	});
	return bytes;
};
