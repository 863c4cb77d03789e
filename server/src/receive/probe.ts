import { connect } from "node:http2";
import { jsonToWire } from "../otlp/json-to-wire.ts";
import { definitionOf } from "../otlp/signals.ts";

export type ProbeProtocol = "grpc" | "http/protobuf" | "http/json";
export type ProbeAnswer = { readonly ok: boolean; readonly detail: string };

/** The event that a probe sends. It is a log record of a service of its own, so that accounting does not count it. */
export const probeEvent = "purser_probe";

const logs = definitionOf("logs");

function probeRequest(id: string, nowMs: number): object {
	const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
	const record = {
		timeUnixNano: `${nowMs}000000`,
		body: { stringValue: "A test event, to see whether telemetry arrives" },
		attributes: [text("event.name", probeEvent), text("probe.id", id)],
	};
	return {
		resourceLogs: [
			{
				resource: { attributes: [text("service.name", "purser-probe")] },
				scopeLogs: [{ scope: { name: "purser" }, logRecords: [record] }],
			},
		],
	};
}

/** Sends one event as an exporter would. Never rejects: what went wrong is the answer. */
export async function sendProbe(protocol: ProbeProtocol, origin: string, id: string, key?: string): Promise<ProbeAnswer> {
	try {
		const request = probeRequest(id, Date.now());
		return protocol === "grpc" ? await overGrpc(origin, request, key) : await overHttp(protocol, origin, request, key);
	} catch (error) {
		const { cause, message } = error as Error & { cause?: Error };
		return { ok: false, detail: cause?.message || message };
	}
}

async function overHttp(protocol: ProbeProtocol, origin: string, request: object, key: string | undefined): Promise<ProbeAnswer> {
	const json = protocol === "http/json";
	const response = await fetch(`${origin}${logs.path}`, {
		method: "POST",
		headers: {
			"Content-Type": json ? "application/json" : "application/x-protobuf",
			...(key && { Authorization: `Bearer ${key}` }),
		},
		body: json
			? JSON.stringify(request)
			: Buffer.from(jsonToWire("ExportLogsServiceRequest", Buffer.from(JSON.stringify(request))).wire),
		signal: AbortSignal.timeout(5000),
	});
	const text = await response.text();
	return response.ok
		? { ok: true, detail: `${response.status}` }
		: { ok: false, detail: `${response.status} ${json ? text : ""}`.trim() };
}

function overGrpc(origin: string, request: object, key: string | undefined): Promise<ProbeAnswer> {
	const { wire } = jsonToWire("ExportLogsServiceRequest", Buffer.from(JSON.stringify(request)));
	const message = Buffer.alloc(5 + wire.length);
	message.writeUInt32BE(wire.length, 1);
	message.set(wire, 5);
	return new Promise((resolve, reject) => {
		const session = connect(origin);
		session.setTimeout(5000, () => session.destroy(new Error("no answer within 5 s")));
		session.on("error", reject);
		const stream = session.request({
			":method": "POST",
			":path": logs.method,
			"content-type": "application/grpc",
			te: "trailers",
			...(key && { authorization: `Bearer ${key}` }),
		});
		let outcome: ProbeAnswer = { ok: false, detail: "no gRPC status" };
		const read = (headers: Readonly<Record<string, string | string[] | number | undefined>>) => {
			const status = headers["grpc-status"];
			if (status === undefined) return;
			const words = decodeURIComponent(String(headers["grpc-message"] ?? ""));
			outcome = { ok: String(status) === "0", detail: `grpc-status ${status} ${words}`.trim() };
		};
		stream.on("response", read);
		stream.on("trailers", read);
		stream.on("error", reject);
		stream.on("close", () => {
			session.close();
			resolve(outcome);
		});
		stream.resume();
		stream.end(message);
	});
}
