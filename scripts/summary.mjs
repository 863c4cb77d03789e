/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */

/**
 * Counts a report of vitest's JSON reporter. A file that does not load has no tests to fail and counts as one; so does a
 * run that failed or left no report without any test to blame.
 * @returns {Tally}
 */
export function tallyOf(report, code) {
	const tally = { passed: 0, failed: 0, skipped: 0 };
	for (const file of report?.testResults ?? []) {
		const tests = file.assertionResults;
		for (const { status } of tests) {
			if (status === "passed") tally.passed++;
			else if (status === "failed") tally.failed++;
			else tally.skipped++;
		}
		if (file.status === "failed" && !tests.some(({ status }) => status === "failed")) tally.failed++;
	}
	if (tally.failed === 0 && (code !== 0 || !report || report.success === false)) tally.failed = 1;
	return tally;
}

/** @returns {Tally} */
export function sumOf(tallies) {
	const sum = { passed: 0, failed: 0, skipped: 0 };
	for (const tally of tallies) for (const name of Object.keys(sum)) sum[name] += tally[name];
	return sum;
}

export function summaryLine({ passed, failed, skipped }) {
	return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
