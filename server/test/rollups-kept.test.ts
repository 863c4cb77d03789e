import { afterEach, expect, test } from "vitest";
import { rolledUp, startPurser, type TestPurser, until } from "./purser.ts";
import { post } from "./send.ts";

let server: TestPurser;
afterEach(() => server.stop());

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });

/** A request of a dollar, so long ago. */
async function spend(agoMs: number, id: string): Promise<void> {
	const record = {
		timeUnixNano: `${Date.now() - agoMs}000000`,
		attributes: [
			text("event.name", "api_request"),
			text("session.id", id),
			text("request_id", id),
			text("user.email", "ana@example.com"),
			{ key: "cost_usd", value: { doubleValue: 1 } },
		],
	};
	const body = { resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] };
	const answer = await post(
		`http://${server.http}/v1/logs`,
		{ "content-type": "application/json" },
		Buffer.from(JSON.stringify(body)),
	);
	expect(answer.status).toBe(200);
	await server.settle();
}
const spent = async (): Promise<number> => {
	const { rows } = await server.get("/api/v1/usage?measure=cost_usd,sessions&from=-400d");
	expect(rows[0]!["sessions"]).toBe(rows[0]!["cost_usd"]);
	return Number(rows[0]!["cost_usd"]);
};
const hours = async () =>
	(await server.get<{ rollups: { stale_hours: number; waiting_hours: number } }>("/api/v1/status")).rollups;

test("an hour is answered from its records until nothing came for it in a while", async () => {
	server = await startPurser({ "rollup-delay-seconds": 2 });
	await spend(5 * hourMs, "one");
	expect(await hours()).toEqual({ stale_hours: 1, waiting_hours: 1, failed_hours: 0 });
	expect(await spent()).toBe(1);
	await rolledUp(server);
	expect(await hours()).toEqual({ stale_hours: 0, waiting_hours: 0, failed_hours: 0 });
	expect(await spent()).toBe(1);
	await spend(5 * hourMs, "late");
	expect(await hours()).toEqual({ stale_hours: 1, waiting_hours: 1, failed_hours: 0 });
	expect(await spent()).toBe(2);
	await rolledUp(server);
	expect(await spent()).toBe(2);
});

test("a record of an hour's last moment, alone in what is loaded, is answered from as all others are", async () => {
	server = await startPurser({ "rollup-delay-seconds": 3600 });
	const hour = Math.floor(Date.now() / hourMs) * hourMs;
	await spend(Date.now() - (hour - 5 * hourMs - 500), "last");
	await spend(Date.now() - (hour - 40 * dayMs - 500), "of an earlier month");
	expect((await hours()).stale_hours).toBe(2);
	expect(await spent()).toBe(2);
});

test("a span that comes for an hour long rolled up is seen at once, and after it is rolled up again", async () => {
	server = await startPurser({ "rollup-delay-seconds": 0 });
	await spend(5 * hourMs, "one");
	await rolledUp(server);
	const startMs = Date.now() - 5 * hourMs;
	const span = {
		traceId: "0af7651916cd43dd8448eb211c80319c",
		spanId: "b7ad6b7169203331",
		name: "claude_code.interaction",
		startTimeUnixNano: `${startMs}000000`,
		endTimeUnixNano: `${startMs + 4 * hourMs}000000`,
		attributes: [text("user.email", "ben@example.com")],
	};
	const body = { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] };
	const headers = { "content-type": "application/json" };
	expect((await post(`http://${server.http}/v1/traces`, headers, Buffer.from(JSON.stringify(body)))).status).toBe(200);
	await server.settle();
	const seen = async () =>
		(await server.get<{ clients: { person: string; signals: object }[] }>("/api/v1/coverage")).clients.map(
			({ person, signals }) => [person, Object.keys(signals)],
		);
	const both = [
		["ana@example.com", ["events"]],
		["ben@example.com", ["spans"]],
	];
	expect(await seen()).toEqual(both);
	await rolledUp(server);
	expect(await seen()).toEqual(both);
	expect(await spent()).toBe(1);
});

test("the present hour is never rolled up", async () => {
	server = await startPurser({ "rollup-delay-seconds": 0 });
	await spend(0, "now");
	expect(await hours()).toEqual({ stale_hours: 1, waiting_hours: 0, failed_hours: 0 });
	expect(await spent()).toBe(1);
});

test("what is stale and what is rolled up is known after a restart", async () => {
	server = await startPurser({ "rollup-delay-seconds": 0 });
	await spend(5 * hourMs, "one");
	await rolledUp(server);
	await server.stop(true);
	server = await startPurser({ "rollup-delay-seconds": 3600, data: server.data });
	expect(await hours()).toEqual({ stale_hours: 0, waiting_hours: 0, failed_hours: 0 });
	await spend(5 * hourMs, "two");
	await server.stop(true);
	server = await startPurser({ "rollup-delay-seconds": 3600, data: server.data });
	await until(async () => (await hours()).stale_hours === 1, "read");
	expect(await spent()).toBe(2);
});

test("all rollups are rebuilt on request", async () => {
	server = await startPurser({ "rollup-delay-seconds": 1 });
	await spend(5 * hourMs, "one");
	await spend(9 * dayMs, "two");
	await rolledUp(server);
	const response = await fetch(`http://${server.web}/api/v1/rollups/rebuild`, { method: "POST" });
	expect([response.status, await response.json()]).toEqual([200, { stale_hours: 2 }]);
	expect(await spent()).toBe(2);
	await rolledUp(server);
	expect(await spent()).toBe(2);
});

test("sums go with the records that they are of", async () => {
	server = await startPurser({ "rollup-delay-seconds": 0 });
	await spend(5 * hourMs, "one");
	await spend(100 * dayMs, "old");
	await rolledUp(server);
	expect(await spent()).toBe(2);
	await server.stop(true);
	server = await startPurser({
		"rollup-delay-seconds": 0,
		"retention-events-months": 1,
		"retention-points-months": 1,
		data: server.data,
	});
	await until(async () => (await spent()) === 1, "dropped");
});
