import type { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { EngineSupervisor } from "../engine/supervisor.ts";
import { messageOf } from "../errors.ts";
import { Job } from "../job.ts";
import { type Log, moduleLog } from "../log.ts";
import type { TableName } from "../schema/tables.ts";
import { migrate } from "./migrations.ts";
import { dropExpired } from "./retention.ts";
import { Store } from "./store.ts";

export type StoreLifecycleOptions = {
	/** A ClickHouse server, or empty for the embedded engine. */
	readonly clickhouseUrl: string;
	readonly engineDirectory: string;
	readonly engineSocket: string;
	readonly engineBytes: number;
	readonly maxSeconds: number;
	readonly retainMonths: Readonly<Record<TableName, number>>;
	/** The store answers and has this version's schema: for the first time or again. */
	readonly onReady: () => void;
	readonly log: Log;
};

export type StoreState = "starting" | "ready" | "away";

const hourMs = 3_600_000;

/** The store and what keeps it there: an engine of our own, or a server's address. */
export class StoreLifecycle {
	readonly store: Store;
	readonly kind: "embedded" | "clickhouse";
	readonly #options: StoreLifecycleOptions;
	readonly #engine: EngineSupervisor | undefined;
	readonly #retention: Job;
	readonly #watch: NodeJS.Timeout | undefined;
	#state: StoreState = "starting";
	#reason = "";
	#closing = false;
	#preparing = false;
	readonly #steps: (() => Promise<void>)[] = [];

	constructor(options: StoreLifecycleOptions) {
		const log = moduleLog(options.log, "store");
		this.#options = { ...options, log };
		const { clickhouseUrl, engineBytes, maxSeconds } = options;
		this.kind = clickhouseUrl === "" ? "embedded" : "clickhouse";
		if (this.kind === "embedded") {
			const wedgedMs = (maxSeconds + 30) * 1000;
			const onReady = () => void this.#prepare();
			this.#engine = new EngineSupervisor({
				directory: options.engineDirectory,
				socketPath: options.engineSocket,
				residentBytes: engineBytes,
				untrustedSeconds: maxSeconds,
				wedgedMs,
				onReady,
				log: moduleLog(options.log, "engine"),
			});
			this.store = new Store({ url: "http://engine", agent: this.#engine.agent, maxSeconds });
		} else {
			this.store = new Store({ url: clickhouseUrl, maxSeconds });
			this.#watch = setInterval(() => void this.#look(), 2000).unref();
			void this.#look();
		}
		this.#retention = new Job({
			name: "drop months past their retention",
			run: () => this.#dropExpired(),
			canRun: () => this.state === "ready",
			everyMs: hourMs,
			retryMs: hourMs,
			log,
		});
	}

	/** Adds a step that creates another module's tables before the store counts as ready. Where it rejects, all is tried again. */
	beforeReady(step: () => Promise<void>): void {
		this.#steps.push(step);
	}

	get state(): StoreState {
		if (this.#engine && this.#engine.state === "away") return "away";
		return this.#state;
	}

	get reason(): string {
		return this.#engine?.reason || this.#reason;
	}

	/** The number of times that the embedded engine ended without being asked to. */
	get deaths(): number {
		return this.#engine?.deaths ?? 0;
	}

	get restarts(): number {
		return this.#engine?.restarts ?? 0;
	}

	/** Connects to the embedded engine, where there is one. */
	get agent(): Agent | undefined {
		return this.#engine?.agent;
	}

	get enginePid(): number | undefined {
		return this.#engine?.pid;
	}

	async close(): Promise<void> {
		this.#closing = true;
		await this.#retention.close();
		clearInterval(this.#watch);
		await this.store.close();
		await this.#engine?.close();
	}

	async #look(): Promise<void> {
		const answers = await this.store.answers();
		if (this.#closing) return;
		if (!answers) {
			this.#state = this.#state === "ready" ? "away" : this.#state;
			this.#reason = "the ClickHouse server does not answer";
		} else if (this.#state !== "ready") await this.#prepare();
	}

	/** Brings the schema up to date, and says so when it is. */
	async #prepare(): Promise<void> {
		if (this.#preparing) return;
		this.#preparing = true;
		try {
			for (let delayMs = 100; !this.#closing; delayMs = Math.min(delayMs * 2, 5000)) {
				try {
					await migrate(this.store, this.#options.log);
					for (const step of this.#steps) await step();
					this.#state = "ready";
					this.#reason = "";
					this.#options.onReady();
					this.#retention.notify();
					return;
				} catch (error) {
					this.#reason = messageOf(error);
					this.#options.log.warn(this.#reason);
					if (this.#engine && this.#engine.state !== "ready") return;
					await sleep(delayMs, undefined, { ref: false });
				}
			}
		} finally {
			this.#preparing = false;
		}
	}

	async #dropExpired(): Promise<void> {
		const dropped = await dropExpired(this.store, this.#options.retainMonths, Date.now());
		if (dropped.length > 0) this.#options.log.info(`dropped months past their retention: ${dropped.join(", ")}`);
	}
}
