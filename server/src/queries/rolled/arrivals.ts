import type { TableName } from "../../normalize/tables.ts";
import { gateNames, gateSql } from "../content-gates.ts";
import { slotSeconds } from "../fleet-gap.ts";
import { commonDimensions } from "../measure.ts";
import { added, count, keysOf, ownName, type Rollup, type Sum, selecting } from "../rollup.ts";
import { type SignalName, signalNames, signalTables } from "../signals.ts";
import type { Reading } from "../source.ts";

/** Records that took longer to arrive are late; clocks that are further ahead are wrong. */
export const lateSeconds = 300;
export const futureSeconds = 60;

/** A span is sent when it ended. */
const lateness = (table: TableName) =>
	`dateDiff('second', time, received_at)${table === "spans" ? " - intDiv(duration_ns, 1000000000)" : ""}`;
/** Dated ahead of the clock here, also so far that the time could not be used. */
const isAhead = `(dateDiff('second', received_at, time) > ${futureSeconds} OR (time_sent != 0 AND toUInt64(time_sent) > toUInt64(toUnixTimestamp64Nano(CAST(received_at, 'DateTime64(9)')))))`;
/** When something was seen: a clock that is ahead does not keep a client alive. */
const seenAt = "least(toDateTime64(time, 3, 'UTC'), received_at)";

const made = (signal: SignalName): Readonly<Record<string, string>> => ({
	own_name: "person",
	signal: `'${signal}'`,
	is_late: `time_sent = 0 AND ${lateness(signalTables[signal])} > ${lateSeconds}`,
	is_ahead: isAhead,
	is_undated: `time_sent != 0 AND NOT ${isAhead}`,
	delay_seconds: `if(time_sent = 0, toUInt32(greatest(0, ${lateness(signalTables[signal])})), 0)`,
	seen_at: seenAt,
	slot: `toUInt32(intDiv(toUnixTimestamp(${seenAt}), ${slotSeconds}))`,
	...Object.fromEntries(gateNames.map((gate) => [gate, gateSql(gate, signal)])),
});

const keys: Rollup["keys"] = [
	...keysOf("arrivals", commonDimensions, ["user_id"]).filter(({ name }) => name !== "session_id"),
	{ name: "signal", type: "LowCardinality(String)" },
];
const ofRecords = ["received_at", ...Object.keys(made("events"))];

/** When what arrived from whom, of all records of all three tables. */
function arrivals({ columns = [...keys.map(({ name }) => name), ...ofRecords], when, person }: Reading): string {
	const ofSignal = (signal: SignalName) =>
		`${selecting(columns, { ...made(signal), person })} FROM ${signalTables[signal]} WHERE ${when}`;
	return `(${signalNames.map(ofSignal).join(" UNION ALL ")})`;
}

/** Who reported with what, when, and how it arrived. Records count as often as they came. */
export const rolledArrivals: Rollup = {
	name: "rolled_arrivals",
	madeOf: Object.values(signalTables),
	keys,
	sums: {
		own_name: ownName,
		records: count,
		late: { ...added("is_late"), type: "UInt64" },
		future: { ...added("is_ahead"), type: "UInt64" },
		undated: { ...added("is_undated"), type: "UInt64" },
		most_late_seconds: { type: "UInt32", each: "delay_seconds", together: "max", needs: ["delay_seconds"] },
		first_seen: { type: "DateTime64(3, 'UTC')", each: "seen_at", together: "min", needs: ["seen_at"] },
		last_seen: { type: "DateTime64(3, 'UTC')", each: "seen_at", together: "max", needs: ["seen_at"] },
		last_received: { type: "DateTime64(3, 'UTC')", each: "received_at", together: "max", needs: ["received_at"] },
		/** The pieces of five minutes in which something was seen. */
		slots: { type: "Array(UInt32)", each: "[slot]", together: "groupUniqArrayArray", needs: ["slot"] },
		/** Which content came. */
		...Object.fromEntries(
			gateNames.map((gate): [string, Sum] => [gate, { type: "UInt8", each: gate, together: "max", needs: [gate] }]),
		),
	},
	orderBy: ["time", "person"],
	rows: arrivals,
};
