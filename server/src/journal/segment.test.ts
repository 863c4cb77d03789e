import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Signal } from "../otlp/signals.ts";
import { digestBytes, encodeFrame, type JournaledRequest, readSegment } from "./segment.ts";

const directory = mkdtempSync(join(tmpdir(), "purser-segment-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const request = (value: number, signal: Signal, rows: number, text: string): JournaledRequest => ({
	digest: Buffer.alloc(digestBytes, value),
	signal,
	receivedMs: 1_795_000_000_000 + value,
	rows,
	wire: Buffer.from(text),
});

const frames = [
	encodeFrame([request(1, "logs", 2, "first logs"), request(2, "traces", 1, "first traces")]),
	encodeFrame([request(3, "metrics", 3, "second metrics")], Buffer.alloc(1000)),
	encodeFrame([request(4, "logs", 4, "third logs")]),
];
const whole = Buffer.concat(frames);
const ends = frames.map((_, i) => Buffer.concat(frames.slice(0, i + 1)).length);

async function read(bytes: Uint8Array, upTo?: number) {
	const path = join(directory, "segment");
	writeFileSync(path, bytes);
	const { requests, ...rest } = await readSegment(path, upTo);
	const texts = requests.map(({ digest, receivedMs, rows, signal, wire }) => {
		expect(receivedMs).toBe(1_795_000_000_000 + digest[0]!);
		return `${digest[0]}: ${rows} of ${signal}: ${Buffer.from(wire)}`;
	});
	return { texts, ...rest };
}

const [one, two, three, four] = [
	"1: 2 of logs: first logs",
	"2: 1 of traces: first traces",
	"3: 3 of metrics: second metrics",
	"4: 4 of logs: third logs",
] as [string, string, string, string];
const all = { texts: [one, two, three, four] };
const first = { texts: [one, two] };
const firstTwo = { texts: [one, two, three] };
const none = { texts: [] as string[] };

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
	const withoutFirst = { texts: [three, four] };
	const withoutSecond = { texts: [one, two, four] };
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
