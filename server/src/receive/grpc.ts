import {
	constants,
	createSecureServer,
	createServer,
	type Http2Server,
	type IncomingHttpHeaders,
	type ServerHttp2Session,
	type ServerHttp2Stream,
} from "node:http2";
import { messageOf, PermanentError, RetryableError } from "../errors.ts";
import { exportResponse, rpcCode, status } from "../otlp/responses.ts";
import { signals } from "../otlp/signals.ts";
import { decompress } from "./body.ts";
import { readBody } from "./read-body.ts";
import { authorize, maxConnections, maxHeaderBytes, type ReceiverOptions, type Timeouts } from "./receiver.ts";

const contentType = "application/grpc";
const prefixBytes = 5;
/** Exporters send every few seconds, and connect again when they have to. */
const idleMs = 5 * 60_000;

/**
 * The OTLP/gRPC listener, not yet listening: unary calls over HTTP/2, which is all that OTLP needs of gRPC. It costs half of
 * what the general library does for each request.
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
export function createGrpcReceiver(options: ReceiverOptions): Http2Server {
	const settings = {
		settings: { initialWindowSize: 1024 * 1024, maxConcurrentStreams: 256, maxHeaderListSize: maxHeaderBytes },
		// Maximum memory of a session without bodies, in MB: those have the shared budget.
		maxSessionMemory: 32,
		unknownProtocolTimeout: options.timeouts.headersMs,
		handshakeTimeout: options.timeouts.headersMs,
	};
	const { tls } = options;
	const server = tls
		? createSecureServer({ ...settings, cert: tls.cert, key: tls.key, ...(tls.ca && { ca: tls.ca, requestCert: true }) })
		: createServer(settings);
	server.on("stream", (stream, headers) => void call(options, stream, headers));
	server.on("session", (session) => {
		session.setLocalWindowSize(4 * 1024 * 1024);
		endIdle(session, options.timeouts);
	});
	server.maxConnections = maxConnections();
	server.on("sessionError", (error: NodeJS.ErrnoException) => {
		const wrongProtocol = /bad client magic|protocol error/i.test(error.message) || error.code === "ERR_HTTP2_ERROR";
		if (!wrongProtocol) return;
		options.onRefused({
			listener: "grpc",
			status: "protocol",
			reason: "this is the port of OTLP/gRPC; OTLP/HTTP has another. Set OTEL_EXPORTER_OTLP_PROTOCOL=grpc, or use the HTTP port",
		});
	});
	return server as Http2Server;
}

/** A connection that says nothing, or asks for nothing, is ended: each takes a file descriptor, of which there are only so many. */
function endIdle(session: ServerHttp2Session, { headersMs, requestMs }: Timeouts): void {
	const silent = setTimeout(() => session.destroy(), headersMs);
	const unused = setTimeout(() => session.destroy(), requestMs);
	session.once("remoteSettings", () => clearTimeout(silent));
	session.once("stream", () => clearTimeout(unused));
	session.once("close", () => {
		clearTimeout(silent);
		clearTimeout(unused);
	});
	session.setTimeout(idleMs, () => session.destroy());
}

async function call(options: ReceiverOptions, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
	stream.on("error", () => undefined);
	// Closed, or the sender would wait for the end of a finished stream; clients retry CANCELLED.
	const late = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), options.timeouts.requestMs);
	// Until the answer has gone, too: a sender may keep it from going.
	stream.once("close", () => clearTimeout(late));
	let release = () => {};
	try {
		const signal = signals.find((each) => each.method === headers[":path"])?.signal;
		if (!String(headers["content-type"] ?? "").startsWith(contentType)) {
			stream.respond({ ":status": 415 }, { endStream: true });
			stream.resume();
			return;
		}
		if (!signal) throw new GrpcError(rpcCode.unimplemented, `unknown method ${String(headers[":path"]).slice(0, 100)}`);
		authorize(options, headers);
		if (headers[":method"] !== "POST") throw new GrpcError(rpcCode.unimplemented, "only POST is answered here");
		const collected = await readBody(stream, 0, options.maxBodyBytes + prefixBytes, options.budget);
		release = collected.release;
		const message = messageIn(collected.body);
		const encoding = message.compressed ? headers["grpc-encoding"] : undefined;
		const { bytes, free } = await decompress(message.bytes, encoding as string | undefined, options.maxBodyBytes, options.budget);
		release = () => {
			free();
			collected.release();
		};
		const { outcome } = await options.accept({ signal, bytes, json: false });
		respond(stream, exportResponse(outcome));
	} catch (error) {
		fail(options, stream, error);
	} finally {
		release();
	}
}

const isReset = (error: unknown): boolean => {
	const { code } = error as NodeJS.ErrnoException;
	return code === "ECONNRESET" || code === "EPIPE" || (code ?? "").startsWith("ERR_HTTP2_");
};

class GrpcError extends Error {
	readonly code: number;
	constructor(code: number, message: string) {
		super(message);
		this.code = code;
	}
}

/** The one message of a unary call: a flag, its length in four bytes, itself. */
function messageIn(body: Buffer): { compressed: boolean; bytes: Buffer } {
	const length = body.length >= prefixBytes ? body.readUInt32BE(1) : -1;
	if (length !== body.length - prefixBytes) throw new PermanentError("cannot decode request: it is not one whole gRPC message");
	if (body[0]! > 1) throw new PermanentError("cannot decode request: its first byte is neither 0 nor 1");
	return { compressed: body[0] === 1, bytes: body.subarray(prefixBytes) };
}

function respond(stream: ServerHttp2Stream, message: Buffer): void {
	if (stream.destroyed || stream.closed) return;
	stream.respond(
		{ ":status": 200, "content-type": contentType, "grpc-accept-encoding": "identity,gzip,deflate,zstd" },
		{ waitForTrailers: true },
	);
	stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
	const frame = Buffer.alloc(prefixBytes + message.length);
	frame.writeUInt32BE(message.length, 1);
	frame.set(message, prefixBytes);
	stream.end(frame);
}

function fail(options: ReceiverOptions, stream: ServerHttp2Stream, error: unknown): void {
	const known = error instanceof PermanentError || error instanceof RetryableError || error instanceof GrpcError;
	// That the sender reset its stream is its own affair.
	if (!known && !isReset(error)) options.log.error(`${error instanceof Error ? error.stack : messageOf(error)}`);
	const code = known ? codeOf(error) : rpcCode.unavailable;
	const message = known ? error.message : "cannot accept: something went wrong here";
	const retryAfter = error instanceof RetryableError ? error.retryAfterSeconds : known ? undefined : 2;
	options.onRefused({ listener: "grpc", status: nameOf(code), reason: message });
	// What is not read of a refused body would use up the connection's window, and with it the sender's other calls.
	stream.resume();
	if (stream.destroyed || stream.closed || stream.headersSent) return;
	const details = status(code, message, retryAfter).toString("base64");
	stream.respond(
		{
			":status": 200,
			"content-type": contentType,
			"grpc-status": String(code),
			"grpc-message": percentEncoded(message),
			"grpc-status-details-bin": details,
		},
		{ endStream: true },
	);
}

/** Encodes text for a gRPC header: everything but printable ASCII, and the percent sign. */
const percentEncoded = (text: string): string =>
	[...Buffer.from(text)]
		.map((byte) =>
			byte < 0x20 || byte > 0x7e || byte === 0x25
				? `%${byte.toString(16).toUpperCase().padStart(2, "0")}`
				: String.fromCharCode(byte),
		)
		.join("");

/** When the store asks senders to wait, the specification wants RESOURCE_EXHAUSTED with RetryInfo, or UNAVAILABLE. */
function codeOf(error: PermanentError | RetryableError | GrpcError): number {
	if (error instanceof GrpcError) return error.code;
	if (error instanceof RetryableError) return rpcCode.resourceExhausted;
	switch (error.httpStatus) {
		case 401:
			return rpcCode.unauthenticated;
		case 403:
			return rpcCode.permissionDenied;
		case 413:
			return rpcCode.resourceExhausted;
		case 415:
			return rpcCode.unimplemented;
		default:
			return rpcCode.invalidArgument;
	}
}

const nameOf = (code: number): string =>
	(Object.entries(rpcCode).find(([, value]) => value === code)?.[0] ?? String(code))
		.replace(/[A-Z]/g, (letter) => `_${letter}`)
		.toUpperCase();
