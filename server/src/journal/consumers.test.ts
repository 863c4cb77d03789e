import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { logTo } from "../../test/log.ts";
import { jsonToWire } from "../otlp/json-to-wire.ts";
import type { ConsumerOptions } from "./consumers.ts";
import { Journal } from "./journal.ts";

let directory: string;
let log: string[];
let journal: Journal;
const ahead: ConsumerOptions = { name: "ahead", maxBacklogBytes: 1 << 20 };
const behind: ConsumerOptions = { name: "behind", maxBacklogBytes: 1 << 20 };

beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), "purser-consumers-"));
	log = [];
});
afterEach(async () => {
	await journal.close();
	rmSync(directory, { recursive: true, force: true });
});

async function open(...consumers: readonly ConsumerOptions[]): Promise<void> {
	journal = await Journal.open({
		directory,
		commitIntervalMs: 1,
		commitBytes: 1 << 20,
		segmentBytes: 1 << 20,
		segmentRows: 100_000,
		minFreeBytes: 0,
		windowMs: 3_600_000,
		consumers,
		onCommit: () => {},
		onFull: () => {},
		log: logTo(log),
	});
}
async function reopen(...consumers: readonly ConsumerOptions[]): Promise<void> {
	await journal.close();
	await open(...consumers);
}

const digestOf = (text: string) => createHash("sha256").update(text).digest().subarray(0, 16);
const wireOf = (...texts: readonly string[]) => {
	const logRecords = texts.map((stringValue) => ({ body: { stringValue } }));
	return jsonToWire("ExportLogsServiceRequest", Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] })))
		.wire;
};
const append = (...texts: readonly string[]) => journal.append(digestOf(texts.join()), "logs", wireOf(...texts));
/** Loads and releases all segments, as the store does. */
async function loadAll(): Promise<void> {
	await journal.seal();
	for (let segment = journal.oldestClosed(); segment; segment = journal.oldestClosed()) {
		await journal.release(segment, await journal.read(segment));
	}
}
/** Reads what a consumer has not read, and advances it. */
async function readAll(name: string): Promise<string[]> {
	const texts: string[] = [];
	for (let found = await journal.consumers.next(name); found; found = await journal.consumers.next(name)) {
		texts.push(...found.requests.map(({ wire }) => /\w+$/.exec(Buffer.from(wire).toString("latin1"))![0]));
		await journal.consumers.advance(name, found.next);
	}
	return texts;
}
const framesIn = () => readdirSync(join(directory, "consumers")).filter((name) => name.endsWith(".frames"));

test("consumers read every request once, in order, after the store has released it, and after a restart", async () => {
	await open(ahead, behind);
	for (const text of ["one", "two"]) {
		await append(text);
		await loadAll();
	}
	expect(await readAll("ahead")).toEqual(["one", "two"]);
	await reopen(ahead, behind);
	await append("three");
	await loadAll();
	expect(await readAll("ahead")).toEqual(["three"]);
	expect(await readAll("behind")).toEqual(["one", "two", "three"]);
	// Only the segment in which the oldest offset is remains.
	expect(framesIn()).toHaveLength(1);
});

test("a consumer that stopped within a segment continues at its next request", async () => {
	await open(ahead);
	await append("one");
	await append("two");
	await journal.seal();
	const { requests, next } = (await journal.consumers.next("ahead"))!;
	expect(requests).toHaveLength(2);
	await journal.consumers.advance("ahead", { ...next, request: 1 });
	await reopen(ahead);
	expect(await readAll("ahead")).toEqual(["two"]);
	await expect(journal.consumers.advance("ahead", { ...next, request: 0 })).rejects.toThrow(
		"cannot move the consumer ahead back",
	);
});

test("a consumer that is too far behind is advanced past whole segments, and the skipped records are counted", async () => {
	await open(ahead, { name: "behind", maxBacklogBytes: 500 });
	for (const text of ["one", "two", "three", "four"]) {
		await append(text.repeat(50).slice(0, 190), text);
		await loadAll();
	}
	const [, { skippedRecords, backlogBytes }] = journal.consumers.status as [
		unknown,
		{ skippedRecords: number; backlogBytes: number },
	];
	expect([skippedRecords, backlogBytes <= 500 + 300]).toEqual([6, true]);
	expect(log.filter((line) => line.includes("the consumer behind is too far behind: it skips 2 records"))).toHaveLength(3);
	expect(await readAll("behind")).toEqual(["four"]);
	expect(await readAll("ahead")).toEqual(["one", "two", "three", "four"]);
});

test("a segment that is split and quarantined for the store is read as a whole, once", async () => {
	await open(ahead);
	await append("one", "two");
	await journal.seal();
	await journal.split(journal.oldestClosed()!);
	await journal.quarantineSegment(journal.oldestClosed()!, "it cannot be loaded");
	await reopen(ahead);
	expect(await readAll("ahead")).toEqual(["two"]);
	await loadAll();
	await journal.retry(journal.quarantine.all[0]!.name);
	await loadAll();
	await reopen(ahead);
	expect(await readAll("ahead")).toEqual([]);
});

test("without consumers segments are retained for none, and segment numbers never restart below an offset", async () => {
	await open();
	await append("one");
	await journal.seal();
	expect(readdirSync(directory)).not.toContain("consumers");
	await loadAll();
	await reopen(ahead);
	await append("two");
	await loadAll();
	expect(await readAll("ahead")).toEqual(["two"]);
	const { latestName } = journal.consumers;
	await reopen(ahead);
	await append("three");
	expect((await journal.seal()) > latestName!).toBe(true);
	expect(await readAll("ahead")).toEqual(["three"]);
});
