import { open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { type Signal, signals } from "../otlp/signals.ts";

/** A journaled request: enough to derive exactly the same rows again. */
export type JournaledRequest = {
	/** Stands for the bytes that came. */
	readonly digest: Buffer;
	readonly signal: Signal;
	/** When it came: rows without a usable time are dated by it. */
	readonly receivedMs: number;
	/** Rows that it became. */
	readonly rows: number;
	/** The request in protobuf. */
	readonly wire: Uint8Array;
};

/**
 * A segment is a file of frames; a frame is what one commit made durable: requests in protobuf.
 *
 *     frame   = magic u32, length of payload u32, crc32 of payload u32, payload
 *     payload = for each request: digest 16 bytes, received f64, signal u32, rows u32, length u32, protobuf
 *
 * A crash can only tear the last frame: it was never acknowledged, and is cut off when the segment is opened again. A frame
 * that is broken with whole ones behind it was whole once: it is passed over, and said.
 */
const magic = 0x4a_53_52_51;
const magicBytes = Buffer.from([0x51, 0x52, 0x53, 0x4a]);
const headBytes = 12;
export const digestBytes = 16;
const requestHeadBytes = digestBytes + 20;

/** One commit's frame, in one piece: `into` if it is large enough. */
export function encodeFrame(requests: readonly JournaledRequest[], into: Buffer = Buffer.alloc(0)): Buffer {
	const length = headBytes + requests.reduce((sum, { wire }) => sum + requestHeadBytes + wire.length, 0);
	const frame = into.length >= length ? into.subarray(0, length) : Buffer.allocUnsafeSlow(length);
	let at = headBytes;
	for (const { digest, signal, receivedMs, rows, wire } of requests) {
		frame.set(digest, at);
		frame.writeDoubleLE(receivedMs, at + 16);
		frame.writeUInt32LE(signalNames.indexOf(signal), at + 24);
		frame.writeUInt32LE(rows, at + 28);
		frame.writeUInt32LE(wire.length, at + 32);
		frame.set(wire, at + requestHeadBytes);
		at += requestHeadBytes + wire.length;
	}
	frame.writeUInt32LE(magic, 0);
	frame.writeUInt32LE(length - headBytes, 4);
	frame.writeUInt32LE(crc32(frame.subarray(headBytes)), 8);
	return frame;
}

const signalNames: readonly Signal[] = signals.map(({ signal }) => signal);

export type SegmentContent = {
	readonly requests: readonly JournaledRequest[];
	/** The end of the last complete frame. */
	readonly validBytes: number;
	readonly torn: boolean;
	/** The number of damaged bytes between complete frames. */
	readonly damagedBytes: number;
};

/** Reads up to the last complete frame. Bytes beyond `bytes` were never acknowledged. */
export async function readSegment(path: string, bytes = Number.POSITIVE_INFINITY): Promise<SegmentContent> {
	const handle = await open(path, "r");
	let file: Buffer;
	try {
		file = (await handle.readFile()).subarray(0, bytes);
	} finally {
		await handle.close();
	}
	const requests: JournaledRequest[] = [];
	let validBytes = 0;
	let damagedBytes = 0;
	for (let frame = nextFrame(file, 0); frame; frame = nextFrame(file, frame.end)) {
		damagedBytes += frame.start - validBytes;
		validBytes = frame.end;
		readPayload(file.subarray(frame.start + headBytes, frame.end), requests);
	}
	return { requests, validBytes, torn: validBytes < file.length, damagedBytes };
}

/** The bounds of the next whole frame: here, or wherever one begins. */
function nextFrame(file: Buffer, from: number): { start: number; end: number } | undefined {
	for (let start = from; start >= 0; start = file.indexOf(magicBytes, start + 1)) {
		const end = endOfFrame(file, start);
		if (end > 0) return { start, end };
	}
	return undefined;
}

/** Returns the end of the frame that begins here; 0 when there is none, or an incomplete one. */
function endOfFrame(file: Buffer, start: number): number {
	if (start + headBytes > file.length || file.readUInt32LE(start) !== magic) return 0;
	const end = start + headBytes + file.readUInt32LE(start + 4);
	if (end > file.length || crc32(file.subarray(start + headBytes, end)) !== file.readUInt32LE(start + 8)) return 0;
	return end;
}

function readPayload(payload: Buffer, requests: JournaledRequest[]): void {
	for (let at = 0; at < payload.length; ) {
		const end = at + requestHeadBytes + payload.readUInt32LE(at + 32);
		requests.push({
			digest: payload.subarray(at, at + digestBytes),
			receivedMs: payload.readDoubleLE(at + 16),
			signal: signalNames[payload.readUInt32LE(at + 24)]!,
			rows: payload.readUInt32LE(at + 28),
			wire: payload.subarray(at + requestHeadBytes, end),
		});
		at = end;
	}
}
