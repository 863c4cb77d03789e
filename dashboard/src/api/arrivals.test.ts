import type { SignalTraffic, Status } from "@purser/api";
import { expect, it } from "vitest";
import { type Arrivals, arrivalsIn, isEmpty } from "./arrivals.ts";

const signal = (requests: number, received: number): SignalTraffic => ({
	requests,
	received,
	accepted: received,
	rejected: 0,
	cut: 0,
	duplicate: 0,
	stored: received,
	last_received_at: null,
});

function f(
	name: string,
	logs: [number, number],
	stored: Status["stored"],
	probes: number,
	expected: Arrivals,
	state: Status["store"]["state"] = "ready",
) {
	it(name, () => {
		const signals = { logs: signal(...logs), metrics: signal(0, 0), traces: signal(0, 0) };
		const found = arrivalsIn({ signals, stored, store: { kind: "embedded", state } } as Status, probes);
		expect(found).toEqual(expected);
		expect(isEmpty(found)).toBe(expected.events + expected.points + expected.spans === 0);
	});
}

f("nothing is nothing", [0, 0], { events: 0, points: 0, spans: 0 }, 0, { requests: 0, events: 0, points: 0, spans: 0 });
f("a test event is no client", [3, 3], { events: 3, points: 0, spans: 0 }, 3, { requests: 0, events: 0, points: 0, spans: 0 });
f("a client in addition to test events is", [4, 28], { events: 28, points: 0, spans: 0 }, 3, {
	requests: 1,
	events: 25,
	points: 0,
	spans: 0,
});
f("what is kept from before a restart counts", [0, 0], { events: 90, points: 7, spans: 0 }, 0, {
	requests: 1,
	events: 90,
	points: 7,
	spans: 0,
});
f(
	"what waits for a store that is away counts too",
	[1, 12],
	{ events: 0, points: 0, spans: 0 },
	0,
	{ requests: 1, events: 12, points: 0, spans: 0 },
	"away",
);
f("what may be a test event counts once that is known", [2, 2], { events: 0, points: 0, spans: 0 }, 0, {
	requests: 0,
	events: 0,
	points: 0,
	spans: 0,
});
