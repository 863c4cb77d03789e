/** Exports as Claude Code writes them over HTTP/JSON. */

export type Values = Readonly<Record<string, string | number | boolean | undefined>>;
export type EventRecord = { readonly at: number; readonly event: string; readonly attributes: Values };
export type Point = {
	readonly at: number;
	readonly name: string;
	readonly unit: string;
	readonly value: number;
	readonly attributes: Values;
};

/** The records of one machine. */
export type Export = { readonly resource: Values; readonly events: readonly EventRecord[]; readonly points: readonly Point[] };

export const logsOf = ({ resource, events }: Export) => ({
	resourceLogs: [
		{
			resource: { attributes: listOf(resource) },
			scopeLogs: [{ scope: scopeOf("com.anthropic.claude_code.events", resource), logRecords: events.map(recordOf) }],
		},
	],
});

export const metricsOf = ({ resource, points }: Export) => ({
	resourceMetrics: [
		{
			resource: { attributes: listOf(resource) },
			scopeMetrics: [{ scope: scopeOf("com.anthropic.claude_code", resource), metrics: points.map(metricOf) }],
		},
	],
});

const scopeOf = (name: string, resource: Values) => ({ name, version: String(resource["service.version"]) });
const nanoseconds = (at: number): string => String(BigInt(at) * 1_000_000n);

const recordOf = ({ at, event, attributes }: EventRecord) => ({
	timeUnixNano: nanoseconds(at),
	observedTimeUnixNano: nanoseconds(at),
	body: { stringValue: `claude_code.${event}` },
	attributes: listOf(attributes),
});

/** A counter's growth within a minute. */
const metricOf = ({ at, name, unit, value, attributes }: Point) => ({
	name,
	unit,
	sum: {
		aggregationTemporality: 1,
		isMonotonic: true,
		dataPoints: [
			{
				attributes: listOf(attributes),
				startTimeUnixNano: nanoseconds(at - 60_000),
				timeUnixNano: nanoseconds(at),
				asDouble: value,
			},
		],
	},
});

const listOf = (values: Values) =>
	Object.entries(values)
		.filter(([, value]) => value !== undefined && value !== "")
		.map(([key, value]) => ({ key, value: anyValue(value) }));

function anyValue(value: Values[string]) {
	if (typeof value === "boolean") return { boolValue: value };
	if (typeof value === "number") return Number.isInteger(value) ? { intValue: value } : { doubleValue: value };
	return { stringValue: String(value) };
}
