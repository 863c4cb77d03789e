/**
 * OTLP's messages as data: enough to turn OTLP/JSON into the wire format and rare parts of the wire format (nested values,
 * span events, histograms) into OTLP/JSON. The hot path does not use it.
 * @see https://github.com/open-telemetry/opentelemetry-proto
 */

export type Scalar =
	| "string"
	| "bytes"
	| "id"
	| "bool"
	| "enum"
	| "int64"
	| "uint64"
	| "uint32"
	| "sint32"
	| "fixed32"
	| "fixed64"
	| "sfixed64"
	| "double";

export type Field = {
	readonly number: number;
	readonly name: string;
	readonly type: Scalar | MessageName;
	readonly repeated?: boolean;
	/** Names an enum's values may come as, by number. */
	readonly names?: readonly string[];
};

export type MessageName = keyof typeof outline;

const severityNames = [
	"UNSPECIFIED",
	...["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"].flatMap((s) => [s, `${s}2`, `${s}3`, `${s}4`]),
];

const enums: Readonly<Record<string, readonly string[]>> = {
	severityNumber: severityNames.map((s) => `SEVERITY_NUMBER_${s}`),
	aggregationTemporality: ["UNSPECIFIED", "DELTA", "CUMULATIVE"].map((s) => `AGGREGATION_TEMPORALITY_${s}`),
	kind: ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"].map((s) => `SPAN_KIND_${s}`),
	code: ["UNSET", "OK", "ERROR"].map((s) => `STATUS_CODE_${s}`),
};

/** One line a message: `number name type`, `*` marks what is repeated. */
const outline = {
	ExportLogsServiceRequest: "1 resourceLogs *ResourceLogs",
	ExportMetricsServiceRequest: "1 resourceMetrics *ResourceMetrics",
	ExportTraceServiceRequest: "1 resourceSpans *ResourceSpans",
	ResourceLogs: "1 resource Resource, 2 scopeLogs *ScopeLogs, 3 schemaUrl string",
	ResourceMetrics: "1 resource Resource, 2 scopeMetrics *ScopeMetrics, 3 schemaUrl string",
	ResourceSpans: "1 resource Resource, 2 scopeSpans *ScopeSpans, 3 schemaUrl string",
	ScopeLogs: "1 scope Scope, 2 logRecords *LogRecord, 3 schemaUrl string",
	ScopeMetrics: "1 scope Scope, 2 metrics *Metric, 3 schemaUrl string",
	ScopeSpans: "1 scope Scope, 2 spans *Span, 3 schemaUrl string",
	Resource: "1 attributes *KeyValue, 2 droppedAttributesCount uint32",
	Scope: "1 name string, 2 version string, 3 attributes *KeyValue, 4 droppedAttributesCount uint32",
	KeyValue: "1 key string, 2 value AnyValue",
	AnyValue:
		"1 stringValue string, 2 boolValue bool, 3 intValue int64, 4 doubleValue double, 5 arrayValue ArrayValue, 6 kvlistValue KeyValueList, 7 bytesValue bytes",
	ArrayValue: "1 values *AnyValue",
	KeyValueList: "1 values *KeyValue",
	LogRecord:
		"1 timeUnixNano fixed64, 2 severityNumber enum, 3 severityText string, 5 body AnyValue, 6 attributes *KeyValue, 7 droppedAttributesCount uint32, 8 flags fixed32, 9 traceId id, 10 spanId id, 11 observedTimeUnixNano fixed64, 12 eventName string",
	Metric:
		"1 name string, 2 description string, 3 unit string, 5 gauge Gauge, 7 sum Sum, 9 histogram Histogram, 10 exponentialHistogram ExponentialHistogram, 11 summary Summary, 12 metadata *KeyValue",
	Gauge: "1 dataPoints *NumberDataPoint",
	Sum: "1 dataPoints *NumberDataPoint, 2 aggregationTemporality enum, 3 isMonotonic bool",
	Histogram: "1 dataPoints *HistogramDataPoint, 2 aggregationTemporality enum",
	ExponentialHistogram: "1 dataPoints *ExponentialHistogramDataPoint, 2 aggregationTemporality enum",
	Summary: "1 dataPoints *SummaryDataPoint",
	NumberDataPoint:
		"7 attributes *KeyValue, 2 startTimeUnixNano fixed64, 3 timeUnixNano fixed64, 4 asDouble double, 6 asInt sfixed64, 5 exemplars *Exemplar, 8 flags uint32",
	HistogramDataPoint:
		"9 attributes *KeyValue, 2 startTimeUnixNano fixed64, 3 timeUnixNano fixed64, 4 count fixed64, 5 sum double, 6 bucketCounts *fixed64, 7 explicitBounds *double, 8 exemplars *Exemplar, 10 flags uint32, 11 min double, 12 max double",
	ExponentialHistogramDataPoint:
		"1 attributes *KeyValue, 2 startTimeUnixNano fixed64, 3 timeUnixNano fixed64, 4 count fixed64, 5 sum double, 6 scale sint32, 7 zeroCount fixed64, 8 positive Buckets, 9 negative Buckets, 10 flags uint32, 11 exemplars *Exemplar, 12 min double, 13 max double, 14 zeroThreshold double",
	Buckets: "1 offset sint32, 2 bucketCounts *uint64",
	SummaryDataPoint:
		"7 attributes *KeyValue, 2 startTimeUnixNano fixed64, 3 timeUnixNano fixed64, 4 count fixed64, 5 sum double, 6 quantileValues *Quantile, 8 flags uint32",
	Quantile: "1 quantile double, 2 value double",
	Exemplar:
		"7 filteredAttributes *KeyValue, 2 timeUnixNano fixed64, 3 asDouble double, 6 asInt sfixed64, 4 spanId id, 5 traceId id",
	Span: "1 traceId id, 2 spanId id, 3 traceState string, 4 parentSpanId id, 16 flags fixed32, 5 name string, 6 kind enum, 7 startTimeUnixNano fixed64, 8 endTimeUnixNano fixed64, 9 attributes *KeyValue, 10 droppedAttributesCount uint32, 11 events *SpanEvent, 12 droppedEventsCount uint32, 13 links *SpanLink, 14 droppedLinksCount uint32, 15 status SpanStatus",
	SpanEvent: "1 timeUnixNano fixed64, 2 name string, 3 attributes *KeyValue, 4 droppedAttributesCount uint32",
	SpanLink:
		"1 traceId id, 2 spanId id, 3 traceState string, 4 attributes *KeyValue, 5 droppedAttributesCount uint32, 6 flags fixed32",
	SpanStatus: "2 message string, 3 code enum",
} as const;

const parseField = (text: string): Field => {
	const [number, name, type] = text.trim().split(" ") as [string, string, string];
	const names = enums[name];
	return Object.freeze({
		number: Number(number),
		name,
		type: type.replace("*", "") as Field["type"],
		...(type.startsWith("*") && { repeated: true }),
		...(type === "enum" && names && { names }),
	});
};

/** Something made of each message's fields. */
export const perMessage = <Made>(make: (fields: readonly Field[]) => Made): Readonly<Record<MessageName, Made>> =>
	Object.freeze(
		Object.fromEntries(Object.entries(outline).map(([name, line]) => [name, make(line.split(", ").map(parseField))])),
	) as unknown as Readonly<Record<MessageName, Made>>;

export const isMessage = (type: Field["type"]): type is MessageName => type in outline;
