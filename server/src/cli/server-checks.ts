import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Status } from "@purser/api";
import { messageOf } from "../errors.ts";
import { type ProbeProtocol, probeEvent, sendProbe } from "../receive/probe.ts";
import { type Check, failed, note, ok } from "./check.ts";
import { showBytes, showDuration, showNumber } from "./format-value.ts";
import { ApiError, type Server } from "./server.ts";
import type { Row } from "./table.ts";

/** An OTLP listener, as this machine reaches it. */
export type ListenerReachability = {
	readonly name: "grpc" | "http";
	readonly host: string;
	readonly port: number;
	readonly tls: boolean;
};

const recentMs = 15 * 60_000;
const foundWithinMs = 10_000;

/** Checks that the server answers at all; without it no other check is possible. */
export async function serverChecks(server: Server): Promise<{ readonly checks: Check[]; readonly status?: Status }> {
	const name = "The server answers";
	try {
		const status = await server.get<Status>("/api/v1/status");
		const checks = [ok(name, `Purser ${status.version} at ${server.origin}, up ${showDuration(status.uptime_seconds * 1000)}`)];
		return { checks: [...checks, await readiness(server), storeCheck(status), journalCheck(status)], status };
	} catch (error) {
		const [cause, ...fix] = messageOf(error).split(/\. (?=[A-Z])/);
		return { checks: [failed(name, cause!, fix.join(". ") || "Start it with `npm start`")] };
	}
}

async function readiness(server: Server): Promise<Check> {
	const name = "It is ready";
	try {
		await server.get("/readyz");
		return ok(name, "all listeners accept and the store answers");
	} catch (error) {
		if (!(error instanceof ApiError)) throw error;
		return failed(
			name,
			"/readyz does not say so",
			"What arrives is kept meanwhile. The next checks and the server's log say what is missing",
		);
	}
}

function storeCheck({ store }: Status): Check {
	const detail = `${store.kind}, ${store.state}${store.version && `, ClickHouse ${store.version}`}${store.reason ? `: ${store.reason}` : ""}`;
	if (store.state !== "ready")
		return failed("The store is there", detail, "Events are safe in the journal until it is. The server's log says more");
	if (store.restarts > 0)
		return note(
			"The store is there",
			`${detail}; restarted ${store.restarts} times`,
			"If that continues: more memory, or a larger --engine-memory",
		);
	return ok("The store is there", detail);
}

function journalCheck({ journal }: Status): Check {
	const detail = `${journal.state}, ${showNumber(journal.backlog_records)} records (${showBytes(journal.backlog_bytes)}) to be loaded`;
	if (journal.state === "full")
		return failed(
			"The journal takes more",
			`${detail}: the disk is full, senders are asked to wait`,
			"Free space on the disk of the data directory",
		);
	return ok("The journal takes more", detail);
}

/** Returns the listeners' addresses as this machine reaches them: one that listens everywhere is on the server's own host. */
export function reachedFrom(server: Server, { listeners }: Status): ListenerReachability[] {
	return listeners.flatMap(({ name, address, tls }) => {
		if (name === "web") return [];
		const at = address.lastIndexOf(":");
		const host = address.slice(0, at);
		const everywhere = host === "0.0.0.0" || host === "[::]";
		return [{ name, host: everywhere ? server.url.hostname : host, port: Number(address.slice(at + 1)), tls }];
	});
}

const titles = { grpc: "OTLP/gRPC", http: "OTLP/HTTP" } as const;

export async function portCheck({ name, host, port }: ListenerReachability, server: Server): Promise<Check> {
	const title = `The port of ${titles[name]} is reachable`;
	const at = `${host}:${port}`;
	if (isLoopback(host) && !isLoopback(server.url.hostname)) {
		return failed(
			title,
			`${at} is the server's loopback: only its own machine can send`,
			`Start the server with --${name} :${port} (that takes keys), or run this there`,
		);
	}
	const why = await new Promise<string | undefined>((resolve) => {
		const socket = connect({ host: host.replace(/^\[|\]$/g, ""), port, timeout: 3000 });
		socket.once("connect", () => resolve(undefined));
		socket.once("timeout", () => resolve("no answer within 3 s"));
		socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
		socket.once("close", () => resolve(undefined));
		socket.once("connect", () => socket.destroy()).once("timeout", () => socket.destroy());
	});
	return why === undefined
		? ok(title, at)
		: failed(title, `${at}: ${why}`, "Look for a firewall or a proxy between here and there");
}

const isLoopback = (host: string): boolean => /^(localhost|127\..*|\[?::1\]?)$/.test(host);

export const probes: readonly { readonly protocol: ProbeProtocol; readonly listener: ListenerReachability["name"] }[] =
	Object.freeze([
		{ protocol: "grpc", listener: "grpc" },
		{ protocol: "http/protobuf", listener: "http" },
		{ protocol: "http/json", listener: "http" },
	]);

/** Sends one event as Claude Code would, and looks for it in the store through the API. */
export async function probeCheck(
	server: Server,
	protocol: ProbeProtocol,
	origin: string,
	key: string | undefined,
): Promise<Check> {
	const name = `An event over ${protocol} arrives`;
	const id = randomUUID();
	const sentMs = performance.now();
	const { ok: accepted, detail } = await sendProbe(protocol, origin, id, key);
	if (!accepted) return failed(name, `${origin}: ${detail}`, fixFor(detail, key));
	const query = { event: probeEvent, q: id, from: "-1h", limit: 1 };
	for (; performance.now() - sentMs < foundWithinMs; await sleep(100)) {
		const found = await server.get<{ rows: Row[] }>("/api/v1/events", query).catch(() => undefined);
		if (found && found.rows.length > 0)
			return ok(name, `sent to ${origin}, in the store after ${showDuration(performance.now() - sentMs)}`);
	}
	return failed(
		name,
		`${origin} acknowledged it, and it is not in the store after ${foundWithinMs / 1000} s`,
		"Either another program listens there (a collector?), or the store is behind: see the checks above",
	);
}

function fixFor(detail: string, key: string | undefined): string {
	if (/\b(401|grpc-status 16)\b/.test(detail)) {
		return key === undefined
			? 'Give senders a key: OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer KEY"; for this check also --ingest-key'
			: "The server does not know this key: `purser keys list` says which there are, `purser keys add` makes one";
	}
	if (/ECONNREFUSED|ENOTFOUND/.test(detail)) return "Nothing listens there: look at --grpc and --http of the server";
	if (/certificate|self-signed|CERT_/i.test(detail))
		return "Set NODE_EXTRA_CA_CERTS (gRPC: OTEL_EXPORTER_OTLP_CERTIFICATE) to the file of the authority that signed it";
	if (/\b(429|503|grpc-status (8|14))\b/.test(detail))
		return "The server asks senders to wait: see the checks of the store and the journal";
	return "Another program may listen there, or one that speaks another protocol; the server's log says more";
}

/** Groups the requests that the server rejected recently, before our own checks add to them. */
export function refusalChecks({ refusals }: Status, nowMs: number): Check[] {
	const recent = refusals.filter(({ at }) => nowMs - Date.parse(at) < recentMs);
	const groups = Map.groupBy(recent, ({ listener, status, reason }) => `${listener} ${status} ${reason}`);
	return [...groups.values()].map((group) => {
		const { listener, status, reason } = group[0]!;
		const times = group.length === 1 ? "A request" : `${group.length} requests`;
		return note(
			`${times} to ${titles[listener as ListenerReachability["name"]] ?? listener} refused recently`,
			`${status}: ${reason}`,
			fixForRefusal(status, reason),
		);
	});
}

function fixForRefusal(status: string, reason: string): string {
	if (status === "401" || status === "UNAUTHENTICATED")
		return 'That sender needs OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer KEY" with an ingest key';
	if (/this is the port of/.test(reason)) return "That sender mixes up the ports: gRPC and HTTP have one each";
	if (status === "404")
		return "That sender's endpoint has a path of its own: only /v1/logs, /v1/metrics, /v1/traces and / are answered";
	if (status === "413") return "Raise --max-body, or let that sender send less at once";
	if (/^(429|503|RESOURCE_EXHAUSTED|UNAVAILABLE)$/.test(status))
		return "The server was short of disk, memory or its store; senders try again";
	return "Nothing of that request was kept; its sender's log says more";
}
