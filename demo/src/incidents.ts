import type { Person } from "./organization.ts";

/**
 * Incidents of the organization, by days before today, so that there is something to find. Each is a reason for which people
 * open Purser.
 */
export const incidents = Object.freeze({
	/** The better model comes, and more and more people take it. */
	opusFromDaysAgo: 58,
	/** New versions of the agent: from so many days ago on, for those who update at once. */
	versions: [
		{ version: "2.1.296", fromDaysAgo: 400 },
		{ version: "2.1.311", fromDaysAgo: 47 },
		{ version: "2.1.329", fromDaysAgo: 12 },
	],
	/** An agent runs in a loop over a weekend's worth of data. */
	spikeDaysAgo: 9,
	/** A machine is reinstalled, and its telemetry forgotten. */
	silentSinceDaysAgo: 6,
	/** The wiki's MCP server answers with errors. */
	brokenMcp: { fromDaysAgo: 16, toDaysAgo: 13 },
	/** The model API is overloaded for an afternoon. */
	overloadDaysAgo: 3,
});

/** Returns the version of a person's client: most update soon, some late. */
export function versionOf({ userId }: Person, daysAgo: number): string {
	const lagDays = (Number.parseInt(userId.slice(0, 2), 16) % 10) ** 2 / 6;
	return incidents.versions.findLast(({ fromDaysAgo }) => daysAgo <= fromDaysAgo - lagDays)?.version ?? "2.1.296";
}

/** Returns the probability that a person uses the better model for their main work. */
export function shareOfOpus(daysAgo: number): number {
	const { opusFromDaysAgo } = incidents;
	return daysAgo > opusFromDaysAgo ? 0 : 0.15 + 0.6 * (1 - daysAgo / opusFromDaysAgo);
}

/** Returns the probability that a request to the model fails for good. */
export const shareOfErrors = (daysAgo: number, atMs: number): number => {
	const hour = new Date(atMs).getUTCHours();
	return daysAgo === incidents.overloadDaysAgo && hour >= 13 && hour < 17 ? 0.22 : 0.004;
};

export const isMcpBroken = (daysAgo: number): boolean =>
	daysAgo <= incidents.brokenMcp.fromDaysAgo && daysAgo >= incidents.brokenMcp.toDaysAgo;

/** Returns true if that person's agent reports on that day. */
export function reports({ role, beganDaysAgo }: Person, daysAgo: number): boolean {
	if (role === "never-seen" || daysAgo > beganDaysAgo) return false;
	return !(role === "silent" && daysAgo < incidents.silentSinceDaysAgo);
}
