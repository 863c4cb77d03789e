import { column, sql } from "../../sql.ts";
import { allDimensionsFor, discriminatorsFor } from "../capability.ts";
import { selectFrom } from "../dataset.ts";
import { keyColumnsFor, type Rollup, rowCount, sumOf, valuesOf, withoutIdentity } from "../rollup.ts";

export const tokenColumns = ["input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens"];

const byQuarter: Rollup = {
	name: "rollup_requests",
	sourceTables: ["events"],
	keys: keyColumnsFor("requests", allDimensionsFor("requests")),
	sums: {
		records: rowCount,
		// Bounded where it is defined.
		cost_nano_usd: sumOf("cost_nano_usd", column("cost_nano_usd")),
		...Object.fromEntries(tokenColumns.map((name) => [name, sumOf(name)])),
		durations_ms: valuesOf("duration_ms", sql`true`),
		ttfts_ms: valuesOf("ttft_ms", sql`${column("ttft_ms")} > 0`),
	},
	orderBy: ["time", "person", "session_id"],
	rows: (reading) => selectFrom("requests", undefined, reading),
};

/** API requests, each once. */
export const requestsRollup: Rollup = withoutIdentity(byQuarter, keyColumnsFor("requests", discriminatorsFor("requests")), [
	"durations_ms",
	"ttfts_ms",
]);
