import { describe, expect, it } from "vitest";
import { type Precision, showBytes, showDuration, showMeasure, showTime } from "./format-value.ts";

describe("measures have their units", () => {
	const f = (name: string, value: unknown, expected: string) =>
		it(`${name} ${value}`, () => expect(showMeasure(name, value)).toBe(expected));
	f("cost_usd", 1.23454, "$1.2345");
	f("cost_usd", 12345.6, "$12,345.6000");
	f("cost_usd", 0, "$0.0000");
	f("cost_per_commit_usd", null, "–");
	f("tokens", 4_281_539, "4,281,539");
	f("cache_hit_ratio", 0.98765, "98.8%");
	f("api_duration_p95_ms", 4123, "4.1 s");
	f("active_seconds", 250, "4 m 10 s");
	f("measure_of_a_later_version_usd", 1, "$1.0000");
});

describe("durations", () => {
	const f = (ms: number, expected: string) => it(expected, () => expect(showDuration(ms)).toBe(expected));
	f(0, "0 ms");
	f(850.4, "850 ms");
	f(59_990, "1 m 0 s");
	f(3_599_900, "1 h 0 m");
	f(11_100_000, "3 h 5 m");
});

describe("times in a zone", () => {
	const f = (iso: string, tz: string, precision: Precision, expected: string) =>
		it(`${iso} in ${tz}`, () => expect(showTime(iso, tz, precision)).toBe(expected));
	f("2026-11-20T23:30:00.000Z", "UTC", "day", "2026-11-20");
	f("2026-11-20T23:30:00.000Z", "Europe/Berlin", "day", "2026-11-21");
	f("2026-11-20T00:00:00.123456789Z", "UTC", "second", "2026-11-20 00:00:00");
	f("2026-07-01T12:00:00Z", "America/New_York", "minute", "2026-07-01 08:00");
});

describe("bytes", () => {
	const f = (bytes: number, expected: string) => it(expected, () => expect(showBytes(bytes)).toBe(expected));
	f(0, "0 B");
	f(1536, "1.5 KiB");
	f(64 * 1024 ** 2, "64 MiB");
});
