import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { KeyRing } from "../src/access/key-ring.ts";
import { type Listeners, openListeners } from "../src/receive/listeners.ts";
import { MemoryBudget } from "../src/receive/memory-budget.ts";
import { logTo, noLog } from "./log.ts";

/** Connections that ask for nothing are ended, whatever they say instead. */

const timeouts = { headersMs: 300, requestMs: 1000 };
let listeners: Listeners;
const log: string[] = [];

beforeAll(async () => {
	listeners = await openListeners(
		{ grpc: { host: "127.0.0.1", port: 0 }, http: { host: "127.0.0.1", port: 0 } },
		{
			accept: async () => ({ signal: "logs", outcome: { rejected: 0, reason: "" } }),
			keys: new KeyRing("/nowhere/keys.json", noLog),
			keyHeader: "authorization",
			allowedHosts: new Set(),
			budget: new MemoryBudget(1e6),
			maxBodyBytes: 1e6,
			timeouts,
			tls: undefined,
			onRefused: () => undefined,
			log: logTo(log),
		},
	);
});
afterAll(() => listeners.close());

const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
/** HEADERS without END_HEADERS. */
const unfinished = Buffer.from([0, 0, 1, 1, 0, 0, 0, 0, 1, 0x82]);

const closes = (port: number, said: Buffer): Promise<boolean> =>
	new Promise((resolve) => {
		const socket: Socket = connect(port, "127.0.0.1", () => socket.write(said));
		const late = setTimeout(() => {
			socket.destroy();
			resolve(false);
		}, 5000);
		socket.resume();
		socket.on("error", () => undefined);
		socket.on("close", () => {
			clearTimeout(late);
			resolve(true);
		});
	});

test("connections that say nothing, half of something, or only a beginning are ended", async () => {
	const grpc = [
		Buffer.alloc(0),
		preface.subarray(0, 10),
		preface,
		Buffer.concat([preface, settings]),
		Buffer.concat([preface, settings, unfinished]),
	];
	const http = [Buffer.alloc(0), Buffer.from("POST /v1/logs HTTP/1.1\r\nHost: 127.0.0.1\r\nA: ")];
	const ended = await Promise.all([
		...grpc.map((said) => closes(listeners.grpc.port, said)),
		...http.map((said) => closes(listeners.http.port, said)),
	]);
	expect(ended).toEqual(ended.map(() => true));
}, 20_000);

test("a stream whose sender goes away in the middle is no line in the log", async () => {
	for (let i = 0; i < 20; i++) {
		const session = connectHttp2(`http://127.0.0.1:${listeners.grpc.port}`);
		session.on("error", () => undefined);
		const stream = session.request({
			":method": "POST",
			":path": "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
			"content-type": "application/grpc",
		});
		stream.on("error", () => undefined);
		stream.write(Buffer.from([0, 0, 0, 1, 0, 1, 2]));
		await new Promise((resolve) => setTimeout(resolve, 10));
		if (i % 2) stream.close(8);
		else session.destroy();
		session.destroy();
	}
	await new Promise((resolve) => setTimeout(resolve, 200));
	expect(log).toEqual([]);
});
