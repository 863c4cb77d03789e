import { randomBytes } from "node:crypto";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { encodeFrame } from "../src/journal/segment.ts";
import { encodeVarint } from "../src/otlp/wire.ts";
import { sql } from "../src/sql.ts";
import { runCommand } from "./process.ts";
import { startPurser, type TestPurser, until } from "./purser.ts";
import { post } from "./send.ts";
import { commandStore } from "./stopped-store.ts";

/** Whatever is sent, what comes after it is stored. */

let server: TestPurser;
afterEach(() => server.stop());

const delimited = (tag: number, content: Uint8Array): Buffer =>
	Buffer.concat([Uint8Array.of(tag), encodeVarint(content.length), content]);
/** An export request of empty log records, two bytes each. */
const emptyRecords = (count: number): Buffer => delimited(0x0a, delimited(0x12, Buffer.alloc(count * 2, Uint8Array.of(0x12, 0))));

const json = { "content-type": "application/json" };
const events = (logRecords: readonly unknown[]) =>
	Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }));
const event = (name: string, session = "") => ({
	timeUnixNano: `${Date.now()}000000`,
	attributes: [
		{ key: "event.name", value: { stringValue: name } },
		{ key: "session.id", value: { stringValue: session } },
	],
});
const send = async (body: Buffer, headers: Readonly<Record<string, string>> = json): Promise<number> =>
	(await post(`http://${server.http}/v1/logs`, headers, body)).status;
const count = async (): Promise<number> => Number((await server.get("/api/v1/status"))["stored" as never]["events"]);

test("a request of many empty records is refused, whatever it is packed in", async () => {
	server = await startPurser();
	const body = gzipSync(Buffer.concat([emptyRecords(5_000_000), delimited(0x7a, randomBytes(4000))]));
	expect(await send(body, { "content-type": "application/x-protobuf", "content-encoding": "gzip" })).toBe(413);
	expect(await send(events([event("after")]))).toBe(200);
	await server.settle();
	expect(await count()).toBe(1);
});

test("a hundred thousand distinct texts in one segment are stored", async () => {
	server = await startPurser({ "load-interval-ms": 3000 });
	for (let i = 0; i < 4; i++) expect(await send(events(Array.from({ length: 40_000 }, (_, n) => event(`${i} ${n}`))))).toBe(200);
	await server.settle();
	expect(await count()).toBe(160_000);
}, 60_000);

test("a segment that the engine does not survive is loaded in halves", async () => {
	server = await startPurser();
	await server.stop(true);
	// As an earlier version accepted it, which had no limit.
	const wire = emptyRecords(4_000_000);
	const requests = [{ digest: randomBytes(16), signal: "logs" as const, receivedMs: Date.now(), rows: 4_000_000, wire }];
	writeFileSync(join(server.data, "journal", "000000000001-0badcafe.segment"), encodeFrame(requests));
	server = await startPurser({ data: server.data, "engine-memory": "1500M" });
	expect(await send(events([event("after")]))).toBe(200);
	await until(() => server.purser.health.journal().rows === 0, "settled", 150_000);
	expect(await count()).toBe(4_000_001);
	expect(server.log.join("\n")).toContain("loaded in halves");
	expect(server.purser.health.journal().quarantined).toBe(0);
}, 180_000);

test("a record that cannot be loaded is quarantined, and can be seen, exported and loaded again", async () => {
	server = await startPurser();
	await server.stop(true);
	await commandStore(server.data, sql`ALTER TABLE events ADD CONSTRAINT refused CHECK session_id != 'bad'`);
	server = await startPurser({ data: server.data });
	const good = Array.from({ length: 40 }, (_, i) => event(`good ${i}`));
	expect(await send(events([...good.slice(0, 13), event("bad", "bad"), ...good.slice(13)]))).toBe(200);
	expect(await send(events([event("after")]))).toBe(200);
	await until(() => server.purser.health.journal().rows === 0, "settled", 60_000);
	expect(await count()).toBe(41);

	const purser = async (...args: string[]) => await runCommand([...args, "--server", `http://${server.web}`]);
	const [listed] = JSON.parse((await purser("journal", "list", "--format", "json")).stdout);
	expect(listed).toMatchObject({ requests: 1, records: 1, reason: expect.stringContaining("refused") });
	expect((await purser("status")).stdout).toContain("1 records could not be");
	expect(await (await fetch(`http://${server.web}/metrics`)).text()).toContain("purser_journal_quarantined_records 1");
	const exported = JSON.parse((await purser("journal", "export", listed.name)).stdout);
	expect(exported).toMatchObject({
		signal: "logs",
		request: { resourceLogs: [{ scopeLogs: [{ logRecords: [event("bad", "bad")].map(({ attributes }) => ({ attributes })) }] }] },
	});
	expect((await purser("journal", "export", "nothing")).code).toBe(2);

	// It is known after a restart, and is loaded once nothing keeps it out.
	await server.stop(true);
	await commandStore(server.data, sql`ALTER TABLE events DROP CONSTRAINT refused`);
	server = await startPurser({ data: server.data });
	expect((await purser("journal", "retry")).code).toBe(0);
	await server.settle();
	expect(await count()).toBe(42);
	expect((await purser("journal", "list", "--format", "json")).stdout.trim()).toBe("[]");
	expect(readdirSync(join(server.data, "journal")).filter((name) => /quarantined|reason/.test(name))).toEqual([]);
}, 120_000);
