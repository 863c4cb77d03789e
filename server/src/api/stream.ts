import type { OutgoingHttpHeaders } from "node:http";
import type { FastifyReply } from "fastify";
import { readKeyOf } from "../access/request-key.ts";
import type { Signal } from "../otlp/signals.ts";
import type { TableName } from "../schema/tables.ts";
import type { ActionRoute } from "./route.ts";

const maxListeners = 400;
/** Maximum for one address, so that a client that opens many leaves room for others. */
const maxOfAddress = 100;
/** Between two signs of life, with which connections that are gone or no longer allowed end. */
const usualHeartbeatMs = 20_000;

/** Notifies open pages that new records can be asked for. It sends no record. */
export class LiveStream {
	readonly #mayRead: (key: string) => boolean;
	readonly #replies = new Set<FastifyReply>();
	readonly #heartbeat: NodeJS.Timeout;
	readonly #seen = new Set<Signal>();

	/** `mayRead` says whether a key is valid now: a stream ends soon after its key was withdrawn. */
	constructor(mayRead: (key: string) => boolean, heartbeatMs = usualHeartbeatMs) {
		this.#mayRead = mayRead;
		this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs).unref();
	}

	readonly route: ActionRoute = {
		method: "GET",
		path: "/api/v1/stream",
		summary: "Server-sent events: `stored` after each load into the store, `received` when a signal first arrives",
		handle: (_query, request, reply) => {
			const ofAddress = [...this.#replies].filter((each) => each.request.ip === request.ip).length;
			if (this.#replies.size >= maxListeners || ofAddress >= maxOfAddress)
				return reply.code(503).send({ status: 503, detail: "too many pages are listening" });
			reply.hijack();
			reply.raw.writeHead(200, {
				...(reply.getHeaders() as OutgoingHttpHeaders),
				"Content-Type": "text/event-stream",
				"X-Accel-Buffering": "no",
			});
			reply.raw.write("retry: 2000\n\n");
			this.#replies.add(reply);
			reply.raw.on("close", () => this.#replies.delete(reply));
			return reply;
		},
	};

	stored(rows: Readonly<Record<TableName, number>>): void {
		this.#send("stored", { at: new Date().toISOString(), ...rows });
	}

	received(signal: Signal): void {
		if (this.#seen.has(signal)) return;
		this.#seen.add(signal);
		this.#send("received", { signal });
	}

	close(): void {
		clearInterval(this.#heartbeat);
		for (const reply of this.#replies) reply.raw.end();
	}

	#beat(): void {
		for (const { raw, request } of this.#replies) if (!this.#mayRead(readKeyOf(request.headers))) raw.end();
		this.#write(": still here\n\n");
	}

	#send(event: string, data: object): void {
		this.#write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
	}

	#write(text: string): void {
		for (const { raw } of this.#replies) {
			// A page that does not read is not worth memory: it will connect again.
			if (raw.writableLength > 256 * 1024) raw.destroy();
			else if (!raw.writableEnded) raw.write(text);
		}
	}
}
