import { column, sql } from "../../sql.ts";
import { from } from "../dataset.ts";
import { added, byKind, count, dimensionsOf, keysOf, kindsOf, listed, type Rollup, type Sum } from "../rollup.ts";

/** Points are collected up to a minute or so after what they count. */
export const collectedWithin = sql`toIntervalMinute(2)`;
/** The last hour whose points may count what they tell, too (rule 2). */
const lastTold: Sum = {
	type: "DateTime('UTC')",
	each: sql`toStartOfHour(toDateTime(time, 'UTC') + ${collectedWithin})`,
	together: "max",
};

const eventKeys = ["event", "success"];
const byQuarter: Rollup = {
	name: "rolled_events",
	madeOf: ["events"],
	keys: keysOf("events", dimensionsOf("events"), eventKeys),
	sums: {
		records: count,
		duration_total_ms: added("duration_ms"),
		tool_durations_ms: listed("duration_ms", sql`${column("event")} = 'tool_result'`),
		last_told: lastTold,
	},
	orderBy: ["event", "time", "person", "session_id"],
	of: "event",
	rows: (reading, of) => from("events", of, reading),
};

/** Log records. */
export const rolledEvents: Rollup = byKind(byQuarter, keysOf("events", kindsOf("events"), eventKeys), [
	"tool_durations_ms",
	"last_told",
]);
