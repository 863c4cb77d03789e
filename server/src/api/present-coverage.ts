import type { Coverage } from "../queries/coverage.ts";
import type { Client } from "../queries/coverage-client.ts";
import type { Rhythm } from "../queries/reporting-cadence.ts";
import type { Loss } from "../queries/sequence-gaps.ts";
import { causes, type SilentClient } from "../queries/silent-clients.ts";
import { signalNames } from "../semantic/signals.ts";

const iso = (ms: number): string => new Date(ms).toISOString();

export const total = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
	items.reduce((sum, item) => sum + of(item), 0);

/** Keeps the unusual and the latest gaps where there are too many. */
export const presentGaps = (gaps: Coverage["gaps"], limit: number) =>
	gaps
		.toSorted((a, b) => Number(a.usual) - Number(b.usual) || b.fromMs - a.fromMs)
		.slice(0, limit)
		.sort((a, b) => a.fromMs - b.fromMs)
		.map(presentGap);

const presentRhythm = ({ intervalMs, restsAtWeekends, silentAtMs }: Rhythm) => ({
	usual_interval_seconds: intervalMs / 1000,
	rests_at_weekends: restsAtWeekends,
	silent_at: iso(silentAtMs),
});
const noRhythm = { usual_interval_seconds: null, rests_at_weekends: null, silent_at: null };

export const presentClient = (client: Client) => ({
	person: client.person,
	installation: client.installation,
	status: client.status,
	first_seen: iso(client.firstMs),
	last_seen: iso(client.lastMs),
	last_received: iso(client.receivedMs),
	...(client.rhythm ? presentRhythm(client.rhythm) : noRhythm),
	version: client.version,
	versions: client.versions,
	entrypoints: client.entrypoints,
	terminals: client.terminals,
	os: client.os,
	services: client.services,
	records: client.records,
	signals: Object.fromEntries(
		signalNames.flatMap((name) => {
			const seen = client.signals[name];
			return seen ? [[name, { records: seen.records, last_seen: iso(seen.lastMs) }]] : [];
		}),
	),
	gates: client.gates,
	late: client.late,
	future: client.future,
	activity: client.activity,
});

export const presentSilence = ({ client, signal, lastMs, rhythm, cause }: SilentClient) => ({
	person: client.person,
	installation: client.installation,
	signal,
	last_seen: iso(lastMs),
	...presentRhythm(rhythm),
	version: client.version,
	cause,
	...causes[cause],
});

export const presentLoss = ({ firstMs, lastMs, received, missing, holes, ...loss }: Loss) => ({
	...loss,
	first_seen: iso(firstMs),
	last_seen: iso(lastMs),
	received,
	missing,
	missing_ratio: missing / (received + missing),
	holes: holes.slice(0, 20).map(({ fromMs, toMs, ...hole }) => ({ ...hole, from: iso(fromMs), to: iso(toMs) })),
});

const presentGap = ({
	fromMs,
	toMs,
	ongoing,
	usual,
	comparedDays,
	daysWithRecords,
	endsWithServerStart,
}: Coverage["gaps"][number]) => ({
	from: iso(fromMs),
	to: iso(toMs),
	seconds: (toMs - fromMs) / 1000,
	ongoing,
	usual,
	compared_days: comparedDays,
	days_with_records: daysWithRecords,
	ends_with_server_start: endsWithServerStart,
});

/** The versions of the period, with how many clients are at each now; the one of most clients first. */
export function versionsOf(clients: readonly Client[], fromMs: number) {
	const versions = new Map<string, { clients: number; records: number; firstMs: number; lastMs: number }>();
	for (const client of clients) {
		for (const [version, seen] of client.byVersion) {
			const lastMs = seen.reduce((last, { last_ms }) => Math.max(last, last_ms), Number.NEGATIVE_INFINITY);
			if (lastMs < fromMs) continue;
			const found = versions.get(version) ?? { clients: 0, records: 0, firstMs: Number.POSITIVE_INFINITY, lastMs: 0 };
			if (version === client.version) found.clients++;
			found.records += total(seen, ({ records }) => records);
			found.firstMs = Math.min(found.firstMs, ...seen.map(({ first_ms }) => first_ms));
			found.lastMs = Math.max(found.lastMs, lastMs);
			versions.set(version, found);
		}
	}
	return [...versions]
		.map(([version, { clients, records, firstMs, lastMs }]) => ({
			version,
			clients,
			records,
			first_seen: iso(firstMs),
			last_seen: iso(lastMs),
		}))
		.sort((a, b) => b.clients - a.clients || b.records - a.records || (a.version < b.version ? 1 : -1));
}
