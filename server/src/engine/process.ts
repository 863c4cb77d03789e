/**
 * The engine: ClickHouse in this process, behind ClickHouse's own HTTP interface on a local socket. It is a child of the
 * front, which restarts it when it dies; it holds nothing that the front can't send again, so it ends at once when the front
 * does. Started with the data directory and the socket's path as arguments.
 */
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";
import { messageOf } from "../errors.ts";
import { answer, removeOrphanedLoadFiles } from "./http-interface.ts";
import { SessionPool } from "./session-pool.ts";
import type { UntrustedLimits } from "./untrusted-sql.ts";

/** Bound values are in the address, and a list of names may be long. This is ClickHouse's own limit (http_max_uri_size). */
const maxAddressBytes = 1_048_576;

export function startEngine(directory: string, socketPath: string, limits: UntrustedLimits): void {
	const pool = new SessionPool(directory);
	removeOrphanedLoadFiles();
	const server = createServer(
		{ maxHeaderSize: maxAddressBytes },
		(request, response) => void answer(pool, limits, request, response),
	);
	server.requestTimeout = 0;
	server.keepAliveTimeout = 60_000;
	server.listen(socketPath, () => process.send?.({ ready: true }));
	// The front is gone: a new one may already be waiting for the directory's lock.
	process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
	process.on("message", (message) => {
		if (message !== "close") return;
		server.close();
		server.closeAllConnections();
		void pool.close().finally(() => process.exit(0));
	});
	// The terminal sends Ctrl-C to the whole group: the front decides when the engine ends.
	process.on("SIGINT", () => undefined);
	process.on("SIGTERM", () => undefined);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
	// Only this user may read the socket, the files and the memory of the engine.
	process.umask(0o077);
	const [directory, socketPath, untrustedBytes, untrustedSeconds] = process.argv.slice(2);
	try {
		startEngine(directory!, socketPath!, { bytes: Number(untrustedBytes), seconds: Number(untrustedSeconds) });
	} catch (error) {
		process.send?.({ failed: messageOf(error) });
		process.exitCode = 1;
		process.disconnect?.();
	}
}
