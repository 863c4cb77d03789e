import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DedupWindow } from "./dedup-window.ts";

const windowMs = 1000;
const digest = (value: number) => Buffer.alloc(16, value);
let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), "purser-memory-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = (nowMs: number) => DedupWindow.open(directory, windowMs, nowMs);

/** Counts a request as the journal does once the store has it. */
async function count(memory: DedupWindow, value: number): Promise<void> {
	memory.add(digest(value));
	await memory.keep([digest(value)]);
}

test("a request is remembered for one window at least and two at most", async () => {
	const memory = await open(10_000);
	await count(memory, 1);
	await memory.rotate(10_999);
	await count(memory, 2);
	await memory.rotate(11_000);
	await count(memory, 3);
	expect([1, 2, 3].map((value) => memory.has(digest(value)))).toEqual([true, true, true]);
	await memory.rotate(12_000);
	expect([1, 2, 3].map((value) => memory.has(digest(value)))).toEqual([false, false, true]);
	await memory.rotate(13_000);
	expect(memory.has(digest(3))).toBe(false);
	expect(readdirSync(directory).length).toBeLessThanOrEqual(2);
});

test("after a restart it is as before", async () => {
	const before = await open(10_000);
	await count(before, 1);
	await before.rotate(11_000);
	await count(before, 2);
	const after = await open(11_500);
	expect([1, 2].map((value) => after.has(digest(value)))).toEqual([true, true]);
	await after.rotate(12_000);
	expect([1, 2].map((value) => after.has(digest(value)))).toEqual([false, true]);
});

test("after a long pause nothing is remembered", async () => {
	await count(await open(10_000), 1);
	expect((await open(11_999)).has(digest(1))).toBe(true);
	expect((await open(12_000)).has(digest(1))).toBe(false);
});

test("what was added and not kept is not there after a restart: its segment says it", async () => {
	(await open(10_000)).add(digest(1));
	expect((await open(10_000)).has(digest(1))).toBe(false);
});

test("a file that is torn at any byte loses only the torn digests, and continues at whole ones", async () => {
	for (let torn = 1; torn < 16; torn++) {
		rmSync(directory, { recursive: true });
		directory = mkdtempSync(join(tmpdir(), "purser-memory-"));
		await count(await open(10_000), 1);
		const [name] = readdirSync(directory);
		appendFileSync(join(directory, name!), digest(9).subarray(0, torn));
		const memory = await open(10_001);
		await count(memory, 2);
		expect(statSync(join(directory, name!)).size).toBe(32);
		const after = await open(10_002);
		expect([1, 2, 9].map((value) => after.has(digest(value)))).toEqual([true, true, false]);
	}
});

test("a clock that goes back forgets nothing", async () => {
	const memory = await open(10_000);
	await count(memory, 1);
	await memory.rotate(5000);
	expect(memory.has(digest(1))).toBe(true);
	expect((await open(5000)).has(digest(1))).toBe(true);
});
