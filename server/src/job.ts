import { type Clock, systemClock } from "./clock.ts";
import { messageOf } from "./errors.ts";
import type { Log } from "./log.ts";

export type JobOptions = {
	/** Names the job in its status and in the log, e.g. `resolve identities`. */
	readonly name: string;
	/** Does all work that is due. It may end early when the signal is aborted. A rejection is logged, and the job retries. */
	readonly run: (signal: AbortSignal) => Promise<void>;
	/** Returns false while a run could only fail. The job stays due, and the next `notify` tries again. */
	readonly canRun?: () => boolean;
	/** Time from a notification to the run, in which further notifications join it. Default: 0. */
	readonly delayMs?: number;
	/** Minimum time between the end of a run and the start of the next. Default: 0. */
	readonly intervalMs?: number;
	/** Back-off after a failure: it doubles with each further failure, up to `maxRetryMs`. */
	readonly retryMs: number;
	readonly maxRetryMs?: number;
	/** Also runs once in this time. */
	readonly everyMs?: number;
	readonly clock?: Clock;
	readonly log: Log;
};

export type JobStatus = {
	readonly name: string;
	readonly state: "idle" | "due" | "running";
	/** End of the last successful run, in milliseconds since 1970; undefined before. */
	readonly lastRunMs: number | undefined;
	/** The error of the last run; undefined after a success. */
	readonly lastError: string | undefined;
};

/** Background work that is triggered by notifications and never overlaps with itself. */
export class Job {
	readonly #options: JobOptions;
	readonly #clock: Clock;
	readonly #stop = new AbortController();
	readonly #timer: NodeJS.Timeout | undefined;
	#loop: Promise<void> | undefined;
	#pause = new AbortController();
	#isDue = false;
	#isUrgent = false;
	#isRunning = false;
	#dueMs = 0;
	#notBeforeMs = 0;
	#failures = 0;
	#lastRunMs: number | undefined;
	#lastError: string | undefined;

	constructor(options: JobOptions) {
		this.#options = options;
		this.#clock = options.clock ?? systemClock;
		if (options.everyMs !== undefined) this.#timer = setInterval(() => this.notify(), options.everyMs).unref();
	}

	get status(): JobStatus {
		const state = this.#isRunning ? "running" : this.#isDue ? "due" : "idle";
		return { name: this.#options.name, state, lastRunMs: this.#lastRunMs, lastError: this.#lastError };
	}

	/** Schedules a run. Does not wait for it. */
	notify(): void {
		if (!this.#isDue) this.#dueMs = this.#clock.nowMs();
		this.#isDue = true;
		if (this.#loop || this.#stop.signal.aborted) return;
		this.#loop = this.#runWhileDue().finally(() => {
			this.#loop = undefined;
			// A notification that came after the last look.
			if (this.#isDue && (this.#options.canRun?.() ?? true)) this.notify();
		});
	}

	/** Schedules a run without delay and interval: waiting would only pile up work. */
	notifyUrgent(): void {
		this.#isUrgent = true;
		this.#pause.abort();
		this.notify();
	}

	/** Starts no other run, and waits for the current one. */
	async close(): Promise<void> {
		clearInterval(this.#timer);
		this.#stop.abort();
		this.#pause.abort();
		await this.#loop;
	}

	async #runWhileDue(): Promise<void> {
		const { canRun } = this.#options;
		while (this.#isDue && (canRun?.() ?? true)) {
			await this.#untilDue();
			if (this.#stop.signal.aborted || !(canRun?.() ?? true)) return;
			this.#isDue = false;
			this.#isUrgent = false;
			await this.#runOnce();
		}
	}

	async #untilDue(): Promise<void> {
		const { delayMs = 0 } = this.#options;
		const waitMs = Math.max(this.#dueMs + delayMs, this.#notBeforeMs) - this.#clock.nowMs();
		if (waitMs <= 0 || this.#isUrgent) return;
		this.#pause = new AbortController();
		if (this.#stop.signal.aborted) return;
		await this.#clock.wait(waitMs, this.#pause.signal);
	}

	async #runOnce(): Promise<void> {
		const { name, run, intervalMs = 0, retryMs, maxRetryMs = retryMs, log } = this.#options;
		this.#isRunning = true;
		try {
			await run(this.#stop.signal);
			this.#failures = 0;
			this.#lastError = undefined;
			this.#lastRunMs = this.#clock.nowMs();
			this.#notBeforeMs = this.#lastRunMs + intervalMs;
		} catch (error) {
			const why = messageOf(error);
			// A failure that lasts is logged once.
			if (why !== this.#lastError) log.warn(`cannot ${name}: ${why}`);
			this.#lastError = why;
			this.#notBeforeMs = this.#clock.nowMs() + Math.min(retryMs * 2 ** this.#failures++, maxRetryMs);
			this.#isDue = true;
		} finally {
			this.#isRunning = false;
		}
	}
}
