import type { CoverageSummary, Gap } from "@purser/api";
import { expect, it } from "vitest";
import { coverageSentence, intervalWords } from "./summary-text.ts";

const f = (counts: Partial<CoverageSummary>, gaps: Partial<Gap>[], expected: string) =>
	it(expected, () => {
		const summary = {
			clients: 44,
			reporting: 41,
			silent: 0,
			irregular: 1,
			silent_signals: 0,
			expected: null,
			expected_never_seen: null,
			missing_ratio: 0,
			...counts,
		} as CoverageSummary;
		const meta = { as_of: "2026-11-20T09:00:00Z" } as never;
		expect(coverageSentence({ summary, gaps: gaps as Gap[], meta }, "UTC", "en-US").replaceAll("\u202f", " ")).toBe(expected);
	});

f({ silent: 2, missing_ratio: 0.0002 }, [], "41 of 43 clients report; 2 went silent; 0.02 % of events are missing.");
f({ reporting: 1 }, [], "The one regular client reports; no event is missing.");
f({ silent_signals: 1, missing_ratio: null }, [], "All 41 clients report; one signal of others stopped.");
f(
	{ silent: 1, expected: 1200, expected_never_seen: 3 },
	[],
	"41 of 42 clients report; 1 went silent; 3 of 1,200 people in the directory have sent nothing; no event is missing.",
);
f(
	{ expected: 40, expected_never_seen: 1 },
	[],
	"All 41 clients report; 1 of 40 people in the directory has sent nothing; no event is missing.",
);
f({ expected: 40, expected_never_seen: 0 }, [], "All 41 clients report; no event is missing.");
f(
	{ reporting: 0, irregular: 3, missing_ratio: 0 },
	[],
	"3 clients are known, all seen on too few days to know what is usual; no event is missing.",
);
f({ clients: 0 }, [], "No client has reported yet.");
f(
	{},
	[{ ongoing: true, usual: false, from: "2026-11-20T08:12:00Z" }],
	"No client has reported for 48 m, since Fri, Nov 20, 08:12; no event is missing.",
);

it("says how often", () =>
	expect(
		[
			intervalWords(3600, false),
			intervalWords(43_200, false),
			intervalWords(86_400, true),
			intervalWords(172_800, false),
			intervalWords(432_000, true),
		].map((words) => words.replaceAll("\u202f", " ")),
	).toEqual(["every hour", "every 12 h", "every workday", "every 2 days", "every 5 workdays"]));
