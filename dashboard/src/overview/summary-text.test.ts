import { describe, expect, it } from "vitest";
import { monthForecast, sentence, type Totals } from "./summary-text.ts";

const week: Totals = {
	people: 72,
	sessions: 1587,
	costUsd: 508.118,
	toolCalls: { calls: 9000, failedRatio: 0.04 },
	only: "",
	before: { people: 63, costUsd: 440 },
	monthUsd: 2140,
	mover: { label: "opus-5-5", differenceUsd: 61 },
	within: "in the last 7 days",
	locale: "en-US",
};

function f(name: string, totals: Partial<Totals>, expected: string) {
	it(name, () => expect(sentence({ ...week, ...totals })).toBe(expected));
}

f(
	"says it all",
	{},
	"72 people (+9) used Claude Code in the last 7 days: 1,587 sessions, $508.12; $68.12 more than before, mostly opus-5-5; on course for $2,140 this month.",
);
f(
	"counts one as one",
	{ people: 1, sessions: 1, costUsd: 0.42, before: undefined, monthUsd: undefined },
	"1 person used Claude Code in the last 7 days: 1 session, $0.42.",
);
f("says so when there was no use", { people: 0, sessions: 0, costUsd: 0 }, "Claude Code was not used in the last 7 days.");
f(
	"says less when it is less, and names no mover of the opposite direction",
	{ before: { people: 80, costUsd: 600 }, monthUsd: undefined },
	"72 people (−8) used Claude Code in the last 7 days: 1,587 sessions, $508.12; $91.88 less than before.",
);
f(
	"a change within five per cent is none",
	{ before: { people: 72, costUsd: 500 }, monthUsd: undefined },
	"72 people used Claude Code in the last 7 days: 1,587 sessions, $508.12; about as much as before.",
);
f(
	"has no names to count when none are sent",
	{ people: 0, before: undefined, monthUsd: undefined },
	"Claude Code was used in the last 7 days: 1,587 sessions, $508.12.",
);

f(
	"says what it is only about",
	{ only: "model opus-5-5", before: undefined, monthUsd: undefined },
	"72 people used Claude Code in the last 7 days (model opus-5-5): 1,587 sessions, $508.12.",
);
f(
	"does not count people when their number is unknown",
	{ people: undefined, sessions: undefined, costUsd: undefined, only: "tool Bash", toolCalls: { calls: 25, failedRatio: 0 } },
	"25 tool calls in the last 7 days (tool Bash), 0\u202f% of them failed.",
);

describe("the month at this pace", () => {
	const day = 86_400_000;
	it("is missing in the first three days", () => expect(monthForecast(100, 0, 2 * day, 30 * day)).toBeUndefined());
	it("is what it came to, stretched", () => expect(monthForecast(100, 0, 10 * day, 30 * day)).toBeCloseTo(300));
});
