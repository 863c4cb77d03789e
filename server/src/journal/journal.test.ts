import { createHash } from "node:crypto";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { logTo } from "../../test/log.ts";
import { systemClock } from "../clock.ts";
import { PermanentError, RetryableError } from "../errors.ts";
import { jsonToWire } from "../otlp/json-to-wire.ts";
import { Journal, type JournalOptions, type Segment } from "./journal.ts";
import { readSegment } from "./segment.ts";

let directory: string;
let journal: Journal;
let commits: number;
let log: string[];

beforeEach(async () => {
	directory = mkdtempSync(join(tmpdir(), "purser-journal-"));
	commits = 0;
	log = [];
	journal = await open();
});
afterEach(async () => {
	await journal.close();
	rmSync(directory, { recursive: true, force: true });
});

const open = (options: Partial<JournalOptions> = {}, nowMs?: number) =>
	Journal.open({
		directory,
		commitIntervalMs: 4,
		commitBytes: 1 << 20,
		segmentBytes: 1 << 20,
		segmentRows: 100_000,
		minFreeBytes: 0,
		windowMs: 3_600_000,
		onCommit: () => commits++,
		onFull: () => {},
		log: logTo(log),
		...(nowMs !== undefined && { clock: { ...systemClock, nowMs: () => nowMs } }),
		...options,
	});

/** Reopens the journal as after a kill: its files are unchanged. */
async function reopen(options?: Partial<JournalOptions>, nowMs?: number): Promise<void> {
	const files = readdirSync(directory).map((name) => [name, readFileSync(join(directory, name))] as const);
	await journal.close();
	for (const name of readdirSync(directory)) rmSync(join(directory, name));
	for (const [name, bytes] of files) writeFileSync(join(directory, name), bytes);
	journal = await open(options, nowMs);
}

const bytesOf = (json: unknown): Buffer => Buffer.from(JSON.stringify(json));
const wireOf = (text: string, size = 0) =>
	jsonToWire(
		"ExportLogsServiceRequest",
		bytesOf({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: text.padEnd(size, ".") } }] }] }] }),
	).wire;
const digestOf = (text: string) => createHash("sha256").update(text).digest().subarray(0, 16);
const append = (text: string, size?: number) => journal.append(digestOf(text), "logs", wireOf(text, size));

/** The texts in closed segments, oldest first, without taking them away. */
async function texts(): Promise<string[]> {
	const found: string[] = [];
	await journal.seal();
	for (const name of readdirSync(directory)
		.filter((each) => each.endsWith(".segment"))
		.sort()) {
		const { requests } = await readSegment(join(directory, name));
		found.push(
			...requests.flatMap(({ wire }) =>
				[
					...Buffer.from(wire)
						.toString("latin1")
						.matchAll(/text-\d+/g),
				].map(String),
			),
		);
	}
	return found;
}

async function forgetAll(): Promise<string[]> {
	const names: string[] = [];
	await journal.seal();
	for (let segment = journal.oldestClosed(); segment; segment = journal.oldestClosed()) {
		names.push(segment.name);
		await journal.release(segment, await journal.read(segment));
	}
	return names;
}

test("requests that arrive together are made durable together", async () => {
	const added = await Promise.all(Array.from({ length: 100 }, (_, i) => append(`text-${i}`)));
	expect(added.every(({ rows, duplicate }) => rows === 1 && !duplicate)).toBe(true);
	expect(commits).toBe(1);
	expect(await texts()).toHaveLength(100);
});

test("a request is on the disk when it is acknowledged", async () => {
	await append("text-1");
	await reopen();
	expect(await texts()).toEqual(["text-1"]);
	expect(journal.backlog.rows).toBe(1);
});

test("a commit does not wait when much is collected", async () => {
	journal = await open({ commitIntervalMs: 60_000, commitBytes: 1000 });
	await Promise.all([append("text-1", 600), append("text-2", 600)]);
	expect(commits).toBe(1);
});

test("the same request again adds nothing: at once, later, and after a restart", async () => {
	await append("text-1");
	expect(await append("text-1")).toMatchObject({ rows: 0, duplicate: true });
	await reopen();
	expect(await append("text-1")).toMatchObject({ rows: 0, duplicate: true });
	await forgetAll();
	expect(await append("text-1")).toMatchObject({ rows: 0, duplicate: true });
	await reopen();
	expect(await append("text-1")).toMatchObject({ rows: 0, duplicate: true });
	expect(await texts()).toEqual([]);
});

test("the same request while the first is under way waits for the first", async () => {
	let firstDone = false;
	const first = append("text-1").then(() => {
		firstDone = true;
	});
	expect(await append("text-1")).toMatchObject({ rows: 0, duplicate: true });
	expect(firstDone).toBe(true);
	await first;
	expect(await texts()).toEqual(["text-1"]);
});

test("the same request after the window counts again", async () => {
	await append("text-1");
	await forgetAll();
	await reopen({}, Date.now() + 7_300_000);
	expect(await append("text-1")).toMatchObject({ rows: 1, duplicate: false });
});

test("a request that can't be decoded is refused, and its neighbours are kept", async () => {
	const broken = journal.append(digestOf("broken"), "logs", Buffer.from([0x0a, 0x7f, 1]));
	const good = append("text-1");
	await expect(broken).rejects.toThrow(PermanentError);
	await good;
	expect(await texts()).toEqual(["text-1"]);
	await expect(journal.append(digestOf("broken"), "logs", Buffer.from([0x0a, 0x7f, 1]))).rejects.toThrow(PermanentError);
});

test("what can't be written is refused, with the same under way, and succeeds when it is sent again", async () => {
	const away = `${directory}-away`;
	renameSync(directory, away);
	const refused = await Promise.allSettled([append("text-1"), append("text-1"), append("text-2")]);
	expect(refused.map((each) => each.status === "rejected" && each.reason instanceof RetryableError)).toEqual([true, true, true]);
	expect(refused.map((each) => each.status === "rejected" && (each.reason as RetryableError).retryAfterSeconds)).toEqual([
		2, 2, 2,
	]);
	await expect(append("text-3")).rejects.toThrow(RetryableError);
	expect(log).toHaveLength(1);
	renameSync(away, directory);
	expect(await append("text-1")).toMatchObject({ rows: 1, duplicate: false });
	expect(await append("text-2")).toMatchObject({ rows: 1, duplicate: false });
	expect(await texts()).toEqual(["text-1", "text-2"]);
	expect(log).toHaveLength(2);
	expect(commits).toBe(2);
});

test("rows in memory are those of the file, also after a write failed", async () => {
	await append("text-1");
	const away = `${directory}-away`;
	await journal.seal();
	renameSync(directory, away);
	await Promise.allSettled([append("text-2"), append("text-3")]);
	renameSync(away, directory);
	await Promise.all([append("text-4"), append("text-2")]);
	await journal.seal();
	const rows: number[] = [];
	for (let segment = journal.oldestClosed(); segment; segment = journal.oldestClosed()) {
		const inFile = (await readSegment(segment.path)).requests.length;
		const content = await journal.read(segment);
		expect(content.blocks.map((block) => block.rows)).toEqual([inFile]);
		expect(content.digests).toHaveLength(inFile);
		rows.push(inFile);
		await journal.release(segment, content);
	}
	expect(rows).toEqual([1, 2]);
	expect(journal.backlog).toEqual({ rows: 0, bytes: 0 });
});

test("with less space than the floor nothing is accepted", async () => {
	journal = await open({ minFreeBytes: Number.MAX_SAFE_INTEGER });
	expect(journal.state).toBe("full");
	await expect(append("text-1")).rejects.toThrow(RetryableError);
	expect(readdirSync(directory)).toEqual([]);
});

test("segments are taken oldest first, and are gone when they are forgotten", async () => {
	journal = await open({ segmentBytes: 1 });
	for (let i = 0; i < 5; i++) await append(`text-${i}`);
	expect(await texts()).toEqual(["text-0", "text-1", "text-2", "text-3", "text-4"]);
	await reopen();
	await append("text-5");
	expect(await texts()).toEqual(["text-0", "text-1", "text-2", "text-3", "text-4", "text-5"]);
	const names = await forgetAll();
	expect(names).toEqual([...names].sort());
	expect(journal.backlog).toEqual({ rows: 0, bytes: 0 });
	expect(readdirSync(directory).filter((name) => name.endsWith(".segment"))).toEqual([]);
});

test("what arrived while older segments were waiting can be taken with them", async () => {
	await append("text-1");
	await reopen();
	await append("text-2");
	const last = await journal.seal();
	const first = journal.oldestClosed()!;
	expect(first.isOld).toBe(true);
	await journal.release(first, await journal.read(first));
	expect(journal.oldestClosed()).toMatchObject({ name: last, isOld: false });
});

test("a segment's name never comes again, also when none is left", async () => {
	const names = new Set<string>();
	for (let i = 0; i < 20; i++) {
		await append(`text-${i}`);
		for (const name of await forgetAll()) names.add(name);
		await reopen();
	}
	expect(names.size).toBe(20);
});

test("a torn tail is cut off and said, and what was acknowledged before is there", async () => {
	await append("text-1");
	const [name] = readdirSync(directory);
	const whole = readFileSync(join(directory, name!));
	await append("text-2");
	const both = readFileSync(join(directory, name!));
	await journal.close();
	writeFileSync(join(directory, name!), both.subarray(0, both.length - 1));
	journal = await open();
	expect(readFileSync(join(directory, name!))).toEqual(whole);
	expect(log).toHaveLength(1);
	expect(await append("text-1")).toMatchObject({ duplicate: true });
	expect(await append("text-2")).toMatchObject({ duplicate: false });
	expect(await texts()).toEqual(["text-1", "text-2"]);
});

test("a segment with nothing whole in it is removed", async () => {
	await journal.close();
	writeFileSync(join(directory, "000000000007-0123abcd.segment"), "PRSJ");
	journal = await open();
	expect(readdirSync(directory)).toEqual([]);
});

test("a segment that the disk damaged stays, and the rest of it is loaded", async () => {
	await append("text-1");
	const [name] = readdirSync(directory);
	await append("text-2");
	await journal.close();
	const bytes = readFileSync(join(directory, name!));
	bytes[20] = bytes[20]! ^ 1;
	writeFileSync(join(directory, name!), bytes);
	journal = await open();
	expect(await texts()).toEqual(["text-2"]);
	expect(log).toHaveLength(1);
	await forgetAll();
	expect(readdirSync(directory)).toContain(`${name}.damaged`);
});

test("closing makes durable what was still under way", async () => {
	journal = await open({ commitIntervalMs: 60_000 });
	const appended = append("text-1");
	await journal.close();
	await appended;
	journal = await open();
	expect(await texts()).toEqual(["text-1"]);
});

test("bytes that another program appended to a file are not taken for rows", async () => {
	await append("text-1");
	const [name] = readdirSync(directory);
	appendFileSync(join(directory, name!), "something else");
	await reopen();
	expect(await texts()).toEqual(["text-1"]);
});

test("a segment that is set aside is loaded no more, its file stays, and it can be loaded again", async () => {
	await append("text-1");
	const name = await journal.seal();
	await journal.quarantineSegment(journal.oldestClosed()!, "it is not liked");
	expect(journal.oldestClosed()).toBeUndefined();
	expect(journal.backlog).toEqual({ rows: 0, bytes: 0 });
	expect(readdirSync(directory).sort()).toEqual([`${name}.reason`, `${name}.segment.quarantined`]);
	await reopen();
	expect(journal.oldestClosed()).toBeUndefined();
	const noted = {
		name,
		requests: 1,
		records: 1,
		reason: "it is not liked",
		bytes: expect.any(Number),
		sinceMs: expect.any(Number),
	};
	expect(journal.quarantine.all).toEqual([noted]);
	await expect(journal.retry("another")).rejects.toThrow(`There is: ${name}`);
	await journal.retry(name);
	expect(await texts()).toEqual(["text-1"]);
	expect(readdirSync(directory)).toEqual([`${name}.segment`]);
	expect(journal.quarantine.all).toEqual([]);
});

test("what an earlier version set aside is known", async () => {
	await append("text-1");
	const name = await journal.seal();
	await journal.quarantineSegment(journal.oldestClosed()!, "");
	renameSync(join(directory, `${name}.segment.quarantined`), join(directory, `${name}.segment.refused`));
	await reopen();
	await journal.retry(name);
	expect(await texts()).toEqual(["text-1"]);
});

test("a segment is split down to its records, in order, and each is there once whatever happens", async () => {
	const many = (from: number, to: number) => ({
		resourceLogs: [
			{
				resource: { attributes: [{ key: "service.name", value: { stringValue: "a" } }] },
				scopeLogs: Array.from({ length: to - from }, (_, i) => ({
					scope: { name: "scope" },
					logRecords: [{ body: { stringValue: `text-${from + i}` } }],
				})),
			},
		],
	});
	const { wire } = jsonToWire("ExportLogsServiceRequest", bytesOf(many(0, 5)));
	await append("text-9");
	await journal.append(digestOf("many"), "logs", wire);
	await journal.seal();
	const expected = ["text-9", "text-0", "text-1", "text-2", "text-3", "text-4"];
	for (let times = 0; ; times++) {
		expect(await texts()).toEqual(expected);
		expect(journal.backlog.rows).toBe(expected.length);
		let segment: Segment | undefined;
		for (const each of await segments()) if (await journal.split(each)) segment ??= each;
		if (times % 2 === 0) await reopen();
		if (!segment) break;
	}
	expect((await segments()).length).toBe(6);
});

test("a split that was not finished is none", async () => {
	await append("text-1");
	await append("text-2");
	const name = await journal.seal();
	const whole = readFileSync(join(directory, `${name}.segment`));
	await journal.split(journal.oldestClosed()!);
	writeFileSync(join(directory, `${name}.segment`), whole);
	await reopen();
	expect(await texts()).toEqual(["text-1", "text-2"]);
	expect(readdirSync(directory)).toEqual([`${name}.segment`]);
});

test("a request of too many records is refused, and a segment is closed when it has many rows", async () => {
	const logRecords = (count: number) => ({ resourceLogs: [{ scopeLogs: [{ logRecords: Array(count).fill({}) }] }] });
	const wire = (count: number) => jsonToWire("ExportLogsServiceRequest", bytesOf(logRecords(count))).wire;
	await expect(journal.append(digestOf("a"), "logs", wire(50_001))).rejects.toMatchObject({ httpStatus: 413 });
	const scopes = { resourceLogs: [{ scopeLogs: Array(50_001).fill({}) }] };
	const empty = jsonToWire("ExportLogsServiceRequest", bytesOf(scopes)).wire;
	await expect(journal.append(digestOf("b"), "logs", empty)).rejects.toMatchObject({ httpStatus: 413 });
	const dataPoints = Array(50_001).fill({ asInt: "1" });
	const points = { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "a", gauge: { dataPoints } }] }] }] };
	const metrics = jsonToWire("ExportMetricsServiceRequest", bytesOf(points)).wire;
	await expect(journal.append(digestOf("c"), "metrics", metrics)).rejects.toMatchObject({ httpStatus: 413 });
	for (let i = 0; i < 4; i++) expect((await journal.append(digestOf(`d${i}`), "logs", wire(50_000))).rows).toBe(50_000);
	await expect.poll(async () => (await segments()).length).toBe(2);
});

/** All closed segments. */
async function segments(): Promise<Segment[]> {
	await journal.seal();
	return [...journal.closed];
}
