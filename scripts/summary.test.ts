import { describe, expect, test } from "vitest";
import { summaryLine, sumOf, tallyOf } from "./summary.mjs";

const file = (status: string, ...statuses: string[]) => ({
	status,
	assertionResults: statuses.map((each) => ({ status: each })),
});

describe("counting a report", () => {
	const f = (title: string, files: object[] | undefined, code: number, line: string, success = code === 0) =>
		test(title, () => expect(summaryLine(tallyOf(files && { testResults: files, success }, code))).toBe(line));
	f("tests that passed", [file("passed", "passed", "passed"), file("passed", "passed")], 0, "3 passed, 0 failed, 0 skipped");
	f(
		"skipped, pending and todo are skipped",
		[file("passed", "passed", "skipped", "pending", "todo")],
		0,
		"1 passed, 0 failed, 3 skipped",
	);
	f("a failed test", [file("failed", "passed", "failed")], 1, "1 passed, 1 failed, 0 skipped");
	f("a file that does not load", [file("failed"), file("passed", "passed")], 1, "1 passed, 1 failed, 0 skipped");
	f("a file whose hook fails", [file("failed", "skipped", "skipped")], 1, "0 passed, 1 failed, 2 skipped");
	f("an error outside every test", [file("passed", "passed")], 1, "1 passed, 1 failed, 0 skipped");
	f("an unsuccessful report", [file("passed", "passed")], 0, "1 passed, 1 failed, 0 skipped", false);
	f("no report, because it crashed", undefined, 128, "0 passed, 1 failed, 0 skipped");
	f("no report, and yet it ended well", undefined, 0, "0 passed, 1 failed, 0 skipped");
});

test("tallies add up", () => {
	expect(sumOf([])).toEqual({ passed: 0, failed: 0, skipped: 0 });
	const tallies = [
		{ passed: 1, failed: 0, skipped: 2 },
		{ passed: 3, failed: 1, skipped: 0 },
	];
	expect(sumOf(tallies)).toEqual({ passed: 4, failed: 1, skipped: 2 });
});
