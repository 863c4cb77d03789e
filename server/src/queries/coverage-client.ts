import type { Calendar } from "./calendar.ts";
import { type Rhythm, rhythmOf } from "./rhythm.ts";
import type { SignalName } from "./rolled/arrivals.ts";

/** What clients send only when they are told to, each with its variable. */
export const gateNames = ["prompts", "responses", "tool_details", "tool_content", "raw_api_bodies"] as const;
export type GateName = (typeof gateNames)[number];

/** A client's records of one signal and kind of program, as the store sums them up. */
export type Sightings = {
	signal: SignalName;
	person: string;
	installation: string;
	version: string;
	entrypoint: string;
	terminal: string;
	os: string;
	service: string;
	records: number;
	late: number;
	future: number;
	undated: number;
	most_late_seconds: number;
	first_ms: number;
	last_ms: number;
	received_ms: number;
	/** Since 1970, rising. */
	hours: number[];
};

export type SignalSeen = { readonly records: number; readonly lastMs: number; readonly rhythm: Rhythm | undefined };

/** A person's installation: a machine, or a container that keeps its home. */
export type Client = {
	readonly person: string;
	readonly installation: string;
	/** Irregular: seen on too few days to know what is usual. */
	readonly status: "reporting" | "silent" | "irregular";
	readonly rhythm: Rhythm | undefined;
	readonly firstMs: number;
	readonly lastMs: number;
	readonly receivedMs: number;
	/** The latest, and when it came. */
	readonly version: string;
	readonly versionSinceMs: number;
	readonly versions: readonly string[];
	readonly entrypoints: readonly string[];
	readonly terminals: readonly string[];
	readonly os: readonly string[];
	readonly services: readonly string[];
	readonly records: number;
	readonly signals: Readonly<Partial<Record<SignalName, SignalSeen>>>;
	readonly gates: readonly GateName[];
	readonly late: number;
	readonly future: number;
	/** For each bucket in how many of its hours there was something. */
	readonly activity: readonly number[];
	readonly byVersion: ReadonlyMap<string, readonly Sightings[]>;
};

type Seeing = {
	readonly sightings: {
		/** Records count in the period; hours and times are of all the history looked at. */
		readonly inPeriod: readonly Sightings[];
		readonly before: readonly Sightings[];
	};
	readonly gates: readonly Record<string, string | number>[];
	readonly calendar: Calendar;
	readonly asOfMs: number;
	readonly startsMs: readonly number[];
};

const keyOf = ({ person, installation }: { person?: unknown; installation?: unknown }): string => `${person}\0${installation}`;

const uncounted = { records: 0, late: 0, future: 0 };

/** All clients: those that stopped first, then by name. */
export function clientsOf({ sightings, gates, calendar, asOfMs, startsMs }: Seeing): Client[] {
	const all = [...sightings.inPeriod, ...sightings.before.map((row) => ({ ...row, ...uncounted }))];
	const open = new Map(gates.map((row) => [keyOf(row), gateNames.filter((gate) => Number(row[gate]) > 0)]));
	const clients = [...Map.groupBy(all, keyOf)].map(([key, seen]): Client => {
		const latest = latestOf(seen);
		const rhythm = rhythmOf(hoursOf(seen), latest.last_ms, calendar);
		const bySignal = [...Map.groupBy(seen, ({ signal }) => signal)].map(([signal, own]): [SignalName, SignalSeen] => {
			const { last_ms: lastMs } = latestOf(own);
			return [signal, { records: sum(own, "records"), lastMs, rhythm: rhythmOf(hoursOf(own), lastMs, calendar) }];
		});
		return {
			person: latest.person,
			installation: latest.installation,
			status: !rhythm ? "irregular" : asOfMs >= rhythm.silentAtMs ? "silent" : "reporting",
			rhythm,
			firstMs: Math.min(...seen.map(({ first_ms }) => first_ms)),
			lastMs: latest.last_ms,
			receivedMs: Math.max(...seen.map(({ received_ms }) => received_ms)),
			version: latest.version,
			versionSinceMs: Math.min(...seen.filter(({ version }) => version === latest.version).map(({ first_ms }) => first_ms)),
			versions: valuesOf(seen, "version"),
			entrypoints: valuesOf(seen, "entrypoint"),
			terminals: valuesOf(seen, "terminal"),
			os: valuesOf(seen, "os"),
			services: valuesOf(seen, "service"),
			records: sum(seen, "records"),
			signals: Object.fromEntries(bySignal),
			gates: open.get(key) ?? [],
			late: sum(seen, "late"),
			future: sum(seen, "future"),
			activity: activityOf(hoursOf(seen), startsMs),
			byVersion: Map.groupBy(seen, ({ version }) => version),
		};
	});
	return clients.sort(
		(a, b) =>
			Number(b.status === "silent") - Number(a.status === "silent") ||
			compare(a.person, b.person) ||
			compare(a.installation, b.installation),
	);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const latestOf = (seen: readonly Sightings[]): Sightings =>
	seen.reduce((latest, each) => (each.last_ms > latest.last_ms ? each : latest));
const hoursOf = (seen: readonly Sightings[]): number[] => [...new Set(seen.flatMap(({ hours }) => hours))].sort((a, b) => a - b);
const sum = (seen: readonly Sightings[], field: "records" | "late" | "future"): number =>
	seen.reduce((total, each) => total + each[field], 0);

/** What was sent, the latest first; what was not sent is left out. */
const valuesOf = (seen: readonly Sightings[], field: "version" | "entrypoint" | "terminal" | "os" | "service"): string[] => [
	...new Set(
		seen
			.toSorted((a, b) => b.last_ms - a.last_ms)
			.map((each) => each[field])
			.filter(Boolean),
	),
];

function activityOf(hours: readonly number[], startsMs: readonly number[]): number[] {
	const activity = startsMs.map(() => 0);
	let bucket = 0;
	for (const hour of hours) {
		const ms = hour * 3_600_000;
		while (bucket + 1 < startsMs.length && startsMs[bucket + 1]! <= ms) bucket++;
		if (startsMs.length > 0 && ms >= startsMs[0]!) activity[bucket]!++;
	}
	return activity;
}
