import type { Server } from "node:http";
import type { Http2Server, Http2Session } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { type Address, formatAddress, isLoopback } from "../config.ts";
import { UsageError } from "../errors.ts";
import { createGrpcReceiver } from "./grpc.ts";
import { createHttpReceiver } from "./http.ts";
import type { ReceiverOptions } from "./receiver.ts";

export type Listeners = {
	readonly grpc: Address;
	readonly http: Address;
	/** Accepts nothing more and resolves when what was accepted is answered. */
	readonly close: () => Promise<void>;
};

/** The time that answers may take once no more requests are accepted. */
const graceMs = 10_000;

/** Opens both OTLP listeners. */
export async function openListeners(
	addresses: { readonly grpc: Address; readonly http: Address },
	options: ReceiverOptions,
): Promise<Listeners> {
	const http = createHttpReceiver(options);
	const grpc = createGrpcReceiver(options);
	const sessions = new Set<Http2Session>();
	// A session that is destroyed may still wait for its peer, and with it the server's own end: what ends it is its socket.
	const sockets = new Set<Socket>();
	grpc.on("connection", (socket: Socket) => {
		sockets.add(socket);
		socket.on("close", () => sockets.delete(socket));
	});
	grpc.on("session", (session: Http2Session) => {
		sessions.add(session);
		session.on("close", () => sessions.delete(session));
	});
	const close = async () => {
		const done = Promise.all([closed(http), closed(grpc)]);
		http.closeIdleConnections();
		for (const session of sessions) session.close();
		const patience = setTimeout(() => {
			http.closeAllConnections();
			for (const socket of sockets) socket.destroy();
		}, graceMs);
		await done;
		clearTimeout(patience);
	};
	try {
		await listen(grpc, addresses.grpc, "--grpc");
		await listen(http, addresses.http, "--http");
	} catch (error) {
		await close();
		throw error;
	}
	return { grpc: addressOf(grpc), http: addressOf(http), close };
}

/** Begins to listen, or says what is in the way and what to do. */
export function listen(server: Server | Http2Server, { host, port }: Address, flag: string): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once("error", (error: NodeJS.ErrnoException) => {
			const at = formatAddress({ host, port });
			const why =
				error.code === "EADDRINUSE"
					? "something is listening there already (another Purser, or an OpenTelemetry collector?)"
					: error.code === "EACCES"
						? "ports below 1024 need privileges"
						: error.message;
			reject(new UsageError(`cannot listen on ${at}: ${why}. Choose another address with ${flag} HOST:PORT`));
		});
		server.listen(port, host, () => resolve());
	});
}

export function addressOf(server: Server | Http2Server): Address {
	const { address, port } = server.address() as AddressInfo;
	return { host: address, port };
}

const closed = (server: Server | Http2Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

/** Beyond loopback everybody who can connect could write, and read what people do: that takes keys, or a decision. */
export function requireKeysBeyondLoopback(
	addresses: readonly (Address | undefined)[],
	has: { readonly ingestKey: boolean; readonly readKey: boolean },
	insecure: boolean,
): void {
	const exposed = addresses.filter((address) => address !== undefined && !isLoopback(address)) as Address[];
	if (exposed.length === 0 || insecure || (has.ingestKey && has.readKey)) return;
	const missing = [!has.ingestKey && "an ingest key", !has.readKey && "a read key"].filter(Boolean).join(" and ");
	throw new UsageError(
		`cannot listen on ${exposed.map(formatAddress).join(", ")} without ${missing}: everybody in the network could ${has.ingestKey ? "read" : "write and read"}.\n` +
			"  Make them with `purser keys add NAME --purpose ingest` and `purser keys add NAME --purpose read`,\n" +
			"  listen on loopback only, or say --insecure",
	);
}
