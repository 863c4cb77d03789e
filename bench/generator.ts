/**
 * Sends the recordings' records as fast as they are taken, from a process of its own. Bodies are encoded before the clock
 * starts; then only ids and times are written into them. Started with JSON as its argument, says what it sent over IPC.
 */
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { definitionOf } from "../server/src/otlp/signals.ts";
import { copyOf, freshen, readMix, type Template } from "./mix.ts";

export type Load = {
	readonly protocol: "http/protobuf" | "http/json" | "grpc";
	readonly address: string;
	readonly signal: "logs" | "metrics";
	/** Log records a request. */
	readonly perRequest: number;
	readonly connections: number;
	/** Requests under way on one connection. */
	readonly inFlight: number;
	/** For so long, or so many requests. */
	readonly seconds?: number;
	readonly requests?: number;
	/** The records' times go from this many days ago to now. */
	readonly days?: number;
	/** Another number, other ids. */
	readonly seed?: number;
};

export type Sent = {
	readonly requests: number;
	readonly records: number;
	readonly bytes: number;
	readonly failed: number;
	readonly seconds: number;
};

const load = JSON.parse(process.argv[2]!) as Load;
const { hostname, port } = new URL(`http://${load.address}`);
const mix = readMix({ signal: load.signal, perRequest: load.perRequest, json: load.protocol === "http/json" });
const counts = { requests: 0, records: 0, bytes: 0, failed: 0 };
const path = load.signal === "logs" ? "/v1/logs" : "/v1/metrics";
let sender = (load.seed ?? 0) * 1000;
let deadline = 0;

/** When the next records happened. */
function timeMs(): number {
	const ago = (load.days ?? 0) * 86_400_000 * (1 - counts.requests / (load.requests ?? 1));
	return Math.round(Date.now() - 1000 - ago);
}

/** The requests of one sender, one after the other: each is its own until it is answered. */
function* requestsOf(own: number): Generator<Template> {
	const templates = mix.map(copyOf);
	for (let pass = 0; ; pass++) {
		for (const [i] of templates.entries()) {
			if (Date.now() >= deadline || counts.requests >= (load.requests ?? Number.POSITIVE_INFINITY)) return;
			const template = templates[(i + own * 7919) % templates.length]!;
			freshen(template, own, pass, timeMs());
			counts.requests++;
			counts.records += template.records;
			counts.bytes += template.bytes.length;
			yield template;
		}
	}
}

/** One connection that always has some requests under way: written as raw HTTP/1.1, so that little is spent here. */
async function overHttp(): Promise<void> {
	const socket = connect({ host: hostname, port: Number(port), noDelay: true });
	await once(socket, "connect");
	const type = load.protocol === "http/json" ? "application/json" : "application/x-protobuf";
	const waiting: { readonly requests: Generator<Template>; readonly sentAt: number }[] = [];
	let done: () => void = () => undefined;
	const send = (requests: Generator<Template>) => {
		const { value } = requests.next();
		if (!value) {
			if (waiting.length === 0) done();
			return;
		}
		waiting.push({ requests, sentAt: Date.now() });
		socket.cork();
		socket.write(
			`POST ${path} HTTP/1.1\r\nHost: ${load.address}\r\nContent-Type: ${type}\r\nContent-Length: ${value.bytes.length}\r\n\r\n`,
		);
		socket.write(value.bytes);
		socket.uncork();
	};
	let text = "";
	socket.setEncoding("latin1").on("data", (chunk: string) => {
		text += chunk;
		for (let end = text.indexOf("\r\n\r\n"); end >= 0; end = text.indexOf("\r\n\r\n")) {
			const length = Number(/content-length: (\d+)/i.exec(text)![1]);
			if (text.length < end + 4 + length) return;
			if (!text.startsWith("HTTP/1.1 200")) counts.failed++;
			text = text.slice(end + 4 + length);
			send(waiting.shift()!.requests);
		}
	});
	await new Promise<void>((resolve, reject) => {
		done = resolve;
		socket.on("close", () => reject(new Error("the server closed the connection")));
		for (let i = 0; i < load.inFlight; i++) send(requestsOf(sender++));
	});
	socket.removeAllListeners("close").destroy();
}

async function overGrpc(): Promise<void> {
	const session = connectHttp2(`http://${load.address}`);
	await once(session, "connect");
	const headers = {
		":method": "POST",
		":path": definitionOf(load.signal).method,
		"content-type": "application/grpc",
		te: "trailers",
	};
	const sendAll = async (requests: Generator<Template>) => {
		for (const { bytes } of requests) {
			const prefix = Buffer.alloc(5);
			prefix.writeUInt32BE(bytes.length, 1);
			const stream = session.request(headers);
			let status = "";
			stream.on("trailers", (trailers) => {
				status = String(trailers["grpc-status"]);
			});
			stream.resume();
			stream.end(Buffer.concat([prefix, bytes]));
			await once(stream, "close");
			if (status !== "0") counts.failed++;
		}
	};
	await Promise.all(Array.from({ length: load.inFlight }, () => sendAll(requestsOf(sender++))));
	session.close();
}

process.send!("ready");
await once(process, "message");
const started = performance.now();
deadline = Date.now() + (load.seconds ?? Number.POSITIVE_INFINITY) * 1000;
await Promise.all(Array.from({ length: load.connections }, load.protocol === "grpc" ? overGrpc : overHttp));
process.send!({ ...counts, seconds: (performance.now() - started) / 1000 } satisfies Sent);
process.disconnect();
