import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { request as httpsRequest } from "node:https";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { hashKey } from "../src/access/key-ring.ts";
import { readConfig } from "../src/config.ts";
import { openPurser } from "../src/main.ts";
import { definitionOf } from "../src/otlp/signals.ts";
import { noLog } from "./log.ts";
import { startPurser, type TestPurser, until } from "./purser.ts";
import { decodeStatus, encodeRequest } from "./reference-decoder.ts";
import { type Answer, call, post } from "./send.ts";

const protobuf = { "content-type": "application/x-protobuf" };
const json = { "content-type": "application/json" };
const method = definitionOf("logs").method;
let sent = 0;

/** A request that no other is like. */
const good = (attributes: object[] = []) => ({
	resourceLogs: [
		{ scopeLogs: [{ logRecords: [{ timeUnixNano: `${Date.now()}${String(++sent).padStart(6, "0")}`, attributes }] }] },
	],
});
const goodBytes = (): Buffer => encodeRequest("logs", good());
const goodJson = (): Buffer => Buffer.from(JSON.stringify(good()));

let server: TestPurser;
let session: ClientHttp2Session;
beforeAll(async () => {
	server = await startPurser();
	session = connectHttp2(`http://${server.grpc}`);
});
afterAll(async () => {
	session.close();
	await server.stop();
});

const url = (path = "/v1/logs"): string => `http://${server.http}${path}`;
const accepted = () => server.purser.health.ingestStats.signals.logs.accepted;

/** After anything that was refused, the next request on each way in is answered and counted. */
async function nextIsKept(): Promise<void> {
	const before = accepted();
	expect((await post(url(), protobuf, goodBytes())).status).toBe(200);
	expect((await post(url(), json, goodJson())).status).toBe(200);
	expect((await call(session, method, {}, goodBytes())).status).toBe(0);
	expect(accepted()).toBe(before + 3);
}

/** The HTTP status, and the google.rpc.Status in the request's encoding. */
function refusal({ status, body, headers }: Answer): { status: number; code: number; message: string } {
	const { code, message } = String(headers["content-type"]).startsWith("application/json")
		? JSON.parse(body.toString())
		: decodeStatus(body);
	return { status, code, message };
}

describe("what will never decode is refused with its reason, over http", () => {
	const nestedJson = (levels: number): string => `${'{"arrayValue":{"values":['.repeat(levels)}${"]}}".repeat(levels)}`;
	const inRecord = (value: string): Buffer =>
		Buffer.from(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${value}}]}]}]}`);
	const cases: [string, Record<string, string>, Buffer, number, string][] = [
		["protobuf that is none", protobuf, Buffer.from("hello, world"), 400, "cannot decode protobuf"],
		["truncated protobuf", protobuf, goodBytes().subarray(0, -2), 400, "ends in the middle"],
		["JSON that is none", json, Buffer.from("{"), 400, "not well-formed"],
		["an empty body as JSON", json, Buffer.alloc(0), 400, "not well-formed"],
		["JSON that is no object", json, Buffer.from("[]"), 400, "must be an object"],
		["arrays in arrays, 10,000 deep", json, Buffer.from("[".repeat(10_000) + "]".repeat(10_000)), 400, "must be an object"],
		["a wrong content type", { "content-type": "text/plain" }, goodBytes(), 415, "Content-Type must be"],
		["no content type", {}, goodBytes(), 415, "Content-Type must be"],
		["gRPC on the port of HTTP", { "content-type": "application/grpc" }, goodBytes(), 415, "gRPC has a port of its own"],
		["an unknown encoding", { ...protobuf, "content-encoding": "br" }, goodBytes(), 415, "is not one of gzip, deflate, zstd"],
		["gzip that is none", { ...protobuf, "content-encoding": "gzip" }, goodBytes(), 400, "is not gzip"],
		["deflate that is none", { ...json, "content-encoding": "deflate" }, goodJson(), 400, "is not deflate"],
		["zstd that is none", { ...protobuf, "content-encoding": "zstd" }, goodBytes(), 400, "is not zstd"],
		["truncated gzip", { ...protobuf, "content-encoding": "gzip" }, gzipSync(goodBytes()).subarray(0, -12), 400, "is not gzip"],
	];
	test.each(cases)("%s", async (_, headers, body, status, reason) => {
		const answer = refusal(await post(url(), headers, body));
		expect(answer).toEqual({ status, code: status === 415 ? expect.any(Number) : 3, message: expect.stringContaining(reason) });
		await nextIsKept();
	});

	test("a record nesting 10,000 deep is left out, its request is answered", async () => {
		const { status, body } = await post(url(), json, inRecord(nestedJson(10_000)));
		expect([status, JSON.parse(body.toString()).partialSuccess.rejectedLogRecords]).toEqual([200, "1"]);
		await nextIsKept();
	});

	test("wrong paths and methods", async () => {
		expect(refusal(await post(url("/v1/traces/extra"), protobuf, goodBytes()))).toMatchObject({ status: 404 });
		expect(refusal(await post(url("/v2/logs"), json, goodJson()))).toMatchObject({
			status: 404,
			message: expect.stringContaining("/v1/logs"),
		});
		for (const verb of ["GET", "PUT", "DELETE", "OPTIONS"]) {
			const response = await fetch(url(), { method: verb });
			expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
		}
		await nextIsKept();
	});
});

describe("what is good in an unusual way is kept", () => {
	const kept = async (headers: Record<string, string>, body: Buffer, path?: string) => {
		const before = accepted();
		const answer = await post(url(path), headers, body);
		expect([answer.status, answer.body.toString()]).toEqual([
			200,
			headers["content-type"]!.startsWith("application/json") ? "{}" : "",
		]);
		expect(answer.headers["content-type"]).toBe(headers["content-type"]!.split(";")[0]);
		expect(accepted()).toBe(before + 1);
	};
	test("compressed in every way", async () => {
		const ways = {
			gzip: gzipSync,
			"x-gzip": gzipSync,
			deflate: deflateSync,
			zstd: zstdCompressSync,
			identity: (body: Buffer) => body,
		};
		for (const [name, compress] of Object.entries(ways)) {
			await kept({ ...protobuf, "content-encoding": name }, compress(goodBytes()) as Buffer);
			await kept({ ...json, "content-encoding": name.toUpperCase() }, compress(goodJson()) as Buffer);
		}
		await kept({ ...protobuf, "content-encoding": "deflate" }, deflateRawSync(goodBytes()));
	});
	test("chunked, without a length", async () => {
		await kept({ ...protobuf, "transfer-encoding": "chunked" }, goodBytes());
	});
	test("with parameters of the content type, a slash at the end, a base path, a query", async () => {
		await kept({ "content-type": "application/json; charset=utf-8" }, goodJson(), "/v1/logs/");
		await kept(protobuf, goodBytes(), "/some/base/v1/logs");
		await kept(json, goodJson(), "/v1/logs?tenant=a");
	});
	test("posted to / the signal is determined from the payload", async () => {
		await kept(protobuf, goodBytes(), "/");
		await kept(json, goodJson(), "/");
		expect(refusal(await post(url("/"), json, Buffer.from("{}")))).toMatchObject({
			status: 400,
			message: expect.stringContaining("resourceSpans"),
		});
	});
	test("an empty request is a good one", async () => {
		expect((await post(url(), protobuf, Buffer.alloc(0))).status).toBe(200);
		expect((await post(url(), json, Buffer.from("{}"))).status).toBe(200);
		expect((await call(session, method, {}, Buffer.alloc(0))).status).toBe(0);
	});
});

describe("over gRPC", () => {
	const cases: [string, string, Record<string, string>, Buffer, boolean, number, string][] = [
		["a message that is none", method, {}, Buffer.from("hello, world"), false, 3, "cannot decode protobuf"],
		["a truncated message", method, {}, goodBytes().subarray(0, -2), false, 3, "ends in the middle"],
		["an unknown method", "/opentelemetry.Logs/Import", {}, goodBytes(), false, 12, "unknown method"],
		["an unknown encoding", method, { "grpc-encoding": "snappy" }, goodBytes(), true, 12, "not one of gzip"],
		["gzip that is none", method, { "grpc-encoding": "gzip" }, goodBytes(), true, 3, "is not gzip"],
		["a bomb", method, { "grpc-encoding": "gzip" }, gzipSync(Buffer.alloc(100 * 1024 * 1024)), true, 8, "larger than"],
		["more than is allowed", method, {}, Buffer.alloc(21 * 1024 * 1024), false, 8, "larger than"],
		["a large message to a method that is not there", "/no", {}, Buffer.alloc(2 * 1024 * 1024), false, 12, "unknown method"],
	];
	test.each(cases)("%s", async (_, path, headers, message, compressed, status, reason) => {
		const own = connectHttp2(`http://${server.grpc}`);
		const answer = await call(own, path, headers, message, compressed);
		own.close();
		const details = Buffer.from(String(answer.headers["grpc-status-details-bin"]), "base64");
		expect([answer.status, decodeURIComponent(String(answer.headers["grpc-message"]))]).toEqual([
			status,
			expect.stringContaining(reason),
		]);
		expect(decodeStatus(details)).toMatchObject({ code: status, message: expect.stringContaining(reason) });
		await nextIsKept();
	});

	test("compressed messages, and half a message", async () => {
		for (const [name, compress] of Object.entries({ gzip: gzipSync, deflate: deflateSync, zstd: zstdCompressSync })) {
			expect((await call(session, method, { "grpc-encoding": name }, compress(goodBytes()), true)).status).toBe(0);
		}
		const stream = session.request({ ":method": "POST", ":path": method, "content-type": "application/grpc", te: "trailers" });
		const status = new Promise((resolve) => stream.on("response", (headers) => resolve(Number(headers["grpc-status"]))));
		stream.resume();
		stream.end(Buffer.from([0, 0, 0, 1, 0, 1, 2, 3]));
		expect(await status).toBe(3);
		await nextIsKept();
	});

	test("another content type", async () => {
		const stream = session.request({ ":method": "POST", ":path": method, "content-type": "application/json" });
		const status = new Promise((resolve) => stream.on("response", (headers) => resolve(headers[":status"])));
		stream.resume();
		stream.end("{}");
		expect(await status).toBe(415);
		await nextIsKept();
	});
});

describe("what would take too much memory is refused, and takes little", () => {
	let residentBefore = 0;
	beforeEach(() => {
		residentBefore = process.memoryUsage.rss();
	});
	const isBounded = () => expect(process.memoryUsage.rss() - residentBefore).toBeLessThan(700 * 1024 * 1024);
	const mebibyte = 1024 * 1024;

	test("a gigabyte of zeros, compressed", async () => {
		const zeros = Buffer.alloc(64 * mebibyte);
		const sixteen = (compressed: Buffer) => Buffer.concat(Array.from({ length: 16 }, () => compressed));
		const bombs = {
			gzip: sixteen(gzipSync(zeros)),
			deflate: deflateSync(Buffer.alloc(128 * mebibyte)),
			zstd: sixteen(zstdCompressSync(zeros)),
		};
		residentBefore = process.memoryUsage.rss();
		for (const [name, bomb] of Object.entries(bombs)) {
			const answers = await Promise.all(
				Array.from({ length: 4 }, () => post(url(), { ...protobuf, "content-encoding": name }, bomb)),
			);
			for (const answer of answers)
				expect(refusal(answer)).toMatchObject({ status: 413, message: expect.stringContaining("when decompressed") });
		}
		isBounded();
		await nextIsKept();
	});

	test("more than 64 MiB, announced or not", async () => {
		const much = Buffer.alloc(65 * mebibyte);
		for (const headers of [protobuf, { ...protobuf, "transfer-encoding": "chunked" }]) {
			// The sender may see the answer or that the connection was closed on it, because it is still sending.
			const status = await post(url(), headers, much).then(
				({ status }) => status,
				(error: NodeJS.ErrnoException) => error.code,
			);
			expect([413, "ECONNRESET", "EPIPE"]).toContain(status);
		}
		expect(server.purser.health.ingestStats.refusals[0]).toMatchObject({ listener: "http", status: "413" });
		isBounded();
		await nextIsKept();
	});

	test("a record with four hundred thousand attributes", async () => {
		const attributes = Array.from({ length: 400_000 }, () => ({ key: "k", value: { intValue: "1" } }));
		const { status, body } = await post(url(), json, Buffer.from(JSON.stringify(good(attributes))));
		expect([status, JSON.parse(body.toString()).partialSuccess.errorMessage]).toEqual([
			200,
			expect.stringContaining("1024 attributes"),
		]);
		isBounded();
		await nextIsKept();
	});

	test("protobuf nesting 10,000 deep", async () => {
		let value: Buffer = Buffer.from([0x18, 0x01]);
		for (let i = 0; i < 10_000; i++) value = field(5, field(1, value));
		const { status, body } = await post(url(), protobuf, field(1, field(2, field(2, field(5, value)))));
		expect([status, body.toString("latin1")]).toEqual([200, expect.stringContaining("nests too deeply")]);
		await nextIsKept();
	});
});

function field(number: number, bytes: Buffer): Buffer {
	const head = [(number << 3) | 2];
	let length = bytes.length;
	for (; length > 127; length >>>= 7) head.push((length & 127) | 128);
	return Buffer.concat([Buffer.from([...head, length]), bytes]);
}

/** Returns the answer of a connection to these bytes, until it is closed. */
function exchange(address: string, bytes: string | Buffer, keepOpen = false): Promise<string> {
	const [host, port] = address.split(":") as [string, string];
	return new Promise((resolve) => {
		let answer = "";
		const socket: Socket = connect(Number(port), host, () => (keepOpen ? socket.write(bytes) : socket.end(bytes)));
		socket.on("data", (chunk) => {
			answer += chunk.toString("latin1");
		});
		socket.on("error", () => resolve(answer));
		socket.on("close", () => resolve(answer));
	});
}

describe("clients of another protocol", () => {
	const refusals = () => server.purser.health.ingestStats.refusals;
	test("headers that are too large", async () => {
		const answer = await exchange(server.http, `POST /v1/logs HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(40_000)}\r\n\r\n`, true);
		expect(answer).toMatch(/^HTTP\/1.1 431 /);
		await nextIsKept();
	});
	test("no HTTP at all", async () => {
		expect(await exchange(server.http, "\x16\x03\x01 hello\r\n\r\n")).toMatch(/^HTTP\/1.1 400 /);
		await nextIsKept();
	});
	test("gRPC to the port of HTTP is pointed to the other port", async () => {
		expect(await exchange(server.http, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).toContain(
			"OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
		);
		await nextIsKept();
	});
	test("HTTP to the port of gRPC is closed, and the status says why", async () => {
		await exchange(server.grpc, "POST /v1/logs HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}");
		expect(refusals()[0]).toMatchObject({
			listener: "grpc",
			reason: expect.stringContaining("OTEL_EXPORTER_OTLP_PROTOCOL=grpc"),
		});
		await nextIsKept();
	});
	test("a sender that goes away in the middle", async () => {
		const head = "POST /v1/logs HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-protobuf\r\nContent-Length: 1000\r\n\r\n";
		await exchange(server.http, `${head}half`);
		await nextIsKept();
	});
	test("a sender that never ends its headers is not waited for", async () => {
		expect(await exchange(server.http, "POST /v1/logs HTTP/1.1\r\nHost: a\r\n", true)).toMatch(/^HTTP\/1.1 (408|400) /);
		await nextIsKept();
	}, 25_000);
});

describe("keys", () => {
	const stored = (key: string, purpose = "ingest") => ({
		name: key,
		purpose,
		sha256: hashKey(key),
		created: "2026-11-21T00:00:00.000Z",
	});
	test("a request needs one of the keys, in either header", async () => {
		const directory = mkdtempSync(join(tmpdir(), "purser-keys-"));
		const keys = join(directory, "keys.json");
		writeFileSync(keys, JSON.stringify([stored("first"), stored("second"), stored("reader", "read")]));
		const guarded = await startPurser({ keys, "key-header": "X-Purser-Key" });
		const http2 = connectHttp2(`http://${guarded.grpc}`);
		const over = async (headers: Record<string, string>): Promise<[number, number]> => [
			(await post(`http://${guarded.http}/v1/logs`, { ...protobuf, ...headers }, goodBytes())).status,
			(await call(http2, method, headers, goodBytes())).status,
		];
		try {
			expect(await over({})).toEqual([401, 16]);
			expect(await over({ authorization: "Bearer wrong" })).toEqual([401, 16]);
			expect(await over({ authorization: "Bearer reader" })).toEqual([401, 16]);
			expect(await over({ authorization: "Bearer first" })).toEqual([200, 0]);
			expect(await over({ authorization: "bearer  second" })).toEqual([200, 0]);
			expect(await over({ "x-purser-key": "second" })).toEqual([200, 0]);
			const answer = await post(`http://${guarded.http}/v1/logs`, json, goodJson());
			expect([answer.headers["www-authenticate"], JSON.parse(answer.body.toString()).code]).toEqual(["Bearer", 16]);
			// A large body without a key, over and over: the connection of the others must not be used up.
			for (let i = 0; i < 12; i++) expect((await call(http2, method, {}, Buffer.alloc(2 * 1024 * 1024))).status).toBe(16);
			expect(await over({ authorization: "Bearer first" })).toEqual([200, 0]);
		} finally {
			http2.close();
			await guarded.stop();
			rmSync(directory, { recursive: true, force: true });
		}
	});

	test("a key may be added while running", async () => {
		const directory = mkdtempSync(join(tmpdir(), "purser-keys-"));
		const keys = join(directory, "keys.json");
		const open = await startPurser({ keys });
		const status = async (key: string) =>
			(await post(`http://${open.http}/v1/logs`, { ...protobuf, authorization: `Bearer ${key}` }, goodBytes())).status;
		try {
			expect(await status("none")).toBe(200);
			writeFileSync(keys, JSON.stringify([stored("late")]));
			await until(async () => (await status("none")) === 401, "closed to those without a key");
			expect(await status("late")).toBe(200);
		} finally {
			await open.stop();
			rmSync(directory, { recursive: true, force: true });
		}
	});

	test("beyond loopback it does not start without keys", async () => {
		const config = readConfig({
			flags: { http: "0.0.0.0:0", grpc: "127.0.0.1:0", web: "127.0.0.1:0", data: mkdtempSync(join(tmpdir(), "purser-")) },
			environment: {},
		});
		await expect(openPurser(config, noLog)).rejects.toThrow("without an ingest key and a read key");
	});
});

const hasOpenssl = (() => {
	try {
		return execFileSync("openssl", ["version"]).length > 0;
	} catch {
		return false;
	}
})();

test.skipIf(!hasOpenssl)("with mTLS only senders with a certificate of the authority are heard", async () => {
	const directory = mkdtempSync(join(tmpdir(), "purser-tls-"));
	const at = (name: string) => join(directory, name);
	const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "ignore" });
	const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
	const signedBy = (authority: string, name: string) =>
		openssl(
			"req",
			"-x509",
			...curve,
			"-keyout",
			at(`${name}.key`),
			"-out",
			at(`${name}.pem`),
			"-days",
			"2",
			"-subj",
			`/CN=${name}`,
			"-addext",
			"subjectAltName=IP:127.0.0.1,DNS:localhost",
			...(authority === name ? [] : ["-CA", at(`${authority}.pem`), "-CAkey", at(`${authority}.key`)]),
		);
	for (const [authority, name] of [
		["ca", "ca"],
		["ca", "server"],
		["ca", "sender"],
		["stranger", "stranger"],
	] as const)
		signedBy(authority, name);
	const read = (name: string) => readFileSync(at(name));
	const config = {
		grpc: "127.0.0.1:0",
		http: "127.0.0.1:0",
		web: "127.0.0.1:0",
		data: at("data"),
		"tls-cert": at("server.pem"),
		"tls-key": at("server.key"),
		"tls-client-ca": at("ca.pem"),
	};
	const purser = await openPurser(readConfig({ flags: config, environment: {} }), noLog);
	const [grpc, http] = purser.listeners.map(({ address }) => address) as [string, string];
	type Identity = { readonly cert?: Buffer; readonly key?: Buffer };
	const overHttp = (identity: Identity): Promise<number | undefined> =>
		new Promise((resolve, reject) => {
			const outgoing = httpsRequest(
				`https://${http}/v1/logs`,
				{ method: "POST", headers: protobuf, ca: read("ca.pem"), ...identity },
				(response) => {
					response.resume();
					resolve(response.statusCode);
				},
			);
			outgoing.on("error", reject);
			outgoing.end(goodBytes());
		});
	const overGrpc = async (identity: Identity): Promise<number> => {
		const secure = connectHttp2(`https://${grpc}`, { ca: read("ca.pem"), ...identity });
		const failed = new Promise<never>((_, reject) => secure.on("error", reject));
		try {
			return await Promise.race([call(secure, method, {}, goodBytes()).then(({ status }) => status), failed]);
		} finally {
			secure.destroy();
		}
	};
	try {
		for (const over of [overHttp, overGrpc]) {
			await expect(over({}).then((status) => (status === -1 ? Promise.reject(new Error("closed")) : status))).rejects.toThrow();
			await expect(
				over({ cert: read("stranger.pem"), key: read("stranger.key") }).then((status) =>
					status === -1 ? Promise.reject(new Error("closed")) : status,
				),
			).rejects.toThrow();
		}
		const sender = { cert: read("sender.pem"), key: read("sender.key") };
		expect([await overHttp(sender), await overGrpc(sender)]).toEqual([200, 0]);
	} finally {
		await purser.close();
		rmSync(directory, { recursive: true, force: true });
	}
});
