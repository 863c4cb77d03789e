import type { DifferingSession, ReconciliationSums } from "@purser/api";
import { expect, test } from "vitest";
import { reconciliationSentence } from "./summary-text.ts";

const total = {
	requests_cost_usd: 100,
	counters_cost_usd: 99.98,
	requests_tokens: 1000,
	counters_tokens: 999,
	cost_drift_percent: -0.02,
	tokens_drift_percent: -0.01,
	requests: 900,
	sessions: 192,
} as ReconciliationSums;
const session = (id: string) => ({ reasons: [{ id, text: "" }] }) as unknown as DifferingSession;
const said = { within: "in the last 7 days", only: "", locale: "en-US" };

function f(sums: Partial<ReconciliationSums>, sessions: DifferingSession[], expected: string): void {
	const rows = sums.sessions === 0 ? [] : [total];
	test(expected, () =>
		expect(reconciliationSentence({ total: { ...total, ...sums }, rows, sessions }, said).replaceAll("\u202f", " ")).toBe(
			expected,
		),
	);
}

const eleven = Array.from({ length: 11 }, () => session("last-interval-missing"));
f({}, eleven, "Requests and counters agree to 0.02 % in the last 7 days; 11 of 192 sessions differ, all explained.");
f(
	{ cost_drift_percent: -3.25 },
	[session("no-counters"), session("unknown")],
	"Counters report 3.3 % less than requests in the last 7 days; 2 of 192 sessions differ, 1 without an explanation.",
);
f(
	{ cost_drift_percent: null, tokens_drift_percent: null, sessions: 1 },
	[session("no-counters")],
	"No session is reported by both requests and counters in the last 7 days; 1 of 1 session differs, explained.",
);
f({ cost_drift_percent: 0.002 }, [], "Requests and counters agree to less than 0.01 % in the last 7 days; no session differs.");
f(
	{ counters_cost_usd: 100 - 1e-9, cost_drift_percent: -0.00001 },
	[],
	"Requests and counters agree exactly in the last 7 days; no session differs.",
);
f({ requests: 0, sessions: 0 }, [], "There is nothing to reconcile in the last 7 days.");

test("filters are said", () =>
	expect(reconciliationSentence({ total, rows: [total], sessions: [] }, { ...said, only: "model opus-5-5" })).toContain(
		"in the last 7 days (model opus-5-5); no session differs.",
	));
