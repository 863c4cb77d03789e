import { expect, test } from "vitest";
import { RecordVersions } from "./record-versions.ts";
import { VersionedCache } from "./versioned-cache.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const noon = Date.parse("2026-11-20T12:00:00Z");

test("a version changes with the hours of its period and those around it, and with no others", () => {
	const versions = new RecordVersions();
	const period = { fromMs: noon - dayMs, toMs: noon };
	const before = versions.of(period);
	versions.changed([noon + 10 * dayMs, noon - 10 * dayMs]);
	expect(versions.of(period)).toBe(before);
	versions.changed([noon - hourMs]);
	const after = versions.of(period);
	expect(after).toBeGreaterThan(before);
	expect(versions.of(period)).toBe(after);
	// Work of the next day may cover points of this one (R3).
	versions.changed([noon + dayMs]);
	expect(versions.of(period)).toBeGreaterThan(after);
});

test("a change everywhere, or of more hours than have versions of their own, changes every version", () => {
	const versions = new RecordVersions();
	const period = { fromMs: 0, toMs: dayMs };
	const first = versions.of(period);
	versions.changedEverywhere();
	const second = versions.of(period);
	expect(second).toBeGreaterThan(first);
	versions.changed(Array.from({ length: 20_001 }, (_, i) => noon + i * hourMs));
	expect(versions.of(period)).toBeGreaterThan(second);
});

test("a result is computed once for a version, and again after a failure", async () => {
	const cache = new VersionedCache<number>(2);
	let computed = 0;
	const compute = () => Promise.resolve(++computed);
	expect(await Promise.all([cache.get("a", 1, compute), cache.get("a", 1, compute)])).toEqual([1, 1]);
	expect(await cache.get("a", 2, compute)).toBe(2);
	await expect(cache.get("b", 1, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
	expect(await cache.get("b", 1, compute)).toBe(3);
	expect(await cache.get("c", 1, compute)).toBe(4);
	expect(await cache.get("a", 2, compute)).toBe(5);
});

test("a result that is too large is not kept", async () => {
	const cache = new VersionedCache<readonly number[]>(2, ({ length }) => length < 3);
	expect(await cache.get("a", 1, () => Promise.resolve([1, 2, 3]))).toEqual([1, 2, 3]);
	expect(await cache.get("a", 1, () => Promise.resolve([4]))).toEqual([4]);
	expect(await cache.get("a", 1, () => Promise.resolve([5]))).toEqual([4]);
});
