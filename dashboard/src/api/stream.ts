import { useEffect, useSyncExternalStore } from "react";
import { apiRoot } from "./ask.ts";
import { throttle } from "./throttle.ts";

/** The one connection over which the server says that something new is in the store. */
export interface Connection {
	/** When the server went away, if it is. */
	disconnectedSince: number | undefined;
}

let connection: Connection = { disconnectedSince: undefined };
let source: EventSource | undefined;
let retry: ReturnType<typeof setTimeout> | undefined;
let grace: ReturnType<typeof setTimeout> | undefined;
let waitMs = 1000;

const watchers = new Set<() => void>();
const listeners = new Set<() => void>();

function setAway(disconnectedSince: number | undefined): void {
	if (connection.disconnectedSince === disconnectedSince) return;
	connection = { disconnectedSince };
	for (const watcher of watchers) watcher();
}

const notify = () => {
	for (const listener of listeners) listener();
};

function opened(): void {
	clearTimeout(grace);
	grace = undefined;
	waitMs = 1000;
	const wasAway = connection.disconnectedSince !== undefined;
	setAway(undefined);
	// Whatever was stored while we did not listen.
	if (wasAway) notify();
}

function lost(): void {
	const since = Date.now();
	// A proxy that recycles a connection is no news: only a longer silence is.
	grace ??= setTimeout(() => setAway(since), 2500);
	if (source?.readyState !== EventSource.CLOSED) return;
	// The browser gives up on an answer that is no stream (a proxy's error page); we do not.
	clearTimeout(retry);
	retry = setTimeout(connect, waitMs);
	waitMs = Math.min(waitMs * 2, 10_000);
}

function connect(): void {
	source?.close();
	source = new EventSource(`${apiRoot}/stream`);
	source.addEventListener("open", opened);
	source.addEventListener("error", lost);
	source.addEventListener("stored", notify);
	source.addEventListener("received", notify);
}

/** Called once, by main. */
export function openStream(): void {
	connect();
	// The browser holds six connections to one server: a tab in the background gives its own back.
	document.addEventListener("visibilitychange", () => {
		if (document.hidden) {
			source?.close();
			source = undefined;
			clearTimeout(retry);
			clearTimeout(grace);
			grace = undefined;
		} else if (!source) {
			connect();
			notify();
		}
	});
}

const watch = (watcher: () => void) => {
	watchers.add(watcher);
	return () => watchers.delete(watcher);
};

export const useConnection = (): Connection => useSyncExternalStore(watch, () => connection);

/** Acts when something new is in the store, at most every so often. `act` must not change between renders. */
export function useArrivals(act: () => void, everyMs: number): void {
	useEffect(() => {
		const throttled = throttle(act, everyMs);
		listeners.add(throttled);
		return () => {
			listeners.delete(throttled);
			throttled.cancel();
		};
	}, [act, everyMs]);
}
