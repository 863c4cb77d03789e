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
 * A crash can only tear the last frame: it was never acknowledged, and is cut off when the segment is opened again. A frame
 * that is broken with whole ones behind it was whole once: it is passed over, and said.
 */
const magic = 0x4a_53_52_50;
const magicBytes = Buffer.from([0x50, 0x52, 0x53, 0x4a]);
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
	/** Where the last whole frame ends. */
	readonly validBytes: number;
	readonly torn: boolean;
	/** How many bytes between whole frames are not. */
	readonly damagedBytes: number;
};

/** Reads a segment as far as it is whole; beyond `bytes` there is nothing that was acknowledged. */
export async function readSegment(path: string, bytes = Number.POSITIVE_INFINITY): Promise<SegmentContent> {
	const handle = await open(path, "r");
	let file: Buffer;
	try {
		file = (await handle.readFile()).subarray(0, bytes);
	} finally {
		await handle.close();
	}
	const digests: Buffer[] = [];
	const blocks: SegmentContent["blocks"] = {
		events: { rows: 0, pieces: [] },
		points: { rows: 0, pieces: [] },
		spans: { rows: 0, pieces: [] },
	};
	let validBytes = 0;
	let damagedBytes = 0;
	for (let frame = nextFrame(file, 0); frame; frame = nextFrame(file, frame.end)) {
		damagedBytes += frame.start - validBytes;
		validBytes = frame.end;
		readPayload(file.subarray(frame.start + headBytes, frame.end), digests, blocks);
	}
	return { digests, blocks, validBytes, torn: validBytes < file.length, damagedBytes };
}

/** The bounds of the next whole frame: here, or wherever one begins. */
function nextFrame(file: Buffer, from: number): { start: number; end: number } | undefined {
	for (let start = from; start >= 0; start = file.indexOf(magicBytes, start + 1)) {
		const end = endOfFrame(file, start);
		if (end > 0) return { start, end };
	}
	return undefined;
}

/** Where the frame that begins here ends; 0 when there is none, or not a whole one. */
function endOfFrame(file: Buffer, start: number): number {
	if (start + headBytes > file.length || file.readUInt32LE(start) !== magic) return 0;
	const end = start + headBytes + file.readUInt32LE(start + 4);
	if (end > file.length || crc32(file.subarray(start + headBytes, end)) !== file.readUInt32LE(start + 8)) return 0;
	return end;
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
