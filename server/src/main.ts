#!/usr/bin/env node
import { fileURLToPath } from "node:url";
import { KeyRing } from "./access/key-ring.ts";
import { routesOf } from "./api/routes.ts";
import { createSqlPort } from "./api/sql-port.ts";
import type { Health, Listener } from "./api/status.ts";
import { LiveStream } from "./api/stream.ts";
import { createWeb } from "./api/web.ts";
import { type Purser, runCli } from "./cli/program.ts";
import { type Config, formatAddress } from "./config.ts";
import { type DataDirectory, openDataDirectory } from "./data-directory.ts";
import { messageOf } from "./errors.ts";
import { Journal } from "./journal/journal.ts";
import { type Log, moduleLog } from "./log.ts";
import { maxRecords } from "./normalize/record-writer.ts";
import { readDirectoryFile } from "./people/directory-file.ts";
import { People } from "./people/people.ts";
import { readPriceFile } from "./prices/price-file.ts";
import { PriceTable } from "./prices/price-table.ts";
import { createIngest } from "./receive/ingest.ts";
import { IngestStats } from "./receive/ingest-stats.ts";
import { addressOf, listen, openListeners, requireKeysBeyondLoopback } from "./receive/listeners.ts";
import { MemoryBudget } from "./receive/memory-budget.ts";
import { defaultTimeouts } from "./receive/receiver.ts";
import { RollupMaintainer } from "./rollups/rollup-maintainer.ts";
import { createServerEvents, type ServerEvents } from "./server-events.ts";
import { Loader } from "./store/loader.ts";
import { StoreLifecycle } from "./store/store-lifecycle.ts";
import { readTls, type Tls } from "./tls.ts";
import { version } from "./version.ts";
import { WatchedFile } from "./watched-file.ts";

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

type ReceiverParts = {
	readonly config: Config;
	readonly keys: KeyRing;
	readonly tls: Tls | undefined;
	readonly allowedHosts: ReadonlySet<string>;
	readonly journal: Journal;
	readonly ingestStats: IngestStats;
	readonly events: ServerEvents;
	readonly log: Log;
};

/** Opens the OTLP listeners, which acknowledge what the journal has made durable. */
function openReceivers({ config, keys, tls, allowedHosts, journal, ingestStats, events, log }: ReceiverParts) {
	return openListeners(
		{ grpc: config.grpc!, http: config.http! },
		{
			accept: createIngest({
				append: (digest, signal, wire) => journal.append(digest, signal, wire),
				maxRecords,
				ingestStats,
				onReceived: (signal) => events.emit("received", signal),
			}),
			keys,
			keyHeader: config["key-header"].toLowerCase(),
			allowedHosts,
			budget: new MemoryBudget(config["max-in-flight"]),
			maxBodyBytes: config["max-body"],
			timeouts: defaultTimeouts,
			tls,
			onRefused: (rejection) => ingestStats.refuse(rejection),
			log: moduleLog(log, "receive"),
		},
	);
}

/** Creates the journal, the store, and the jobs that keep the store's tables complete and up to date. */
async function openStorage(config: Config, data: DataDirectory, events: ServerEvents, log: Log, cleanups: AsyncDisposableStack) {
	const journal = await openJournal(config, data, events, log);
	const retainMonths = {
		events: config["retention-events-months"],
		points: config["retention-points-months"],
		spans: config["retention-spans-months"],
	};
	const lifecycle = cleanups.adopt(
		new StoreLifecycle({
			clickhouseUrl: config.clickhouse,
			engineDirectory: data.engine,
			engineSocket: data.engineSocket,
			engineBytes: config["engine-memory"],
			maxSeconds: config["query-timeout-seconds"],
			retainMonths,
			onReady: () => events.emit("storeReady"),
			log,
		}),
		(opened) => opened.close(),
	);
	const upkeep = { store: lifecycle.store, canAsk: () => lifecycle.state === "ready" };

	const watch = <Entry>(name: "prices" | "people", path: string, read: (path: string) => readonly Entry[]) => {
		const onChange = () => events.emit(name === "prices" ? "priceFileChanged" : "directoryFileChanged");
		const file = new WatchedFile({ path, none: [], read, onChange, log: moduleLog(log, name) });
		cleanups.defer(() => file.close());
		return () => file.content;
	};
	const prices = new PriceTable({
		...upkeep,
		log: moduleLog(log, "prices"),
		entries: watch("prices", config.prices, readPriceFile),
		onChanged: () => events.emit("pricesChanged"),
	});
	lifecycle.beforeReady(() => prices.prepare());
	events.on("priceFileChanged", () => prices.changed());
	for (const event of ["storeReady", "loaded"] as const) events.on(event, () => prices.notify());
	cleanups.defer(() => prices.close());

	const people = new People({
		...upkeep,
		log: moduleLog(log, "people"),
		directory: watch("people", config.directory, readDirectoryFile),
		intervalMs: 2000,
		onChanged: () => events.emit("peopleChanged"),
	});
	for (const event of ["storeReady", "loaded", "directoryFileChanged"] as const) events.on(event, () => people.notify());
	cleanups.defer(() => people.close());

	const rollupLog = moduleLog(log, "rollups");
	// Other processes may insert rows into a ClickHouse server, and this one would not know which hours they change.
	const rollups =
		lifecycle.kind === "embedded"
			? new RollupMaintainer({ ...upkeep, log: rollupLog, restMs: config["rollup-delay-seconds"] * 1000, retainMonths })
			: undefined;
	const prepareRollups = () => rollups?.prepare().catch((error) => rollupLog.warn(`cannot prepare rollups: ${messageOf(error)}`));
	events.on("storeReady", () => void prepareRollups());
	for (const event of ["peopleChanged", "pricesChanged"] as const) events.on(event, () => rollups?.versions.changedEverywhere());
	cleanups.defer(() => rollups?.close());

	const loader = new Loader({
		journal,
		store: lifecycle.store,
		journalId: data.id,
		intervalMs: config["load-interval-ms"],
		canLoad: upkeep.canAsk,
		deaths: () => lifecycle.deaths,
		wrapLoad: (block, load) => (rollups ? rollups.wrapLoad(block, load) : load()),
		onLoaded: (rows) => events.emit("loaded", rows),
		log: moduleLog(log, "store"),
	});
	for (const event of ["storeReady", "committed"] as const) events.on(event, () => loader.notify());
	events.on("segmentFull", () => loader.flushNow());
	cleanups.defer(() => loader.close());
	cleanups.defer(() => journal.close());
	return { lifecycle, journal, rollups };
}

function openJournal(config: Config, data: DataDirectory, events: ServerEvents, log: Log): Promise<Journal> {
	return Journal.open({
		directory: data.journal,
		commitIntervalMs: config["commit-interval-ms"],
		commitBytes: 4 * 1024 * 1024,
		segmentBytes: 64 * 1024 * 1024,
		segmentRows: 500_000,
		minFreeBytes: config["min-free-disk"],
		windowMs: config["dedup-window-seconds"] * 1000,
		onCommit: () => events.emit("committed"),
		onFull: () => events.emit("segmentFull"),
		log: moduleLog(log, "journal"),
	});
}

if (import.meta.main) await runCli(process.argv.slice(2), openPurser);
