import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { messageOf, PermanentError, RetryableError } from "../errors.ts";
import { exportResponse, exportResponseJson, rpcCode, status, statusJson } from "../otlp/responses.ts";
import { type Signal, signals } from "../otlp/signals.ts";
import { decompress } from "./body.ts";
import { readBody } from "./read-body.ts";
import { authorize, maxConnections, maxHeaderBytes, type ReceiverOptions } from "./receiver.ts";

const protobuf = "application/x-protobuf";
const json = "application/json";
const always = Object.freeze({ "Cache-Control": "no-store" });

/** The OTLP/HTTP listener, not yet listening. @see https://opentelemetry.io/docs/specs/otlp/#otlphttp */
export function createHttpReceiver(options: ReceiverOptions): Server {
	const { timeouts } = options;
	const limits = {
		maxHeaderSize: maxHeaderBytes,
		headersTimeout: timeouts.headersMs,
		requestTimeout: timeouts.requestMs,
		connectionsCheckingInterval: timeouts.headersMs / 2,
		keepAliveTimeout: 65_000,
	};
	const handle = (request: IncomingMessage, response: ServerResponse) => void receive(options, request, response);
	const { tls } = options;
	const server = tls
		? createTlsServer({ ...limits, cert: tls.cert, key: tls.key, ...(tls.ca && { ca: tls.ca, requestCert: true }) }, handle)
		: createServer(limits, handle);
	server.maxConnections = maxConnections();
	server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
		const reason = reasonOf(error);
		const line = statusLines[error.code ?? ""] ?? "400 Bad Request";
		if (error.code !== "ECONNRESET") options.onRefused({ listener: "http", status: line.slice(0, 3), reason });
		if (socket.writable) socket.end(`HTTP/1.1 ${line}\r\nConnection: close\r\n\r\n${reason}\n`);
	});
	return server;
}

const statusLines: Readonly<Record<string, string>> = {
	HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
	ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

function reasonOf(error: NodeJS.ErrnoException): string {
	if (error.code === "HPE_PAUSED_H2_UPGRADE" || /PRI|HTTP\/2|h2/i.test(error.message)) {
		return "this is the port of OTLP/HTTP; gRPC has another. Set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf, or use the gRPC port";
	}
	if (error.code === "HPE_HEADER_OVERFLOW") return `the headers are larger than ${maxHeaderBytes} bytes`;
	if (error.code === "ERR_HTTP_REQUEST_TIMEOUT") return "the request did not come in time";
	return `this is no HTTP request (${error.code ?? "unknown"})`;
}

async function receive(options: ReceiverOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
	let contentType = json;
	let release = () => {};
	try {
		const route = routeOf(request);
		contentType = route.contentType;
		authorize(options, request.headers);
		if (route.problem) throw route.problem;
		const { signal } = route;
		const collected = await readBody(
			request,
			Number(request.headers["content-length"] ?? 0),
			options.maxBodyBytes,
			options.budget,
		);
		release = collected.release;
		const { bytes, free } = await decompress(
			collected.body,
			request.headers["content-encoding"],
			options.maxBodyBytes,
			options.budget,
		);
		release = () => {
			free();
			collected.release();
		};
		const accepted = await options.accept({ signal, bytes, json: contentType === json });
		const body = contentType === json ? exportResponseJson(accepted.signal, accepted.outcome) : exportResponse(accepted.outcome);
		response.writeHead(200, { ...always, "Content-Type": contentType, "Content-Length": Buffer.byteLength(body) });
		response.end(body);
	} catch (error) {
		answerError(options, request, response, contentType, error);
	} finally {
		release();
	}
}

type Route = { contentType: string; signal: Signal | undefined; problem?: PermanentError };

/** Finds signal and encoding by path and Content-Type. A base path before `/v1/…` is the sender's business. */
function routeOf(request: IncomingMessage): Route {
	const path = request.url!.split("?", 1)[0]!.replace(/\/+$/, "");
	const type = (request.headers["content-type"] ?? "").split(";", 1)[0]!.trim().toLowerCase();
	const contentType = type === protobuf || type === json ? type : json;
	const signal = signals.find((each) => path.endsWith(each.path))?.signal;
	if (!signal && path !== "") {
		return {
			contentType,
			signal,
			problem: new PermanentError("cannot find path: POST to /v1/logs, /v1/metrics or /v1/traces", 404),
		};
	}
	if (request.method !== "POST")
		return { contentType, signal, problem: new PermanentError("cannot accept: only POST is answered here", 405) };
	if (type !== protobuf && type !== json) {
		const hint = type.startsWith("application/grpc") ? "; gRPC has a port of its own" : "";
		return {
			contentType,
			signal,
			problem: new PermanentError(`cannot decode body: Content-Type must be ${protobuf} or ${json}${hint}`, 415),
		};
	}
	return { contentType, signal };
}

/** OTLP/HTTP answers every failure with a google.rpc.Status in the request's encoding. */
function answerError(
	options: ReceiverOptions,
	request: IncomingMessage,
	response: ServerResponse,
	contentType: string,
	error: unknown,
): void {
	const known = error instanceof PermanentError || error instanceof RetryableError;
	if (!known) options.log.error(`${error instanceof Error ? error.stack : messageOf(error)}`);
	const httpStatus = known ? error.httpStatus : 503;
	const retryAfter = error instanceof RetryableError ? error.retryAfterSeconds : known ? undefined : 2;
	const message = known ? error.message : "cannot accept: something went wrong here";
	options.onRefused({ listener: "http", status: String(httpStatus), reason: message });
	if (response.headersSent || (request.destroyed && !request.complete)) {
		response.destroy();
		return;
	}
	const code = codeOf(httpStatus);
	const body = contentType === json ? statusJson(code, message, retryAfter) : status(code, message, retryAfter);
	if (retryAfter !== undefined) response.setHeader("Retry-After", retryAfter);
	if (httpStatus === 401) response.setHeader("WWW-Authenticate", "Bearer");
	if (httpStatus === 405) response.setHeader("Allow", "POST");
	// What is not read of a refused body need not come.
	if (!request.complete) response.setHeader("Connection", "close");
	response.writeHead(httpStatus, { ...always, "Content-Type": contentType, "Content-Length": Buffer.byteLength(body) });
	response.end(body);
}

function codeOf(httpStatus: number): number {
	switch (httpStatus) {
		case 401:
			return rpcCode.unauthenticated;
		case 403:
			return rpcCode.permissionDenied;
		case 404:
		case 405:
			return rpcCode.unimplemented;
		case 413:
		case 429:
			return rpcCode.resourceExhausted;
		case 503:
			return rpcCode.unavailable;
		default:
			return rpcCode.invalidArgument;
	}
}
