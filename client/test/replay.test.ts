import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Recording, readRecordings } from "../../server/test/recordings.ts";
import { decodeRequest, type JudgedObject } from "../../server/test/reference-decoder.ts";
import { type Collector, openCollector } from "./collector.ts";
import { recordsOf, type SeenRecord } from "./records.ts";
import { once, replay, type Story } from "./scenario.ts";

/**
 * Each recorded scenario of the real Claude Code, replayed through the client: the received records equal the recorded ones.
 * Differences are listed here, and in docs/client.md with their reasons.
 */
let collector: Collector;
beforeAll(async () => {
	collector = await openCollector();
});
afterAll(() => collector.close());

const decoded = ({ signal, headers, body }: Recording): JudgedObject => {
	const bytes = headers["content-encoding"] === "gzip" || headers["grpc-encoding"] === "gzip" ? gunzip(body) : body;
	return headers["content-type"] === "application/json" ? JSON.parse(bytes.toString()) : decodeRequest(signal, bytes);
};
/** gRPC compresses messages one by one: not all that say so are. */
const gunzip = (body: Buffer): Buffer => (body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body);

const folders = Map.groupBy(once(readRecordings()), ({ folder }) => folder);
const stories = [...folders].flatMap(([folder, recordings]): [string, Story][] => {
	const records = recordings.flatMap((recording) => recordsOf({ signal: recording.signal, body: decoded(recording) }));
	const protocol = folder.split("/")[1]!.replace("http-", "http/");
	const isGzip = recordings.some(({ headers }) => headers["content-encoding"] === "gzip");
	return records.length > 0 ? [[folder, { records, protocol, isGzip }]] : [];
});

/** Attributes of the machine that the test runs on, or of the replaying process. */
const ownKeys = ["host.arch", "os.type", "os.version", "host.name", "host.id", "event.sequence", "interaction.sequence"];
const newest = "2.1.329";

/** Values are compared, too, as far as they are not the machine's. */
function comparable(record: SeenRecord, version: string) {
	const kinds = (attributes: SeenRecord["attributes"]) =>
		Object.fromEntries(
			Object.entries(attributes)
				// Older versions do not count all events, and say "undefined" where no status was known.
				.filter(([key, value]) => version === newest || !(key.endsWith(".sequence") || value.endsWith(" undefined")))
				.map(([key, value]): [string, string] => [key, ownKeys.includes(key) ? value.split(" ")[0]! : value])
				// Older versions send every number as text.
				.map(([key, value]): [string, string] => [key, version === newest ? value : value.replace(/^\w+ /, "")])
				.sort(([a], [b]) => (a < b ? -1 : 1)),
		);
	const { name, scope, more, attributes, resource } = record;
	const { spanId, parentSpanId, traceId, flags, value, events, ...rest } = more;
	return {
		name,
		scope,
		resource: kinds(resource),
		attributes: kinds(attributes),
		...rest,
		...(events !== undefined && {
			hasParent: parentSpanId !== "",
			flags,
			events: (events as { name: string; attributes: SeenRecord["attributes"] }[]).map((note) => ({
				name: note.name,
				attributes: kinds(note.attributes),
			})),
		}),
	};
}

const sorted = (records: readonly object[]): string[] => records.map((record) => JSON.stringify(record)).sort();

/** Points of one series are one: how often they are collected is a matter of time. What they add is a sum of its own. */
function summed(records: readonly SeenRecord[]): { series: string[]; totals: Record<string, number> } {
	const totals = new Map<string, number>();
	for (const { name, attributes, more } of records) {
		const { "session.id": _, ...others } = attributes;
		const key = `${name} ${JSON.stringify(Object.entries(more["temporality"] === 2 ? attributes : others).sort())}`;
		const value = more["value"] as number;
		totals.set(key, more["temporality"] === 2 ? Math.max(totals.get(key) ?? 0, value) : (totals.get(key) ?? 0) + value);
	}
	const rounded = [...totals].map(([key, value]): [string, number] => [key, Number(value.toPrecision(9))]);
	return { series: [], totals: Object.fromEntries(rounded.sort(([a], [b]) => (a < b ? -1 : 1))) };
}

test.each(stories)("%s", async (folder, story) => {
	const [version] = folder.split("/") as [string];
	collector.received.length = 0;
	const processes = await replay(story, collector);
	for (const process of processes) expect(process.status()).toMatchObject({ invalidCalls: 0 });
	const arrived = collector.received.flatMap(recordsOf);
	for (const signal of ["logs", "traces"] as const) {
		const of = (records: readonly SeenRecord[]) =>
			sorted(records.filter((record) => record.signal === signal).map((record) => comparable(record, version)));
		expect(of(arrived), signal).toEqual(of(story.records));
	}
	const points = (records: readonly SeenRecord[]) => records.filter(({ signal }) => signal === "metrics");
	const shapes = (records: readonly SeenRecord[]) => [
		...new Set(sorted(points(records).map((record) => comparable(record, version)))),
	];
	expect(shapes(arrived)).toEqual(shapes(story.records));
	expect(summed(points(arrived))).toEqual(summed(points(story.records)));
});
