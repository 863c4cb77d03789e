import type { TableDefinition } from "../server/src/schema/tables.ts";

/**
 * The tables that the OpenTelemetry Collector's ClickHouse exporter makes, with their codecs, keys and indexes.
 * @see https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/clickhouseexporter
 */
const map = "Map(LowCardinality(String), String) CODEC(ZSTD(1))";
const text = "String CODEC(ZSTD(1))";
const few = "LowCardinality(String) CODEC(ZSTD(1))";
const mapIndexes = (names: Readonly<Record<string, string>>): string[] =>
	Object.entries(names).flatMap(([short, column]) =>
		["Keys", "Values"].map((part) => `INDEX ${short}_${part} map${part}(${column}) TYPE bloom_filter(0.01) GRANULARITY 1`),
	);

export const createCollectorTables: readonly string[] = [
	`CREATE TABLE otel_logs (${[
		"Timestamp DateTime64(9) CODEC(Delta(8), ZSTD(1))",
		"TimestampTime DateTime DEFAULT toDateTime(Timestamp)",
		`TraceId ${text}, SpanId ${text}, TraceFlags UInt8, SeverityText ${few}, SeverityNumber UInt8`,
		`ServiceName ${few}, Body ${text}, ResourceSchemaUrl ${few}, ResourceAttributes ${map}`,
		`ScopeSchemaUrl ${few}, ScopeName ${text}, ScopeVersion ${few}, ScopeAttributes ${map}, LogAttributes ${map}, EventName ${text}`,
		"INDEX trace TraceId TYPE bloom_filter(0.001) GRANULARITY 1",
		"INDEX body Body TYPE tokenbf_v1(32768, 3, 0) GRANULARITY 8",
		...mapIndexes({ resource: "ResourceAttributes", scope: "ScopeAttributes", log: "LogAttributes" }),
	].join(
		", ",
	)}) ENGINE = MergeTree PARTITION BY toDate(TimestampTime) PRIMARY KEY (ServiceName, TimestampTime) ORDER BY (ServiceName, TimestampTime, Timestamp) SETTINGS index_granularity = 8192, ttl_only_drop_parts = 1`,
	`CREATE TABLE otel_metrics_sum (${[
		`ResourceAttributes ${map}, ResourceSchemaUrl ${text}, ScopeName ${text}, ScopeVersion ${text}, ScopeAttributes ${map}`,
		`ScopeDroppedAttrCount UInt32 CODEC(ZSTD(1)), ScopeSchemaUrl ${text}, ServiceName ${few}, MetricName ${few}`,
		`MetricDescription ${text}, MetricUnit ${text}, Attributes ${map}`,
		"StartTimeUnix DateTime CODEC(Delta, ZSTD(1)), TimeUnix DateTime CODEC(Delta, ZSTD(1)), Value Float64 CODEC(ZSTD(1)), Flags UInt32 CODEC(ZSTD(1))",
		`Exemplars Nested (FilteredAttributes Map(LowCardinality(String), String), TimeUnix DateTime, Value Float64, SpanId String, TraceId String) CODEC(ZSTD(1))`,
		"AggregationTemporality Int32 CODEC(ZSTD(1)), IsMonotonic Bool CODEC(Delta, ZSTD(1))",
		...mapIndexes({ resource: "ResourceAttributes", scope: "ScopeAttributes", point: "Attributes" }),
		"INDEX minmax_time TimeUnix TYPE minmax GRANULARITY 1",
	].join(
		", ",
	)}) ENGINE = MergeTree PARTITION BY toDate(TimeUnix) ORDER BY (ServiceName, MetricName, toStartOfHour(TimeUnix), cityHash64(Attributes), TimeUnix) SETTINGS index_granularity = 8192, ttl_only_drop_parts = 1`,
];

const quote = (value: string): string => `'${value}'`;

/** All attributes of a row as the exporter keeps them, texts by key: those that were sent, according to the row's shape. */
function attributesOf(table: TableDefinition): string {
	const kept = table.columns.flatMap(({ name, type, attribute }) => {
		if (!attribute) return [];
		const value = type === "Nullable(Bool)" ? `if(ifNull(${name}, false), 'true', 'false')` : `toString(${name})`;
		return [{ key: attribute.key, value }];
	});
	const sent =
		"arrayMap(token -> substring(token, 1, length(token) - position(reverse(token), ':')), splitByChar(' ', toString(shape)))";
	const pairs = `arrayFilter(pair -> has(sent, pair.1), arrayZip([${kept.map(({ key }) => quote(key)).join(", ")}], [${kept.map(({ value }) => value).join(", ")}]))`;
	return `mapConcat(attributes, CAST((arrayMap(pair -> pair.1, ${pairs} AS pairs), arrayMap(pair -> pair.2, pairs)), 'Map(LowCardinality(String), String)'), if(has(${sent} AS sent, 'event.timestamp') OR event != '', map('event.timestamp', formatDateTime(time, '%Y-%m-%dT%H:%i:%S.%fZ', 'UTC')), map()))`;
}

const resource =
	"CAST(mapFromArrays(JSONExtractKeys(toString(resource)), arrayMap(key -> JSONExtractString(toString(resource), key), JSONExtractKeys(toString(resource)))), 'Map(LowCardinality(String), String)')";

/** Copies Purser's records into those tables, a day at a time. */
export function fillCollectorTables(events: TableDefinition, days: number): string[] {
	const day = (column: string, ago: number) =>
		`toDate(${column}) = toDate(now() - toIntervalDay(${ago})) SETTINGS max_memory_usage = 0, asterisk_include_materialized_columns = 1`;
	const scope = "JSONExtractString(toString(scope), 'name'), JSONExtractString(toString(scope), 'version')";
	return Array.from({ length: days + 2 }, (_, ago) => [
		`INSERT INTO otel_logs (Timestamp, TraceId, SpanId, TraceFlags, SeverityText, SeverityNumber, ServiceName, Body, ResourceAttributes, ScopeName, ScopeVersion, LogAttributes) SELECT time, trace_id, span_id, toUInt8(flags), severity_text, severity_number, service_name, if(body != '', body, concat('claude_code.', event)), ${resource}, ${scope}, ${attributesOf(events)} FROM events WHERE ${day("time", ago)}`,
		`INSERT INTO otel_metrics_sum (ResourceAttributes, ScopeName, ScopeVersion, ServiceName, MetricName, MetricDescription, MetricUnit, Attributes, StartTimeUnix, TimeUnix, Value, AggregationTemporality, IsMonotonic) SELECT ${resource}, ${scope}, service_name, metric, description, unit, mapConcat(attributes, CAST(map('session.id', session_id, 'user.id', toString(user_id), 'type', toString(type), 'model', toString(model), 'user.email', toString(user_email), 'organization.id', toString(organization_id), 'terminal.type', toString(terminal_type)), 'Map(LowCardinality(String), String)')), start_time, time, value, if(temporality = 'delta', 1, 2), monotonic = 'true' FROM points WHERE ${day("time", ago)}`,
	]).flat();
}
