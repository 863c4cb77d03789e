import type { Listener, Vitals } from "../api/status.ts";
import type { Config } from "../config.ts";

/** What `purser serve` runs, opened. */
export type Purser = {
	readonly listeners: readonly Listener[];
	readonly vitals: Vitals;
	/** The engine's process, where there is one. */
	readonly enginePid: () => number | undefined;
	/** Stops accepting, finishes what was accepted, and gives everything back in the reverse order of opening. */
	readonly close: () => Promise<void>;
};

export type OpenPurser = (config: Config, log: (message: string) => void) => Promise<Purser>;
