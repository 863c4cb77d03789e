import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Block } from "../normalize/batch.ts";
import { digestBytes, encodeFrame, readSegment } from "./segment.ts";

const directory = mkdtempSync(join(tmpdir(), "purser-segment-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const digest = (value: number) => Buffer.alloc(digestBytes, value);
const block = (table: Block["table"], rows: number, text: string): Block => ({
	table,
	rows,
	pieces: [Buffer.from(text.slice(0, 2)), Buffer.from(text.slice(2))],
});

const frames = [
	encodeFrame([digest(1), digest(2)], [block("events", 2, "first events"), block("spans", 1, "first spans")]),
	encodeFrame([digest(3)], [block("points", 3, "second points")]),
	encodeFrame([digest(4)], [block("events", 4, "third events")]),
];
const whole = Buffer.concat(frames);
const ends = frames.map((_, i) => Buffer.concat(frames.slice(0, i + 1)).length);

async function read(bytes: Uint8Array, upTo?: number) {
	const path = join(directory, "segment");
	writeFileSync(path, bytes);
	const { digests, blocks, ...rest } = await readSegment(path, upTo);
	const texts = Object.entries(blocks).flatMap(([table, { rows, pieces }]) =>
		rows > 0 ? [`${rows} ${table}: ${pieces.map(String).join(", ")}`] : [],
	);
	return { digests: digests.map((each) => each[0]), texts, ...rest };
}

const all = {
	digests: [1, 2, 3, 4],
	texts: ["6 events: first events, third events", "3 points: second points", "1 spans: first spans"],
};
const first = { digests: [1, 2], texts: ["2 events: first events", "1 spans: first spans"] };
const firstTwo = { digests: [1, 2, 3], texts: ["2 events: first events", "3 points: second points", "1 spans: first spans"] };
const none = { digests: [], texts: [] };

test("what was written is read", async () => {
	expect(await read(whole)).toEqual({ ...all, validBytes: whole.length, torn: false, damagedBytes: 0 });
});

test("a file that is torn at any byte is read up to its last whole frame", async () => {
	for (let length = 0; length < whole.length; length++) {
		const wholeFrames = ends.filter((end) => end <= length).length;
		const validBytes = ends[wholeFrames - 1] ?? 0;
		const expected = { ...[none, first, firstTwo][wholeFrames], validBytes, torn: length > validBytes, damagedBytes: 0 };
		expect(await read(whole.subarray(0, length)), `torn at ${length}`).toEqual(expected);
	}
});

test("a file that grew before its bytes were written is read up to its last whole frame", async () => {
	for (const zeros of [1, 11, 12, 13, 4096]) {
		expect(await read(Buffer.concat([whole, Buffer.alloc(zeros)]))).toEqual({
			...all,
			validBytes: whole.length,
			torn: true,
			damagedBytes: 0,
		});
	}
});

test("a flipped bit costs its own frame and no other", async () => {
	const withoutFirst = { digests: [3, 4], texts: ["4 events: third events", "3 points: second points"] };
	const withoutSecond = { digests: [1, 2, 4], texts: ["6 events: first events, third events", "1 spans: first spans"] };
	for (let at = 0; at < whole.length; at++) {
		const flipped = Buffer.from(whole);
		flipped[at] = flipped[at]! ^ (1 << (at % 8));
		const frame = ends.findIndex((end) => at < end);
		const content = await read(flipped);
		expect(content, `flipped at ${at}`).toMatchObject([withoutFirst, withoutSecond, firstTwo][frame]!);
		expect(content.damagedBytes, `flipped at ${at}`).toBe([frames[0]!.length, frames[1]!.length, 0][frame]);
		expect(content.torn).toBe(frame === 2);
	}
});

test("what a failed write left behind the last commit is not read", async () => {
	expect(await read(whole, ends[1])).toMatchObject(firstTwo);
});
