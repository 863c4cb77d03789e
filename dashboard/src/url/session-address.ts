import type { TimelineItem } from "@purser/api";
import { liveAddress } from "./live-address.ts";

export const sessionAddress = (id: string): string => `/sessions/${encodeURIComponent(id)}`;

/** Returns the id of an address that a user may have typed. */
export function idOf(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		return part;
	}
}

/** The record that an item of the timeline was made of. */
export function recordAddress(session: string, { event, time }: TimelineItem): string {
	const from = Math.floor(Date.parse(time));
	return liveAddress({ session, event, from: new Date(from).toISOString(), to: new Date(from + 1).toISOString() });
}
