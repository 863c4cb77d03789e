import { logFormats, logLevels } from "./log.ts";

/**
 * Every setting, once: its default, flag, variable, key in purser.yaml and sentence. Flags win over variables, variables over
 * the file, the file over defaults.
 */
type SettingType = "text" | "address" | "path" | "count" | "seconds" | "bytes" | "switch" | "list";

export type SettingDefinition = {
	readonly type: SettingType;
	readonly default: string | number | boolean | readonly string[];
	readonly brief: string;
	/** Allowed values, where not any text is. */
	readonly choices?: readonly string[];
	/** An earlier name, which is read for one version more. */
	readonly formerly?: string;
};

export const settings = Object.freeze({
	data: { type: "path", default: "", brief: "Data directory; $XDG_DATA_HOME/purser or ~/.local/share/purser by default" },
	grpc: { type: "address", default: "127.0.0.1:4317", brief: "OTLP/gRPC listen address (HOST:PORT)" },
	http: { type: "address", default: "127.0.0.1:4318", brief: "OTLP/HTTP listen address (HOST:PORT)" },
	web: { type: "address", default: "127.0.0.1:4319", brief: "Listen address of the page and the API (HOST:PORT)" },
	insecure: {
		type: "switch",
		default: false,
		brief: "Allow listening beyond loopback without keys: every client that can connect may write and read",
	},
	keys: { type: "path", default: "", brief: "File of hashed keys (keys.json in the data directory by default)" },
	"key-header": {
		type: "text",
		default: "authorization",
		brief: "Header that carries an ingest key, in addition to Authorization: Bearer",
	},
	"tls-cert": { type: "path", default: "", brief: "PEM certificate for all listeners: they then speak TLS" },
	"tls-key": { type: "path", default: "", brief: "PEM key of the certificate" },
	"tls-client-ca": {
		type: "path",
		default: "",
		brief: "PEM of the authority whose client certificates the OTLP listeners require (mTLS)",
	},
	"allowed-hosts": {
		type: "list",
		default: [],
		brief:
			"Names, in addition to addresses and localhost, under which Purser is reached without a key, e.g. behind a proxy or in a container",
	},
	clickhouse: { type: "text", default: "", brief: "URL of a ClickHouse server to store in, instead of the embedded engine" },
	"engine-memory": { type: "bytes", default: "4G", brief: "Resident memory at which the embedded engine is restarted" },
	sql: {
		type: "address",
		default: "",
		brief: "Listen address of read-only SQL over ClickHouse's HTTP interface; off by default",
	},
	directory: {
		type: "path",
		default: "",
		brief: "File with each person's name, team, department and cost center (docs/people.md)",
	},
	prices: {
		type: "path",
		default: "",
		brief: "File with negotiated or additional model prices (docs/prices.md); list prices are built in",
	},
	"query-timeout-seconds": { type: "seconds", default: 30, brief: "Query timeout in seconds", formerly: "query-seconds" },
	"rollup-delay-seconds": {
		type: "seconds",
		default: 60,
		brief: "Seconds without new records after which an hour is rolled up; must exceed the query timeout",
		formerly: "rollup-rest",
	},
	"log-level": {
		type: "text",
		default: "info",
		choices: logLevels,
		brief: "Least severe level of log entries: debug, info, warn or error",
	},
	"log-format": {
		type: "text",
		default: "text",
		choices: logFormats,
		brief: "Format of log entries on standard error: text or json (one object a line)",
	},
	"max-body": { type: "bytes", default: "20M", brief: "Maximum request size after decompression" },
	"max-in-flight": { type: "bytes", default: "256M", brief: "Memory limit for all requests being received" },
	"commit-interval-ms": {
		type: "count",
		default: 4,
		brief: "Group commit interval: requests of this many milliseconds share one fsync",
		formerly: "commit-ms",
	},
	"load-interval-ms": {
		type: "count",
		default: 1000,
		brief: "Minimum milliseconds between two inserts into the store under load",
		formerly: "load-ms",
	},
	"dedup-window-seconds": {
		type: "seconds",
		default: 3600,
		brief: "Dedup window: an identical request within this time counts once",
		formerly: "dedup-window",
	},
	"min-free-disk": {
		type: "bytes",
		default: "16M",
		brief: "Minimum free disk space; below it requests get 503 or RESOURCE_EXHAUSTED",
		formerly: "disk-floor",
	},
	"retention-events-months": { type: "count", default: 13, brief: "Retention of events in months", formerly: "retain-events" },
	"retention-points-months": {
		type: "count",
		default: 13,
		brief: "Retention of metric data points in months",
		formerly: "retain-points",
	},
	"retention-spans-months": { type: "count", default: 3, brief: "Retention of spans in months", formerly: "retain-spans" },
} satisfies Record<string, SettingDefinition>);

export type SettingName = keyof typeof settings;

export const variableOf = (name: string): string => `PURSER_${name.toUpperCase().replaceAll("-", "_")}`;
