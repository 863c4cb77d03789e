/**
 * Every setting, once: its default, flag, variable, key in purser.yaml and sentence. Flags win over variables, variables over
 * the file, the file over defaults.
 */
export type SettingType = "text" | "address" | "path" | "count" | "seconds" | "bytes" | "switch" | "list";

export type SettingDefinition = {
	readonly type: SettingType;
	readonly default: string | number | boolean | readonly string[];
	readonly brief: string;
};

export const settings = Object.freeze({
	data: { type: "path", default: "", brief: "The data directory; $XDG_DATA_HOME/purser or ~/.local/share/purser by default" },
	grpc: { type: "address", default: "127.0.0.1:4317", brief: "Where OTLP/gRPC listens (HOST:PORT)" },
	http: { type: "address", default: "127.0.0.1:4318", brief: "Where OTLP/HTTP listens (HOST:PORT)" },
	web: { type: "address", default: "127.0.0.1:4319", brief: "Where the page and the API listen (HOST:PORT)" },
	insecure: {
		type: "switch",
		default: false,
		brief: "Listen beyond loopback without any key: everybody who can connect may write and read",
	},
	keys: { type: "path", default: "", brief: "The file of hashed keys (keys.json in the data directory by default)" },
	"key-header": {
		type: "text",
		default: "authorization",
		brief: "The header that carries an ingest key, besides Authorization: Bearer",
	},
	"tls-cert": { type: "path", default: "", brief: "PEM certificate for all listeners: they then speak TLS" },
	"tls-key": { type: "path", default: "", brief: "PEM key of the certificate" },
	"tls-client-ca": {
		type: "path",
		default: "",
		brief: "PEM of the authority whose client certificates the OTLP listeners demand (mTLS)",
	},
	"allowed-hosts": {
		type: "list",
		default: [],
		brief:
			"Names besides addresses and localhost under which Purser is reached without a key, as behind a proxy or in a container",
	},
	clickhouse: { type: "text", default: "", brief: "URL of a ClickHouse server to store in, instead of the embedded engine" },
	"engine-memory": { type: "bytes", default: "4G", brief: "Resident memory at which the embedded engine is restarted" },
	sql: {
		type: "address",
		default: "",
		brief: "Where read-only SQL is answered over ClickHouse's HTTP interface; off by default",
	},
	directory: {
		type: "path",
		default: "",
		brief: "A file that says of each person the name, team, department and cost center (docs/people.md)",
	},
	prices: {
		type: "path",
		default: "",
		brief: "A file of negotiated or further prices of models (docs/prices.md); list prices are built in",
	},
	"query-seconds": { type: "seconds", default: 30, brief: "No question runs longer" },
	"rollup-rest": {
		type: "seconds",
		default: 60,
		brief: "An hour is rolled up when nothing came for it in this time, which must be longer than any question runs",
	},
	"max-body": { type: "bytes", default: "20M", brief: "The largest request, after decompression" },
	"max-in-flight": { type: "bytes", default: "256M", brief: "Memory that requests being received may take together" },
	"commit-ms": { type: "count", default: 4, brief: "Requests of this many milliseconds are made durable together" },
	"load-ms": { type: "count", default: 1000, brief: "Under load, rows are inserted into the store this often" },
	"dedup-window": { type: "seconds", default: 3600, brief: "A request sent again, byte for byte, within this time counts once" },
	"disk-floor": { type: "bytes", default: "16M", brief: "Below this much free space senders are asked to wait" },
	"retain-events": { type: "count", default: 13, brief: "Months that events are kept" },
	"retain-points": { type: "count", default: 13, brief: "Months that metric data points are kept" },
	"retain-spans": { type: "count", default: 3, brief: "Months that spans are kept" },
} satisfies Record<string, SettingDefinition>);

export type SettingName = keyof typeof settings;

export const variableOf = (name: string): string => `PURSER_${name.toUpperCase().replaceAll("-", "_")}`;
