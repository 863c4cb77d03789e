/** From the wire to rows that are ready to be stored: ours, also from JSON, and a general protobuf decoder to objects, on the same records. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Batch } from "../server/src/normalize/batch.ts";
import { jsonToWire } from "../server/src/otlp/json-to-wire.ts";
import { definitionOf } from "../server/src/otlp/signals.ts";
import { freshen, otlp, readMix, type Template } from "./mix.ts";
import { print, quantile, rounded } from "./table.ts";

const rounds = Number(process.argv[2] ?? 15);
const roundRecords = 20_000;

type Value = { readonly value: string };
type Attribute = { readonly key: string; readonly value: Value & Readonly<Record<string, unknown>> };
type Record_ = { readonly timeUnixNano: unknown; readonly attributes: readonly Attribute[] };

const types = {
	logs: otlp.lookupType("otlp.ExportLogsServiceRequest"),
	metrics: otlp.lookupType("otlp.ExportMetricsServiceRequest"),
};

type Way = (templates: readonly Template[], signal: "logs" | "metrics") => number;

/** A segment's requests become one block of columns, as the store takes it: here a round's, there four times as many. */
function ours(batch: Batch, wireOf: (bytes: Buffer, signal: "logs" | "metrics") => Uint8Array): Way {
	let rows = 0;
	return (templates, signal) => {
		let bytes = 0;
		for (const template of templates) rows += batch.add(signal, wireOf(template.bytes, signal), nowMs).rows;
		if (rows < roundRecords) return bytes;
		for (const { pieces } of batch.blocks()) for (const piece of pieces) bytes += piece.length;
		batch.clear();
		rows = 0;
		return bytes;
	};
}

const toObjects: Way = (templates, signal) =>
	templates.reduce((sum, { bytes }) => sum + Object.keys(types[signal].decode(bytes)).length, 0);

/** The least that anybody would do to store the objects: a record's time and its attributes by key, as the store takes them. */
const toRows: Way = (templates, signal) => {
	let sum = 0;
	for (const { bytes } of templates) {
		const rows = recordsIn(types[signal].decode(bytes) as never, signal).map(({ timeUnixNano, attributes }) => {
			const row: Record<string, unknown> = { time: String(timeUnixNano) };
			for (const { key, value } of attributes) row[key] = value[value.value];
			return JSON.stringify(row);
		});
		sum += Buffer.from(rows.join("\n")).length;
	}
	return sum;
};

type Decoded = Readonly<Record<string, { readonly [list: string]: Readonly<Record<string, readonly unknown[]>>[] }[]>>;
type DecodedMetric = { readonly sum?: { readonly dataPoints: Record_[] }; readonly gauge?: { readonly dataPoints: Record_[] } };

function recordsIn(request: Decoded, signal: "logs" | "metrics"): Record_[] {
	if (signal === "logs")
		return request["resourceLogs"]!.flatMap((r) => r["scopeLogs"]!.flatMap((s) => s["logRecords"] as Record_[]));
	const metrics = request["resourceMetrics"]!.flatMap((r) => r["scopeMetrics"]!.flatMap((s) => s["metrics"] as DecodedMetric[]));
	return metrics.flatMap(({ sum, gauge }) => (sum ?? gauge)?.dataPoints ?? []);
}

const fromJson = "Purser: JSON → wire → Native block";
const ways: Readonly<Record<string, Way>> = {
	"Purser: wire → Native block": ours(new Batch(), (bytes) => bytes),
	[fromJson]: ours(new Batch(), (bytes, signal) => jsonToWire(definitionOf(signal).request, bytes).wire),
	"protobufjs: wire → objects": toObjects,
	"protobufjs: wire → objects → JSONEachRow": toRows,
};

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

let nowMs = Date.now();
const rows = [];
for (const [signal, perRequest] of [
	["logs", 5],
	["logs", 100],
	["metrics", 0],
] as const) {
	const templates = readMix({ signal, perRequest, json: false });
	const inJson = readMix({ signal, perRequest, json: true });
	const records = templates.reduce((sum, template) => sum + template.records, 0);
	const repeat = Math.ceil(roundRecords / records);
	const perSecond = Object.fromEntries(Object.keys(ways).map((name) => [name, [] as number[]]));
	for (let round = -3; round < rounds; round++) {
		const spent: Record<string, number> = {};
		for (const [name, way] of Object.entries(ways)) {
			// One way's garbage must not be cleared in another's time.
			collectGarbage();
			const requests = name === fromJson ? inJson : templates;
			spent[name] = 0;
			for (let pass = 0; pass < repeat; pass++) {
				nowMs = Date.now();
				for (const template of requests) freshen(template, round + 3, pass, nowMs - 2000);
				const before = process.cpuUsage();
				way(requests, signal);
				const { user, system } = process.cpuUsage(before);
				spent[name] += user + system;
			}
		}
		if (round >= 0) for (const [name, micros] of Object.entries(spent)) perSecond[name]!.push((records * repeat * 1e6) / micros);
	}
	const of = (name: string) => quantile(perSecond[name]!, 0.5);
	for (const name of Object.keys(ways)) {
		rows.push({
			signal: perRequest > 0 ? `${signal}, ${perRequest} a request` : signal,
			way: name,
			"records per CPU second": Math.round(of(name)),
			"Purser is faster by": rounded(of(Object.keys(ways)[0]!) / of(name)),
		});
	}
}
print("decoder", rows);
