import { expect, test } from "vitest";
import type { Clock } from "./clock.ts";
import { Job, type JobOptions } from "./job.ts";
import { createLog } from "./log.ts";

/** A clock whose waits end when a test advances it. */
class ManualClock implements Clock {
	#nowMs = 1_000_000;
	readonly #waits = new Set<{ readonly untilMs: number; readonly done: () => void }>();

	readonly nowMs = () => this.#nowMs;
	readonly wait = (ms: number, signal: AbortSignal): Promise<void> =>
		new Promise((resolve) => {
			const wait = { untilMs: this.#nowMs + ms, done: resolve };
			this.#waits.add(wait);
			signal.addEventListener("abort", () => resolve());
		});

	async advance(ms: number): Promise<void> {
		this.#nowMs += ms;
		for (const wait of this.#waits) if (wait.untilMs <= this.#nowMs) wait.done();
		await settle();
	}
}
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

function job(options: Partial<JobOptions> & Pick<JobOptions, "run">) {
	const clock = new ManualClock();
	const lines: string[] = [];
	const log = createLog({ level: "info", format: "text", write: (line) => lines.push(line) });
	return { clock, lines, job: new Job({ name: "count", retryMs: 100, clock, log, ...options }) };
}

test("notifications join one run, and one during a run starts another", async () => {
	let runs = 0;
	const { clock, job: counted } = job({
		run: async () => {
			if (++runs === 1) counted.notify();
		},
		delayMs: 10,
		intervalMs: 1000,
	});
	counted.notify();
	counted.notify();
	await settle();
	expect([runs, counted.status.state]).toEqual([0, "due"]);
	await clock.advance(10);
	expect(runs).toBe(1);
	await clock.advance(999);
	expect(runs).toBe(1);
	await clock.advance(1);
	expect([runs, counted.status]).toEqual([2, expect.objectContaining({ state: "idle", lastError: undefined })]);
});

test("an urgent run does not wait for delay and interval", async () => {
	let runs = 0;
	const { job: counted } = job({ run: async () => void runs++, delayMs: 10, intervalMs: 1000 });
	counted.notify();
	await settle();
	counted.notifyUrgent();
	await settle();
	counted.notifyUrgent();
	await settle();
	expect(runs).toBe(2);
});

test("a failure is logged once, and retried with back-off up to its limit", async () => {
	let runs = 0;
	const {
		clock,
		lines,
		job: failing,
	} = job({
		run: async () => {
			if (++runs < 5) throw new Error("the store is away");
		},
		maxRetryMs: 300,
	});
	failing.notify();
	await settle();
	const runsAfter: number[] = [];
	for (const ms of [99, 1, 200, 300, 300, 10_000]) {
		await clock.advance(ms);
		runsAfter.push(runs);
	}
	expect(runsAfter).toEqual([1, 2, 3, 4, 5, 5]);
	expect(lines).toEqual([expect.stringMatching(/WARN cannot count: the store is away\n$/)]);
	expect(failing.status.lastError).toBeUndefined();
});

test("a job that cannot run stays due until it is notified again", async () => {
	let runs = 0;
	let isReady = false;
	const { job: waiting } = job({ run: async () => void runs++, canRun: () => isReady });
	waiting.notify();
	await settle();
	expect([runs, waiting.status.state]).toEqual([0, "due"]);
	isReady = true;
	waiting.notify();
	await settle();
	expect(runs).toBe(1);
});

test("closing waits for the current run and starts no other", async () => {
	let end = () => {};
	let runs = 0;
	const { job: long } = job({
		run: () => {
			runs++;
			return new Promise<void>((resolve) => {
				end = resolve;
			});
		},
	});
	long.notify();
	await settle();
	long.notify();
	let isClosed = false;
	const closing = long.close().then(() => {
		isClosed = true;
	});
	await settle();
	expect(isClosed).toBe(false);
	end();
	await closing;
	long.notify();
	await settle();
	expect(runs).toBe(1);
});
