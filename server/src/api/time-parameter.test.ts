import { expect, test } from "vitest";
import { periodOf } from "./time-parameter.ts";

const now = Date.parse("2026-11-20T10:00:12.345Z");
const shown = (query: { from?: string; to?: string }, at = now) => {
	const { fromMs, toMs } = periodOf(query, "-7d", at);
	return [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
};

test("relative times are whole minutes, so that all questions of a minute are the same", () => {
	expect(shown({})).toEqual(["2026-11-13T10:00:00.000Z", "2026-11-20T10:01:00.000Z"]);
	expect(shown({}, now + 40_000)).toEqual(shown({}));
	// Two that follow each other have no minute in common.
	expect(shown({ from: "-14d", to: "-7d" })).toEqual(["2026-11-06T10:00:00.000Z", "2026-11-13T10:00:00.000Z"]);
});

test("seconds and instants are taken as they are", () => {
	expect(shown({ from: "-30s", to: "2026-11-20T10:00:05.001Z" })).toEqual([
		"2026-11-20T09:59:42.345Z",
		"2026-11-20T10:00:05.001Z",
	]);
});

test("a period does not end before it begins", () => {
	expect(shown({ from: "2026-11-20", to: "2026-11-19" })).toEqual(["2026-11-20T00:00:00.000Z", "2026-11-20T00:00:00.000Z"]);
});
