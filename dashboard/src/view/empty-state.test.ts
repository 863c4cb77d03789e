import type { SignalTraffic } from "@purser/api";
import { expect, it } from "vitest";
import { type EmptyReason, emptyReason, type Needs } from "./empty-state.ts";

const counts = (received: number): SignalTraffic => ({
	requests: 0,
	received,
	accepted: 0,
	rejected: 0,
	cut: 0,
	duplicate: 0,
	stored: 0,
	last_received_at: null,
});

function f(
	events: number,
	points: number,
	facts: { filtered?: boolean; unsupported?: string; needs?: Needs },
	expected: EmptyReason,
) {
	it(`${events} events, ${points} points, ${JSON.stringify(facts)}: ${expected}`, () => {
		const status = {
			stored: { events, points, spans: 0 },
			last_event_at: events > 0 ? "2026-11-20T10:00:00Z" : null,
			signals: { logs: counts(events), metrics: counts(points), traces: counts(0) },
		};
		expect(emptyReason({ status, filtered: facts.filtered ?? false, unsupported: facts.unsupported, needs: facts.needs })).toBe(
			expected,
		);
	});
}

const metrics: Needs = { signal: "metrics", variable: "OTEL_METRICS_EXPORTER=otlp" };

f(0, 0, {}, "nothing-ever");
f(9, 0, {}, "nothing-happened");
f(9, 0, { needs: metrics }, "not-enabled");
f(9, 9, { needs: metrics }, "nothing-happened");
f(9, 9, { needs: metrics, filtered: true }, "filtered");
f(9, 0, { needs: metrics, filtered: true }, "not-enabled");
f(9, 9, { unsupported: "tool", filtered: true }, "unsupported");
