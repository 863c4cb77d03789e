import type { EventRow } from "@purser/api";

/** Records have no id of their own: two are the same when everything about them is. */
const keys = new WeakMap<EventRow, string>();

export function keyOf(row: EventRow): string {
	let key = keys.get(row);
	if (key === undefined) {
		key = `${row.time} ${row.event} ${row.session_id} ${JSON.stringify(row.attributes)} ${row.received_at ?? ""}`;
		keys.set(row, key);
	}
	return key;
}

export interface Merged {
	rows: EventRow[];
	added: EventRow[];
	/** False when more came than one page holds: then there is a gap, and what was shown before must go. */
	meets: boolean;
}

/** A fresh first page onto what is shown, newest first. What arrives late finds its place by its time. */
export function mergeNewest(shown: readonly EventRow[], page: readonly EventRow[]): Merged {
	const known = new Set(shown.map(keyOf));
	const added = page.filter((row) => !known.has(keyOf(row)));
	if (added.length === 0) return { rows: [...shown], added, meets: true };
	const meets = shown.length === 0 || added.length < page.length;
	return { rows: meets ? newestFirst([...added, ...shown]) : [...page], added, meets };
}

/** Older rows below. */
export function appendOlder(shown: readonly EventRow[], page: readonly EventRow[]): EventRow[] {
	const known = new Set(shown.map(keyOf));
	return [...shown, ...page.filter((row) => !known.has(keyOf(row)))];
}

/** Stable, so that records of one millisecond keep the order in which the server gave them. */
const newestFirst = (rows: EventRow[]): EventRow[] => rows.sort((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0));
