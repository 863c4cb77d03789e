import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createHttp2Server, createSecureServer, type ServerHttp2Stream } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Server, Socket } from "node:net";
import { gunzipSync } from "node:zlib";
import { decodeRequest, type JudgedObject } from "../../server/test/reference-decoder.ts";

export type Signal = "metrics" | "logs" | "traces";
/** A request as it came, decoded by the official definitions. */
export type Received = {
	readonly signal: Signal;
	readonly transport: "grpc" | "http";
	readonly path: string;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly body: JudgedObject;
	readonly bytes: Buffer;
	readonly atMs: number;
	/** The name in the certificate that the sender showed. */
	readonly certificate: string | undefined;
};
export type Reply = { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly never?: true };

export type Collector = {
	/** `http://127.0.0.1:PORT` */
	readonly http: string;
	readonly grpc: string;
	readonly received: Received[];
	/** The reply, by the number of the request; 200 by default. */
	reply: (request: Received, n: number) => Reply;
	readonly close: () => Promise<void>;
};

export type Tls = { readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer };

/** Something that takes OTLP over HTTP and gRPC and keeps it, so that a test may look at what was really sent. */
export async function openCollector(tls?: Tls): Promise<Collector> {
	const sockets = new Set<Socket>();
	const received: Received[] = [];
	const take = (request: Received): Reply => {
		received.push(request);
		return collector.reply(request, received.length);
	};
	const onRequest: RequestListener = async (message, response) => {
		const bytes = await bytesOf(message);
		if (!bytes) return;
		const { url = "", headers, socket } = message;
		const reply = take({
			transport: "http",
			path: url,
			headers,
			certificate: certificateOf(socket),
			bytes,
			atMs: performance.now(),
			...decoded(url, headers, bytes),
		});
		if (reply.never) return;
		response.writeHead(reply.status ?? 200, reply.headers).end();
	};
	const secure = tls && { ...tls, requestCert: true, rejectUnauthorized: false };
	const http = secure ? createHttpsServer(secure, onRequest) : createServer(onRequest);
	const http2 = secure ? createSecureServer(secure) : createHttp2Server();
	http2.on("stream", async (stream: ServerHttp2Stream, headers) => {
		stream.on("error", () => undefined);
		const bytes = await bytesOf(stream);
		if (!bytes) return;
		const path = String(headers[":path"]);
		const message = bytes[0] === 1 ? gunzipSync(bytes.subarray(5)) : bytes.subarray(5);
		const signal = signalOf(path);
		const certificate = certificateOf(stream.session?.socket as Socket | undefined);
		const body = decodeRequest(signal, message);
		const reply = take({ signal, transport: "grpc", path, headers, certificate, bytes, atMs: performance.now(), body });
		if (reply.never) return;
		stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
		stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": String(reply.status ?? 0) }));
		stream.end(reply.status ? undefined : Buffer.alloc(5));
	});
	const listen = async (server: Server): Promise<string> => {
		server.on("connection", (socket: Socket) => {
			sockets.add(socket);
			socket.on("close", () => sockets.delete(socket));
			socket.on("error", () => undefined);
		});
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		return `${tls ? "https" : "http"}://127.0.0.1:${(server.address() as AddressInfo).port}`;
	};
	const collector: Collector = {
		http: await listen(http),
		grpc: await listen(http2 as unknown as Server),
		received,
		reply: () => ({}),
		close: async () => {
			for (const socket of sockets) socket.destroy();
			await Promise.all([http, http2].map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
		},
	};
	return collector;
}

const certificateOf = (socket: Socket | undefined): string | undefined =>
	(socket as { getPeerCertificate?: () => { subject?: { CN?: string } } } | undefined)?.getPeerCertificate?.()?.subject?.CN;

/** Undefined: the sender gave up. */
async function bytesOf(message: IncomingMessage | ServerHttp2Stream): Promise<Buffer | undefined> {
	const chunks: Buffer[] = [];
	try {
		for await (const chunk of message) chunks.push(chunk as Buffer);
	} catch {
		return undefined;
	}
	return Buffer.concat(chunks);
}

const signalOf = (path: string): Signal =>
	path.toLowerCase().includes("metrics") ? "metrics" : path.toLowerCase().includes("logs") ? "logs" : "traces";

function decoded(path: string, headers: IncomingMessage["headers"], bytes: Buffer): { signal: Signal; body: JudgedObject } {
	const plain = headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes;
	if (headers["content-type"] !== "application/json") {
		const signal = signalOf(path);
		return { signal, body: decodeRequest(signal, plain) };
	}
	const body = JSON.parse(plain.toString()) as JudgedObject;
	return { signal: body["resourceMetrics"] ? "metrics" : body["resourceLogs"] ? "logs" : "traces", body };
}
