import { added, byKind, count, dimensionsOf, keysOf, kindsOf, listed, type Rollup } from "../rollup.ts";
import { from } from "../source.ts";

export const tokenColumns = ["input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens"];

const byQuarter: Rollup = {
	name: "rolled_requests",
	madeOf: ["events"],
	keys: keysOf("requests", dimensionsOf("requests")),
	sums: {
		records: count,
		...Object.fromEntries(["cost_nano_usd", ...tokenColumns].map((name) => [name, added(name)])),
		durations_ms: listed("duration_ms", "true"),
		ttfts_ms: listed("ttft_ms", "ttft_ms > 0"),
	},
	orderBy: ["time", "person", "session_id"],
	rows: (reading) => from("requests", undefined, reading),
};

/** API requests, each once. */
export const rolledRequests: Rollup = byKind(byQuarter, keysOf("requests", kindsOf("requests")), ["durations_ms", "ttfts_ms"]);
