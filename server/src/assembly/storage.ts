import type { Config } from "../config.ts";
import type { DataDirectory } from "../data-directory.ts";
import { messageOf } from "../errors.ts";
import { Journal } from "../journal/journal.ts";
import { type Log, moduleLog } from "../log.ts";
import { readDirectoryFile } from "../people/directory-file.ts";
import { People } from "../people/people.ts";
import { readPriceFile } from "../prices/price-file.ts";
import { PriceTable } from "../prices/price-table.ts";
import { RollupMaintainer } from "../rollups/rollup-maintainer.ts";
import type { ServerEvents } from "../server-events.ts";
import { Loader } from "../store/loader.ts";
import { StoreLifecycle } from "../store/store-lifecycle.ts";
import { WatchedFile } from "../watched-file.ts";

/** Creates the journal, the store, and the jobs that keep the store's tables complete and up to date. */
export async function openStorage(
	config: Config,
	data: DataDirectory,
	events: ServerEvents,
	log: Log,
	cleanups: AsyncDisposableStack,
) {
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
			? new RollupMaintainer({ ...upkeep, log: rollupLog, delayMs: config["rollup-delay-seconds"] * 1000, retainMonths })
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
