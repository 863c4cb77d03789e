import { setTimeout as sleep } from "node:timers/promises";

/** The time, passed in so that tests can set it. */
export type Clock = {
	/** Milliseconds since 1970. */
	readonly nowMs: () => number;
	/** Resolves after that time, or when the signal is aborted, whichever is first. Does not keep the process alive. */
	readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
};

export const systemClock: Clock = Object.freeze<Clock>({
	nowMs: () => Date.now(),
	wait: (ms, signal) => sleep(ms, undefined, { signal, ref: false }).catch(() => undefined),
});
