import { column, sql } from "../../sql.ts";
import { allDimensionsFor, discriminatorsFor } from "../capability.ts";
import { selectFrom } from "../dataset.ts";
import { keyColumnsFor, type Rollup, rowCount, type Sum, sumOf, valuesOf, withoutIdentity } from "../rollup.ts";

/** Points are collected up to a minute or so after what they count. */
export const maxExportDelay = sql`toIntervalMinute(2)`;
/** The last hour whose points may count the same work (R3). */
const lastCovered: Sum = {
	type: "DateTime('UTC')",
	rowExpression: sql`toStartOfHour(toDateTime(time, 'UTC') + ${maxExportDelay})`,
	merge: "max",
};

const eventKeys = ["event", "success"];
const byQuarter: Rollup = {
	name: "rollup_events",
	sourceTables: ["events"],
	keys: keyColumnsFor("events", allDimensionsFor("events"), eventKeys),
	sums: {
		records: rowCount,
		duration_total_ms: sumOf("duration_ms"),
		tool_durations_ms: valuesOf("duration_ms", sql`${column("event")} = 'tool_result'`),
		last_covered: lastCovered,
	},
	orderBy: ["event", "time", "person", "session_id"],
	discriminator: "event",
	rows: (reading, of) => selectFrom("events", of, reading),
};

/** Log records. */
export const eventsRollup: Rollup = withoutIdentity(byQuarter, keyColumnsFor("events", discriminatorsFor("events"), eventKeys), [
	"tool_durations_ms",
	"last_covered",
]);
