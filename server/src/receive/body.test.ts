import { randomBytes } from "node:crypto";
import zlib from "node:zlib";
import { expect, test } from "vitest";
import { PermanentError, RetryableError } from "../errors.ts";
import { decompress } from "./body.ts";
import { MemoryBudget } from "./memory-budget.ts";

const encoders = {
	gzip: zlib.gzipSync,
	"x-gzip": zlib.gzipSync,
	deflate: zlib.deflateSync,
	zstd: zlib.zstdCompressSync,
} as const;
const megabyte = 1024 * 1024;

/** It compresses some thirty times, as telemetry does. */
function large(length: number): Buffer {
	const body = Buffer.alloc(length, "abcdefg");
	for (let at = 0; at < length; at += 1000) body.set(randomBytes(Math.min(30, length - at)), at);
	return body;
}

test("what was compressed is as it was, and takes of the budget what it is until it is freed", async () => {
	for (const [name, encode] of Object.entries(encoders)) {
		for (const body of [Buffer.alloc(0), Buffer.from("small"), randomBytes(100_000), large(8 * megabyte)]) {
			const budget = new MemoryBudget(64 * megabyte);
			const { bytes, free } = await decompress(encode(body), name, 20 * megabyte, budget);
			expect(Buffer.compare(Buffer.from(bytes), body), name).toBe(0);
			expect(budget.usedBytes).toBe(body.length);
			free();
			expect(budget.usedBytes).toBe(0);
		}
	}
	const budget = new MemoryBudget(megabyte);
	const raw = await decompress(zlib.deflateRawSync(Buffer.from("raw")), "Deflate", megabyte, budget);
	expect(String(raw.bytes)).toBe("raw");
	for (const none of [undefined, "", " identity "])
		expect((await decompress(Buffer.from("a"), none, 1, budget)).bytes).toHaveLength(1);
});

test("what becomes too large, or is not what it says, is refused, and takes nothing", async () => {
	const budget = new MemoryBudget(64 * megabyte, 50);
	const refused = async (body: Uint8Array, encoding: string, status: number, max = 20 * megabyte) => {
		const error = await decompress(body, encoding, max, budget).catch((error: unknown) => error);
		expect(error, encoding).toBeInstanceOf(PermanentError);
		expect((error as PermanentError).httpStatus, encoding).toBe(status);
		expect(budget.usedBytes).toBe(0);
	};
	for (const [name, encode] of Object.entries(encoders)) {
		await refused(encode(large(21 * megabyte)), name, 413);
		await refused(encode(Buffer.alloc(2000)), name, 413, 1000);
		await refused(encode(randomBytes(200_000)).subarray(0, 100_000), name, 400);
		await refused(encode(Buffer.from("small")).subarray(0, 6), name, 400);
		await refused(randomBytes(100_000), name, 400);
	}
	await refused(zlib.gzipSync(zlib.gzipSync(Buffer.alloc(30 * megabyte))), "gzip, gzip", 415);
	for (const name of ["constructor", "__proto__", "toString", "br", "x".repeat(100)]) await refused(Buffer.from("a"), name, 415);
});

test("bodies that grow wait for each other within the budget, and those that wait too long are asked to come back", async () => {
	const budget = new MemoryBudget(40 * megabyte, 300);
	const bomb = zlib.gzipSync(large(16 * megabyte));
	let most = 0;
	const watch = setInterval(() => {
		most = Math.max(most, budget.usedBytes);
	}, 1);
	const results = await Promise.allSettled(
		Array.from({ length: 30 }, async () => {
			const { free } = await decompress(bomb, "gzip", 20 * megabyte, budget);
			await new Promise((resolve) => setTimeout(resolve, 100));
			free();
		}),
	);
	clearInterval(watch);
	expect(most).toBeLessThanOrEqual(40 * megabyte);
	expect(budget.usedBytes).toBe(0);
	const failed = results.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
	expect(failed.length).toBeGreaterThan(0);
	for (const reason of failed) expect(reason).toBeInstanceOf(RetryableError);
});
