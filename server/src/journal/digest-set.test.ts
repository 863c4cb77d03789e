import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { DigestSet } from "./digest-set.ts";

const digestOf = (text: string) => createHash("sha256").update(text).digest().subarray(0, 16);

test("it has what a Set has", () => {
	const digests = new DigestSet();
	const expected = new Set<string>();
	for (let i = 0; i < 20_000; i++) {
		const digest = digestOf(String(i % 15_000));
		expect(digests.has(digest)).toBe(expected.has(digest.toString("hex")));
		digests.add(digest);
		expected.add(digest.toString("hex"));
	}
	expect(digests.size).toBe(15_000);
	for (let i = 15_000; i < 30_000; i++) expect(digests.has(digestOf(String(i)))).toBe(false);
});

test("digests that hash to one place are distinguished", () => {
	const digests = new DigestSet();
	const crowded = (last: number, first = 7) => {
		const digest = Buffer.alloc(16, 0);
		digest.writeUInt32LE(first, 0);
		digest.writeUInt32LE(last, 4 + 4 * (last % 3));
		return digest;
	};
	for (let i = 0; i < 300; i++) digests.add(crowded(i));
	// The probe wraps around at the end of the table.
	for (let i = 0; i < 300; i++) digests.add(crowded(i, 0xffff_ffff));
	expect(digests.size).toBe(600);
	for (let i = 0; i < 300; i++) expect([digests.has(crowded(i)), digests.has(crowded(i, 0xffff_ffff))]).toEqual([true, true]);
	expect(digests.has(crowded(301))).toBe(false);
	expect(digests.has(Buffer.alloc(16, 0))).toBe(false);
});

test("a digest of zeros is one like any other", () => {
	const digests = new DigestSet();
	digests.add(Buffer.alloc(16, 0));
	expect(digests.has(Buffer.alloc(16, 0))).toBe(true);
	expect(digests.size).toBe(1);
});
