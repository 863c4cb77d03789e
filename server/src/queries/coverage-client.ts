import { type ContentSwitch, contentSwitchNames } from "../semantic/content-switches.ts";
import type { SignalName } from "../semantic/signals.ts";
import type { Calendar } from "./calendar.ts";
import { type Rhythm, rhythmOf } from "./reporting-cadence.ts";

/** A client's records of one signal and kind of program, as the store sums them up. */
export type ClientObservation = {
	signal: SignalName;
	person: string;
	installation: string;
	version: string;
	entrypoint: string;
	terminal: string;
	os: string;
	service: string;
	first_ms: number;
	last_ms: number;
	received_ms: number;
	/** Since 1970, rising. */
	hours: number[];
};

type Counts = { records: number; late: number; future: number } & Record<ContentSwitch, number>;
/** With how many they are, how they arrived, and whether content came with them. */
export type CountedObservation = ClientObservation & Counts & { undated: number; most_late_seconds: number };
type Seen = ClientObservation & Counts;

type SignalStatus = { readonly records: number; readonly lastMs: number; readonly rhythm: Rhythm | undefined };

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
	readonly signals: Readonly<Partial<Record<SignalName, SignalStatus>>>;
	readonly gates: readonly ContentSwitch[];
	readonly late: number;
	readonly future: number;
	/** For each bucket in how many of its hours there was something. */
	readonly activity: readonly number[];
	readonly byVersion: ReadonlyMap<string, readonly Seen[]>;
};

type Seeing = {
	readonly sightings: {
		readonly inPeriod: readonly CountedObservation[];
		readonly before: readonly ClientObservation[];
	};
	readonly calendar: Calendar;
	readonly asOfMs: number;
	readonly startsMs: readonly number[];
};

const keyOf = ({ person, installation }: ClientObservation): string => `${person}\0${installation}`;

/** Records before the period only contribute when an installation was seen. */
const uncounted: Counts = {
	records: 0,
	late: 0,
	future: 0,
	prompts: 0,
	responses: 0,
	tool_details: 0,
	tool_content: 0,
	raw_api_bodies: 0,
};

/** All clients: those that stopped first, then by name. */
export function clientsOf({ sightings, calendar, asOfMs, startsMs }: Seeing): Client[] {
	const all: readonly Seen[] = [...sightings.inPeriod, ...sightings.before.map((row) => ({ ...row, ...uncounted }))];
	const clients = [...Map.groupBy(all, keyOf).values()].map((seen): Client => {
		const latest = latestOf(seen);
		const hours = hoursOf(seen);
		const rhythm = rhythmOf(hours, latest.last_ms, calendar);
		const bySignal = [...Map.groupBy(seen, ({ signal }) => signal)].map(([signal, own]): [SignalName, SignalStatus] => {
			const { last_ms: lastMs } = latestOf(own);
			return [signal, { records: sum(own, "records"), lastMs, rhythm: rhythmOf(hoursOf(own), lastMs, calendar) }];
		});
		return {
			person: latest.person,
			installation: latest.installation,
			status: !rhythm ? "irregular" : asOfMs >= rhythm.silentAtMs ? "silent" : "reporting",
			rhythm,
			firstMs: seen.reduce((first, { first_ms }) => Math.min(first, first_ms), Number.POSITIVE_INFINITY),
			lastMs: latest.last_ms,
			receivedMs: seen.reduce((last, { received_ms }) => Math.max(last, received_ms), Number.NEGATIVE_INFINITY),
			version: latest.version,
			versionSinceMs: Math.min(...seen.filter(({ version }) => version === latest.version).map(({ first_ms }) => first_ms)),
			versions: valuesOf(seen, "version"),
			entrypoints: valuesOf(seen, "entrypoint"),
			terminals: valuesOf(seen, "terminal"),
			os: valuesOf(seen, "os"),
			services: valuesOf(seen, "service"),
			records: sum(seen, "records"),
			signals: Object.fromEntries(bySignal),
			gates: contentSwitchNames.filter((gate) => seen.some((each) => each[gate] > 0)),
			late: sum(seen, "late"),
			future: sum(seen, "future"),
			activity: activityOf(hours, startsMs),
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
const latestOf = (seen: readonly Seen[]): Seen => seen.reduce((latest, each) => (each.last_ms > latest.last_ms ? each : latest));
/** All hours, rising, each once: as numbers of one type they are sorted in a third of the time. */
function hoursOf(seen: readonly Seen[]): number[] {
	if (seen.length === 1) return seen[0]!.hours;
	const all = new Uint32Array(seen.reduce((length, { hours }) => length + hours.length, 0));
	let at = 0;
	for (const { hours } of seen) {
		all.set(hours, at);
		at += hours.length;
	}
	const once: number[] = [];
	for (const hour of all.sort()) if (hour !== once.at(-1)) once.push(hour);
	return once;
}
const sum = (seen: readonly Seen[], field: "records" | "late" | "future"): number =>
	seen.reduce((total, each) => total + each[field], 0);

/** Returns the values that were sent, the latest first. */
const valuesOf = (seen: readonly Seen[], field: "version" | "entrypoint" | "terminal" | "os" | "service"): string[] => [
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
