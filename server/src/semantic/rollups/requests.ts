import { column, sql } from "../../sql.ts";
import { from } from "../dataset.ts";
import { added, byKind, count, dimensionsOf, keysOf, kindsOf, listed, type Rollup } from "../rollup.ts";

export const tokenColumns = ["input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens"];

const byQuarter: Rollup = {
	name: "rolled_requests",
	madeOf: ["events"],
	keys: keysOf("requests", dimensionsOf("requests")),
	sums: {
		records: count,
		// Bounded where it is defined.
		cost_nano_usd: added("cost_nano_usd", column("cost_nano_usd")),
		...Object.fromEntries(tokenColumns.map((name) => [name, added(name)])),
		durations_ms: listed("duration_ms", sql`true`),
		ttfts_ms: listed("ttft_ms", sql`${column("ttft_ms")} > 0`),
	},
	orderBy: ["time", "person", "session_id"],
	rows: (reading) => from("requests", undefined, reading),
};

/** API requests, each once. */
export const rolledRequests: Rollup = byKind(byQuarter, keysOf("requests", kindsOf("requests")), ["durations_ms", "ttfts_ms"]);
