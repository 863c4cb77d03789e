import { afterEach, expect, test } from "vitest";
import { rolledUp, startPurser, type TestPurser, until } from "./purser.ts";
import { post } from "./send.ts";

let server: TestPurser;
afterEach(() => server.stop());

const hourMs = 3_600_000;
/** In the middle of an hour that has ended. */
const atMs = (Math.floor(Date.now() / hourMs) - 4.5) * hourMs;
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });

async function send(signal: "logs" | "metrics", body: object): Promise<void> {
	const headers = { "content-type": "application/json" };
	const answer = await post(`http://${server.http}/v1/${signal}`, headers, Buffer.from(JSON.stringify(body)));
	expect(answer.status).toBe(200);
	await server.settle();
}

/** An API request of a dollar. */
function request(session: string, ...who: { key: string }[]): Promise<void> {
	const own = [text("event.name", "api_request"), text("session.id", session), text("request_id", session)];
	const attributes = [...own, ...who, { key: "cost_usd", value: { doubleValue: 1 } }];
	return send("logs", { resourceLogs: [{ scopeLogs: [{ logRecords: [{ timeUnixNano: `${atMs}000000`, attributes }] }] }] });
}

/** The value of a cost counter after so many minutes. */
function count(temporality: "delta" | "cumulative", minutes: number, dollars: number, ...who: { key: string }[]): Promise<void> {
	const point = {
		startTimeUnixNano: `${atMs + (temporality === "delta" ? (minutes - 1) * 60_000 : 0)}000000`,
		timeUnixNano: `${atMs + minutes * 60_000}000000`,
		asDouble: dollars,
		attributes: who,
	};
	const sum = { aggregationTemporality: temporality === "delta" ? 1 : 2, isMonotonic: true, dataPoints: [point] };
	return send("metrics", {
		resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "claude_code.cost.usage", unit: "USD", sum }] }] }],
	});
}

const cost = async (): Promise<number> =>
	Number((await server.get("/api/v1/usage?measure=cost_usd&from=-1d")).rows[0]!["cost_usd"]);

test("what is known of a period is asked for again when records come, and when they are rolled up", async () => {
	server = await startPurser({ "rollup-delay-seconds": 1 });
	await request("one");
	await count("delta", 1, 1, text("session.id", "one"));
	expect(await cost()).toBe(1);
	await count("delta", 1, 0.25, text("session.id", "two"));
	expect(await cost()).toBe(1.25);
	await rolledUp(server);
	expect(await cost()).toBe(1.25);
	await request("two");
	expect(await cost()).toBe(2);
	await rolledUp(server);
	expect(await cost()).toBe(2);
	await count("cumulative", 1, 3, text("session.id", "three"));
	expect(await cost()).toBe(5);
	await count("cumulative", 2, 4, text("session.id", "three"));
	expect(await cost()).toBe(6);
	await rolledUp(server);
	expect(await cost()).toBe(6);
});

test("a question that also reads the time before counts what lies where the two meet", async () => {
	server = await startPurser({ "rollup-delay-seconds": 1 });
	await count("cumulative", 1, 3, text("session.id", "one"), text("user.email", "ana@example.com"));
	await count("cumulative", 3, 5, text("session.id", "one"), text("user.email", "ana@example.com"));
	await rolledUp(server);
	const [from, to] = [atMs + 2 * 60_000, atMs + 2 * hourMs].map((ms) => new Date(ms).toISOString());
	const { rows } = await server.get(`/api/v1/queries/top_movers?from=${from}&to=${to}`);
	expect(rows.filter(({ dimension }) => dimension === "person")).toMatchObject([{ name: "ana@example.com", before: 3, now: 2 }]);
});

test("points that no event covered are covered when two people turn out to be one, and not when they are separated again", async () => {
	server = await startPurser();
	const [ana, machine] = [text("user.email", "ana@example.com"), text("user.id", "machine")];
	await request("", ana);
	await count("delta", 1, 0.5, machine);
	expect(await cost()).toBe(1.5);
	await request("one", ana, machine);
	await until(async () => (await cost()) === 2, "one person");
	// People are looked at again two seconds after the last time: until then the facts are those of one person.
	await request("two", ana);
	await request("three", text("user.email", "ben@example.com"), machine);
	expect([4, 4.5]).toContain(await cost());
	await until(async () => (await cost()) === 4.5, "two people");
});
