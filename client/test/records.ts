import type { JudgedObject } from "../../server/test/reference-decoder.ts";
import type { Received, Signal } from "./collector.ts";

/** The comparable parts of a request: kinds with values, and no times. */
export type Attributes = Readonly<Record<string, string>>;
export type SeenRecord = {
	readonly signal: Signal;
	readonly resource: Attributes;
	readonly scope: string;
	readonly name: string;
	readonly attributes: Attributes;
	/** Whatever else its signal has: temporality, unit and value of a point; parents, status and notes of a span. */
	readonly more: Readonly<Record<string, unknown>>;
	readonly timeMs: number;
	readonly endMs: number;
};

const value = (any: JudgedObject | undefined): string => {
	const [kind, inner] = Object.entries(any ?? {})[0] ?? ["nothing", ""];
	if (kind === "arrayValue") return `array [${((inner as JudgedObject)["values"] ?? []).map(value).join(", ")}]`;
	return `${kind.replace("Value", "")} ${inner}`;
};
export const attributesOf = (list: readonly JudgedObject[] = []): Attributes =>
	Object.fromEntries(list.map(({ key, value: any }) => [key, value(any)]));

const ms = (nanos: string | number | undefined): number => Number(BigInt(nanos ?? 0) / 1_000_000n);
const scopeOf = ({ scope }: JudgedObject): string => `${scope?.name ?? ""} ${scope?.version ?? ""}`;
/** Enumerations of protobuf and JSON alike are numbers, and what is 0 may be left out. */
const number = (any: unknown): number => Number(any ?? 0);

/** All records of a request, each with its resource and scope. */
export function recordsOf({ signal, body }: Pick<Received, "signal" | "body">): SeenRecord[] {
	switch (signal) {
		case "logs":
			return each(body["resourceLogs"], "scopeLogs", "logRecords").map(([resource, scope, record]) => ({
				signal,
				resource,
				scope,
				name: value(record["body"]),
				attributes: attributesOf(record["attributes"]),
				more: {
					severity: [number(record["severityNumber"]), record["severityText"] ?? ""],
					eventName: record["eventName"] ?? "",
					isTraced: Boolean(record["traceId"]),
				},
				timeMs: ms(record["timeUnixNano"]),
				endMs: 0,
			}));
		case "metrics":
			return each(body["resourceMetrics"], "scopeMetrics", "metrics").flatMap(([resource, scope, metric]) =>
				((metric["sum"]?.dataPoints ?? []) as JudgedObject[]).map((point) => ({
					signal,
					resource,
					scope,
					name: metric["name"] as string,
					attributes: attributesOf(point["attributes"]),
					more: {
						unit: metric["unit"] ?? "",
						temporality: number(metric["sum"].aggregationTemporality),
						isMonotonic: metric["sum"].isMonotonic,
						kind: point["asInt"] === undefined ? "double" : "int",
						value: number(point["asDouble"] ?? point["asInt"]),
					},
					timeMs: ms(point["startTimeUnixNano"]),
					endMs: ms(point["timeUnixNano"]),
				})),
			);
		case "traces":
			return each(body["resourceSpans"], "scopeSpans", "spans").map(([resource, scope, span]) => ({
				signal,
				resource,
				scope,
				name: span["name"] as string,
				attributes: attributesOf(span["attributes"]),
				more: {
					spanId: span["spanId"],
					parentSpanId: span["parentSpanId"] ?? "",
					traceId: span["traceId"],
					kind: number(span["kind"]),
					flags: number(span["flags"]),
					status: [number(span["status"]?.code), span["status"]?.message ?? ""],
					events: ((span["events"] ?? []) as JudgedObject[]).map((note) => ({
						name: note["name"] as string,
						attributes: attributesOf(note["attributes"]),
					})),
				},
				timeMs: ms(span["startTimeUnixNano"]),
				endMs: ms(span["endTimeUnixNano"]),
			}));
	}
}

function each(resources: readonly JudgedObject[] = [], scopes: string, records: string): [Attributes, string, JudgedObject][] {
	return resources.flatMap((resource) =>
		((resource[scopes] ?? []) as JudgedObject[]).flatMap((scope) =>
			((scope[records] ?? []) as JudgedObject[]).map((record): [Attributes, string, JudgedObject] => [
				attributesOf(resource["resource"]?.attributes),
				scopeOf(scope),
				record,
			]),
		),
	);
}
