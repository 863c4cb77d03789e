import { afterAll, beforeAll, expect, test } from "vitest";
import { freePorts } from "./process.ts";
import { startPurser, type TestPurser } from "./purser.ts";

/** Headers of answers, and malformed questions. */

let server: TestPurser;
let sql: string;
beforeAll(async () => {
	sql = `127.0.0.1:${(await freePorts(1))[0]}`;
	server = await startPurser({ sql });
});
afterAll(() => server.stop());

test("no answer with data is kept by a cache, the page's files are", async () => {
	for (const path of [
		"/api/v1/status",
		"/api/v1/usage?measure=events",
		"/api/v1/usage",
		"/api/v1/nothing",
		"/metrics",
		"/openapi.json",
	])
		expect((await fetch(`http://${server.web}${path}`)).headers.get("cache-control"), path).toBe("no-store");
	for (const address of [`${sql}/?query=SELECT%201`, `${sql}/ping`, `${server.http}/v1/logs`])
		expect((await fetch(`http://${address}`)).headers.get("cache-control"), address).toBe("no-store");
	const page = await fetch(`http://${server.web}/`);
	expect(page.headers.get("cache-control")).toBe("no-cache");
	const [asset] = /\/assets\/[\w.-]+\.js/.exec(await page.text())!;
	expect((await fetch(`http://${server.web}${asset}`)).headers.get("cache-control")).toContain("immutable");
});

test("a stream has what all answers have, and one address leaves room for others", async () => {
	const stop = new AbortController();
	const open = () => fetch(`http://${server.web}/api/v1/stream`, { signal: stop.signal });
	const first = await open();
	for (const name of ["content-security-policy", "x-content-type-options", "cross-origin-resource-policy"])
		expect(first.headers.get(name), name).not.toBeNull();
	expect(first.headers.get("cache-control")).toBe("no-store");
	const others = await Promise.all(Array.from({ length: 110 }, async () => (await open()).status));
	expect(others.filter((status) => status === 200)).toHaveLength(99);
	stop.abort();
});

test("a name that is given twice is refused, and impossible times are the nearest there are", async () => {
	const status = async (query: string) => (await fetch(`http://${server.web}/api/v1/usage?${query}`)).status;
	for (const query of ["measure=cost_usd,cost_usd", "measure=events&by=model,model", "measure=events&by=label.a,label.a"])
		expect(await status(query), query).toBe(400);
	for (const query of [
		"from=0001-01-01&to=2026-01-01",
		"from=-999999w",
		"from=1000-01-01&to=9999-01-01",
		"from=2026-01-01&to=9999-12-31",
	])
		for (const grain of ["none", "day", "month"])
			expect(await status(`measure=events,cost_usd&grain=${grain}&${query}`), query).toBe(200);
	for (const name of ["ramp", "top_movers", "dormant_people"])
		expect((await fetch(`http://${server.web}/api/v1/queries/${name}?from=0001-01-01&to=9999-01-01`)).status, name).toBe(200);
}, 60_000);
