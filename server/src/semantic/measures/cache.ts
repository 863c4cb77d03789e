import { type Sql, sql } from "../../sql.ts";
import type { Measure } from "../measure.ts";

const inputTypes = ["input_tokens", "cache_read_tokens", "cache_creation_tokens"];

export const cacheMeasures: readonly Measure[] = [
	{
		name: "cache_hit_ratio",
		label: "cache hits, share",
		brief: "Share of input tokens that came from the cache.",
		unit: "1",
		better: "more",
		from: inputTypes,
		compose: (partOf) => {
			const [uncached, read, written] = inputTypes.map((name) => sql`ifNull(${partOf(name)}, 0)`) as [Sql, Sql, Sql];
			return sql`${read} / nullIf(${uncached} + ${read} + ${written}, 0)`;
		},
	},
];
