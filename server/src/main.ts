#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { KeyRing } from "./access/key-ring.ts";
import { coverageRoutes } from "./api/coverage-route.ts";
import { journalRoutes } from "./api/journal-routes.ts";
import { probeRoute } from "./api/probe-route.ts";
import { queriesRoutes } from "./api/queries-routes.ts";
import { reconciliationRoute } from "./api/reconciliation-route.ts";
import { recordsRoutes } from "./api/records-routes.ts";
import { rebuildRoute } from "./api/rollups-route.ts";
import { sessionsRoutes } from "./api/sessions-routes.ts";
import { createSqlPort } from "./api/sql-port.ts";
import { type Health, type Listener, statusRoutes } from "./api/status.ts";
import { LiveStream } from "./api/stream.ts";
import { catalogRoute, usageRoute } from "./api/usage-route.ts";
import { createWeb } from "./api/web.ts";
import { type Purser, runCli } from "./cli/program.ts";
import { type Config, formatAddress } from "./config.ts";
import { openDataDirectory } from "./data-directory.ts";
import { messageOf, UsageError } from "./errors.ts";
import { Journal } from "./journal/journal.ts";
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
import type { TimeRange } from "./semantic/rollup-freshness.ts";
import { Loader } from "./store/loader.ts";
import { StoreLifecycle } from "./store/store-lifecycle.ts";
import { version } from "./version.ts";
import { WatchedFile } from "./watched-file.ts";

/** What was opened, to be closed in the reverse order, also when what comes next can't be opened. */
type Closers = (() => unknown)[];

export async function openPurser(config: Config, log: (message: string) => void): Promise<Purser> {
	const closers: Closers = [];
	const close = async () => {
		while (closers.length > 0) await closers.pop()!();
	};
	try {
		return { ...(await openRooms(config, log, closers)), close };
	} catch (error) {
		await close();
		throw error;
	}
}

/** Every room, in the order in which a log record passes through them. */
async function openRooms(config: Config, log: (message: string) => void, closers: Closers): Promise<Omit<Purser, "close">> {
	const startedMs = Date.now();
	const keys = new KeyRing(config.keys, log);
	const has = { ingestKey: keys.isRequired("ingest"), readKey: keys.isRequired("read") };
	requireKeysBeyondLoopback([config.grpc, config.http, config.web, config.sql], has, config.insecure);
	const tls = readTls(config);
	const watch = <Entry>(name: string, path: string, read: (path: string) => readonly Entry[], onChange: () => void) => {
		const file = new WatchedFile({ name, path, none: [], read, onChange, log });
		closers.push(() => file.close());
		return () => file.content;
	};
	const priceEntries = watch("prices", config.prices, readPriceFile, () => prices.changed());
	const directory = watch("people", config.directory, readDirectoryFile, () => people.notify());
	const data = await openDataDirectory(config.data);
	closers.push(() => data.close());
	const ingestStats = new IngestStats();
	const mayRead = (key: string) => !keys.isRequired("read") || keys.accepts("read", key);
	const stream = new LiveStream(mayRead);

	const journal = await Journal.open({
		directory: data.journal,
		commitIntervalMs: config["commit-ms"],
		commitBytes: 4 * 1024 * 1024,
		segmentBytes: 64 * 1024 * 1024,
		segmentRows: 500_000,
		floorBytes: config["disk-floor"],
		windowMs: config["dedup-window"] * 1000,
		onCommit: () => loader.notify(),
		onFull: () => loader.flushNow(),
		log,
	});
	const retainMonths = { events: config["retain-events"], points: config["retain-points"], spans: config["retain-spans"] };
	const storage = new StoreLifecycle({
		clickhouseUrl: config.clickhouse,
		engineDirectory: data.engine,
		engineSocket: data.engineSocket,
		engineBytes: config["engine-memory"],
		maxSeconds: config["query-seconds"],
		retainMonths,
		prepare: () => prices.prepare(),
		onReady: () => {
			rollups?.prepare().catch((error) => log(`store: cannot prepare rollups: ${messageOf(error)}`));
			loader.notify();
			people.notify();
			prices.notify();
		},
		log,
	});
	const prices = new PriceTable({ store: storage.store, entries: priceEntries, canAsk: () => storage.state === "ready", log });
	// A server may be given rows by others, whose hours this process does not know of.
	const rollups =
		storage.kind === "embedded"
			? new RollupMaintainer({
					store: storage.store,
					restMs: config["rollup-rest"] * 1000,
					retainMonths,
					canAsk: () => storage.state === "ready",
					log,
				})
			: undefined;
	const freshnessOf = async (period: TimeRange) => await rollups?.freshnessOf(period);
	const loader = new Loader({
		journal,
		store: storage.store,
		journalId: data.id,
		intervalMs: config["load-ms"],
		canLoad: () => storage.state === "ready",
		deaths: () => storage.deaths,
		wrapLoad: (block, load) => (rollups ? rollups.wrapLoad(block, load) : load()),
		onLoaded: (rows) => {
			ingestStats.stored(rows);
			stream.stored(rows);
			prices.notify();
			people.notify();
		},
		log,
	});

	const people = new People({
		store: storage.store,
		directory,
		intervalMs: 2000,
		canAsk: () => storage.state === "ready",
		onRenamed: () => rollups?.changed(),
		log,
	});

	closers.push(
		() => storage.close(),
		() => prices.close(),
		() => people.close(),
		() => rollups?.close(),
		() => loader.close(),
		() => journal.close(),
	);

	const allowedHosts = new Set(config["allowed-hosts"].map((host) => host.toLowerCase()));
	const accept = createIngest({
		append: (digest, signal, wire) => journal.append(digest, signal, wire),
		maxRecords,
		ingestStats,
		onReceived: (signal) => stream.received(signal),
	});
	const receivers = await openListeners(
		{ grpc: config.grpc!, http: config.http! },
		{
			accept,
			keys,
			keyHeader: config["key-header"].toLowerCase(),
			allowedHosts,
			budget: new MemoryBudget(config["max-in-flight"]),
			maxBodyBytes: config["max-body"],
			timeouts: defaultTimeouts,
			tls,
			onRefused: (refusal) => ingestStats.refuse(refusal),
			log,
		},
	);

	closers.push(() => receivers.close());

	const listeners: Listener[] = [
		{ name: "grpc", address: formatAddress(receivers.grpc), tls: tls !== undefined },
		{ name: "http", address: formatAddress(receivers.http), tls: tls !== undefined },
	];
	const health: Health = {
		version,
		startedMs,
		ingestStats,
		store: () => storage,
		journal: () => ({ state: journal.state, ...journal.backlog, quarantined: journal.quarantine.records }),
		rollups: () => rollups?.hours,
		listeners: () => listeners,
		keysRequired: () => keys.isRequired("ingest"),
		isDemo: data.isDemo,
	};
	const { store } = storage;
	const web = await createWeb({
		routes: [
			usageRoute(store, freshnessOf),
			catalogRoute,
			...queriesRoutes(store, freshnessOf),
			...recordsRoutes(store),
			reconciliationRoute(store, freshnessOf),
			...sessionsRoutes(store),
			...coverageRoutes(store, async (period) => rollups?.freshnessWithoutHints(period), health),
			...statusRoutes(health, store),
			...journalRoutes(journal),
			rebuildRoute(rollups && (() => rollups.rebuild())),
			probeRoute(
				store,
				() => listeners,
				() => keys.temporary("ingest"),
			),
			stream.route,
		],
		health,
		pageDirectory: fileURLToPath(new URL("../../dashboard/dist", import.meta.url)),
		allowedHosts,
		mayRead,
		tls,
		log,
	});
	closers.push(
		() => web.close(),
		() => stream.close(),
	);
	await listen(web.server, config.web!, "--web");
	listeners.push({ name: "web", address: formatAddress(addressOf(web.server)), tls: tls !== undefined });

	const sql = config.sql && storage.agent && createSqlPort({ agent: storage.agent, mayRead, allowedHosts, log });
	if (sql) await listen(sql, config.sql!, "--sql");

	closers.push(() => {
		sql?.close();
		sql?.closeAllConnections();
	});
	return { listeners, health, enginePid: () => storage.enginePid };
}

/** Undefined where none of it is configured; a part of it is a mistake, which nobody would notice by what listens. */
function readTls(config: Config) {
	const [cert, key, clientCa] = [config["tls-cert"], config["tls-key"], config["tls-client-ca"]];
	if (cert === "" && key === "" && clientCa === "") return undefined;
	const missing = [cert === "" && "--tls-cert", key === "" && "--tls-key"].filter(Boolean);
	if (missing.length > 0)
		throw new UsageError(
			`cannot speak TLS: ${missing.join(" and ")} missing. A certificate and its key go together; nothing listens without`,
		);
	const read = (path: string, flag: string): Buffer => {
		try {
			return readFileSync(path);
		} catch (error) {
			throw new UsageError(`cannot read ${path}: ${messageOf(error)}. Look at ${flag}`);
		}
	};
	return {
		cert: read(cert, "--tls-cert"),
		key: read(key, "--tls-key"),
		...(clientCa !== "" && { ca: read(clientCa, "--tls-client-ca") }),
	};
}

if (import.meta.main) await runCli(process.argv.slice(2), openPurser);
