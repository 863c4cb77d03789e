#!/usr/bin/env node
import { fileURLToPath } from "node:url";
import type { Listener } from "@purser/api";
import { KeyRing } from "./access/key-ring.ts";
import { routesOf } from "./api/routes.ts";
import { createSqlPort } from "./api/sql-port.ts";
import type { Health } from "./api/status.ts";
import { LiveStream } from "./api/stream.ts";
import { createWeb } from "./api/web.ts";
import { openReceivers } from "./assembly/receivers.ts";
import { openStorage } from "./assembly/storage.ts";
import { type Purser, runCli } from "./cli/program.ts";
import { type Config, formatAddress } from "./config.ts";
import { openDataDirectory } from "./data-directory.ts";
import { type Log, moduleLog } from "./log.ts";
import { IngestStats } from "./receive/ingest-stats.ts";
import { addressOf, listen, requireKeysBeyondLoopback } from "./receive/listeners.ts";
import { createServerEvents } from "./server-events.ts";
import { State, type StateMigration } from "./state/state.ts";
import { readTls } from "./tls.ts";
import { version } from "./version.ts";

/** Tables of modules in the SQLite database, in the order of the modules. */
const stateMigrations: readonly StateMigration[] = [];

/** Opens a server. What was opened is closed in the reverse order, also when a later part cannot be opened. */
export async function openPurser(config: Config, log: Log): Promise<Purser> {
	const cleanups = new AsyncDisposableStack();
	const close = () => cleanups.disposeAsync();
	try {
		return { ...(await openModules(config, log, cleanups)), close };
	} catch (error) {
		await close();
		throw error;
	}
}

/** Creates the modules in the order in which a record passes through them. */
async function openModules(config: Config, log: Log, cleanups: AsyncDisposableStack): Promise<Omit<Purser, "close">> {
	const startedMs = Date.now();
	const keys = new KeyRing(config.keys, moduleLog(log, "access"));
	const has = { ingestKey: keys.isRequired("ingest"), readKey: keys.isRequired("read") };
	requireKeysBeyondLoopback([config.grpc, config.http, config.web, config.sql], has, config.insecure);
	const tls = readTls(config);
	const allowedHosts = new Set(config["allowed-hosts"].map((host) => host.toLowerCase()));
	const mayRead = (key: string) => !keys.isRequired("read") || keys.accepts("read", key);

	const events = createServerEvents();
	const data = cleanups.adopt(await openDataDirectory(config.data), (opened) => opened.close());
	cleanups.adopt(State.open(data.state, stateMigrations), (opened) => opened.close());
	const { lifecycle, journal, rollups } = await openStorage(config, data, events, log, cleanups);
	const ingestStats = new IngestStats();
	events.on("loaded", (rows) => ingestStats.stored(rows));
	const stream = new LiveStream(mayRead);
	events.on("loaded", (rows) => stream.stored(rows));
	events.on("received", (signal) => stream.received(signal));

	const receivers = await openReceivers({ config, keys, tls, allowedHosts, journal, ingestStats, events, log });
	cleanups.defer(() => receivers.close());

	const listenerOf = (name: Listener["name"], address: Parameters<typeof formatAddress>[0]): Listener => ({
		name,
		address: formatAddress(address),
		tls: tls !== undefined,
	});
	const listeners = [listenerOf("grpc", receivers.grpc), listenerOf("http", receivers.http)];
	const health: Health = {
		version,
		startedMs,
		ingestStats,
		store: () => lifecycle,
		journal: () => ({ state: journal.state, ...journal.backlog, quarantined: journal.quarantine.records }),
		rollups: () => rollups?.hours,
		listeners: () => listeners,
		keysRequired: () => keys.isRequired("ingest"),
		isDemo: data.isDemo,
	};
	const temporaryIngestKey = () => keys.temporary("ingest");
	const routes = routesOf({
		store: lifecycle.store,
		journal,
		rollups,
		health,
		stream,
		temporaryIngestKey,
		log: moduleLog(log, "api"),
	});
	const pageDirectory = fileURLToPath(new URL("../../dashboard/dist", import.meta.url));
	const web = await createWeb({ routes, health, pageDirectory, allowedHosts, mayRead, tls, log: moduleLog(log, "api") });
	cleanups.defer(() => web.close());
	cleanups.defer(() => stream.close());
	await listen(web.server, config.web!, "--web");
	listeners.push(listenerOf("web", addressOf(web.server)));

	const sqlPort =
		config.sql && lifecycle.agent && createSqlPort({ agent: lifecycle.agent, mayRead, allowedHosts, log: moduleLog(log, "sql") });
	if (sqlPort) {
		await listen(sqlPort, config.sql!, "--sql");
		cleanups.defer(() => {
			sqlPort.close();
			sqlPort.closeAllConnections();
		});
	}
	return { listeners, health, enginePid: () => lifecycle.enginePid };
}

if (import.meta.main) await runCli(process.argv.slice(2), openPurser);
