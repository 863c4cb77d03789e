import { connect as connectHttp2, constants } from "node:http2";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { noLog } from "../../test/log.ts";
import { KeyRing } from "../access/key-ring.ts";
import { nothingRejected } from "../otlp/responses.ts";
import { definitionOf } from "../otlp/signals.ts";
import { type Listeners, openListeners } from "./listeners.ts";
import { MemoryBudget } from "./memory-budget.ts";

const anyPort = { host: "127.0.0.1", port: 0 };
let listeners: Listeners;
let budget: MemoryBudget;
let accepted = 0;

beforeEach(async () => {
	budget = new MemoryBudget(1 << 20);
	accepted = 0;
	listeners = await openListeners(
		{ grpc: anyPort, http: anyPort },
		{
			accept: async () => {
				accepted++;
				return { signal: "logs", outcome: nothingRejected };
			},
			keys: new KeyRing("/nowhere/keys.json", noLog),
			allowedHosts: new Set<string>(),
			keyHeader: "x-purser-key",
			budget,
			maxBodyBytes: 1 << 20,
			timeouts: { headersMs: 200, requestMs: 600 },
			tls: undefined,
			onRefused: () => undefined,
			log: noLog,
		},
	);
});
afterEach(() => listeners.close());

/** Writes a byte every 50 ms, as long as it can. */
async function drip(write: (byte: Buffer) => void, isOver: () => boolean): Promise<number> {
	let bytes = 0;
	for (; !isOver() && bytes < 100; bytes++) {
		write(Buffer.from([0]));
		await sleep(50);
	}
	return bytes;
}

test("a body that drips over HTTP is not waited for, and its memory is given back", async () => {
	const socket = connect(listeners.http.port, "127.0.0.1");
	let answer = "";
	socket.on("data", (chunk) => {
		answer += chunk.toString("latin1");
	});
	socket.on("error", () => undefined);
	socket.write(
		"POST /v1/logs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-protobuf\r\nContent-Length: 1000\r\n\r\n",
	);
	expect(
		await drip(
			(byte) => socket.write(byte),
			() => socket.destroyed || socket.readableEnded,
		),
	).toBeLessThan(50);
	expect(answer).toMatch(/^HTTP\/1.1 408 /);
	await expect.poll(() => budget.usedBytes).toBe(0);
	expect(accepted).toBe(0);
});

test("a message that drips over gRPC is not waited for, and its session continues", async () => {
	const session = connectHttp2(`http://127.0.0.1:${listeners.grpc.port}`);
	const open = () => {
		const stream = session.request({
			":method": "POST",
			":path": definitionOf("logs").method,
			"content-type": "application/grpc",
			te: "trailers",
		});
		stream.on("error", () => undefined);
		return stream;
	};
	const slow = open();
	expect(
		await drip(
			(byte) => slow.write(byte),
			() => slow.destroyed || slow.closed,
		),
	).toBeLessThan(50);
	expect(slow.rstCode).toBe(constants.NGHTTP2_CANCEL);
	await expect.poll(() => budget.usedBytes).toBe(0);
	expect(accepted).toBe(0);
	const next = open();
	next.end(Buffer.alloc(5));
	next.resume();
	await new Promise((resolve) => next.on("close", resolve));
	expect(accepted).toBe(1);
	session.close();
});
