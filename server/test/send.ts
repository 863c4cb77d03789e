import { Agent, request } from "node:http";
import { type ClientHttp2Session, connect } from "node:http2";
import { definitionOf } from "../src/otlp/signals.ts";
import type { Recording } from "./recordings.ts";

export type Answer = { readonly status: number; readonly body: Buffer; readonly headers: Readonly<Record<string, unknown>> };

/** Posts a body unchanged, with the headers given; chunked when `chunked`. */
export function post(url: string, headers: Readonly<Record<string, string>>, body: Uint8Array, agent?: Agent): Promise<Answer> {
	return new Promise((resolve, reject) => {
		const chunked = headers["transfer-encoding"] === "chunked";
		const outgoing = request(
			url,
			{
				method: "POST",
				headers: { ...headers, ...(!chunked && { "content-length": String(body.length) }) },
				...(agent && { agent }),
			},
			(response) => {
				const chunks: Buffer[] = [];
				response.on("data", (chunk: Buffer) => chunks.push(chunk));
				response.on("end", () =>
					resolve({ status: response.statusCode!, body: Buffer.concat(chunks), headers: response.headers }),
				);
			},
		);
		outgoing.on("error", reject);
		outgoing.end(body);
	});
}

/** Makes a unary gRPC call with a message unchanged; the status is gRPC's. */
export function call(
	session: ClientHttp2Session,
	path: string,
	headers: Readonly<Record<string, string>>,
	message: Uint8Array,
	compressed = false,
): Promise<Answer> {
	return new Promise((resolve, reject) => {
		const stream = session.request({
			":method": "POST",
			":path": path,
			"content-type": "application/grpc",
			te: "trailers",
			...headers,
		});
		const frame = Buffer.alloc(5 + message.length);
		frame[0] = compressed ? 1 : 0;
		frame.writeUInt32BE(message.length, 1);
		frame.set(message, 5);
		const all: Record<string, unknown> = {};
		const chunks: Buffer[] = [];
		stream.on("response", (received) => Object.assign(all, received));
		stream.on("trailers", (received) => Object.assign(all, received));
		stream.on("data", (chunk: Buffer) => chunks.push(chunk));
		stream.on("error", reject);
		stream.on("close", () =>
			resolve({ status: Number(all["grpc-status"] ?? -1), body: Buffer.concat(chunks).subarray(5), headers: all }),
		);
		stream.end(frame);
	});
}

/** Sends recordings each over its own protocol, as it was sent, and resolves with the answers. */
export async function replay(
	recordings: readonly Recording[],
	at: { readonly grpc: string; readonly http: string },
): Promise<Answer[]> {
	const session = connect(`http://${at.grpc}`);
	const agent = new Agent({ keepAlive: true });
	try {
		const answers: Answer[] = [];
		for (const { transport, signal, path, headers, body } of recordings) {
			const kept = Object.fromEntries(
				Object.entries(headers).filter(([name]) => name.startsWith("content-") || name === "transfer-encoding"),
			);
			if (transport === "grpc") {
				const encoding = headers["grpc-encoding"];
				const named: Record<string, string> = encoding ? { "grpc-encoding": encoding } : {};
				answers.push(await call(session, definitionOf(signal).method, named, body, encoding === "gzip"));
			} else answers.push(await post(`http://${at.http}${path}`, kept, body, agent));
		}
		return answers;
	} finally {
		session.close();
		agent.destroy();
	}
}
