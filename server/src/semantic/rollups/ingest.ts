import type { TableName } from "../../schema/tables.ts";
import { column, identifier, join, literal, type Sql, sql } from "../../sql.ts";
import { contentSwitchNames, contentSwitchSql } from "../content-switches.ts";
import type { ScanOptions } from "../dataset.ts";
import { commonDimensions } from "../dimension.ts";
import { keyColumnsFor, type Rollup, reportedName, rowCount, type Sum, selectList } from "../rollup.ts";
import { type SignalName, signalNames, signalTables } from "../signals.ts";

/** Seconds of a bucket of `slots`. */
export const bucketSeconds = 300;
/** Records that took longer to arrive are late; clocks that are further ahead are wrong. */
export const lateSeconds = 300;
export const futureSeconds = 60;

/** A span is sent when it ended. */
const lateness = (table: TableName): Sql =>
	sql`dateDiff('second', time, received_at)${table === "spans" ? sql` - intDiv(duration_ns, 1000000000)` : sql``}`;
/** Dated ahead of the clock here, also so far that the time could not be used. */
const isAhead = sql`(dateDiff('second', received_at, time) > ${futureSeconds} OR (time_sent != 0 AND toUInt64(time_sent) > toUInt64(toUnixTimestamp64Nano(CAST(received_at, 'DateTime64(9)')))))`;
/** When something was seen: a clock that is ahead does not keep a client alive. */
const seenAt = sql`least(toDateTime64(time, 3, 'UTC'), received_at)`;

const made = (signal: SignalName): Readonly<Record<string, Sql>> => ({
	person_as_reported: column("person"),
	signal: literal(signal),
	is_late: sql`time_sent = 0 AND ${lateness(signalTables[signal])} > ${lateSeconds}`,
	is_ahead: isAhead,
	is_undated: sql`time_sent != 0 AND NOT ${isAhead}`,
	delay_seconds: sql`if(time_sent = 0, toUInt32(greatest(0, ${lateness(signalTables[signal])})), 0)`,
	seen_at: seenAt,
	slot: sql`toUInt32(intDiv(toUnixTimestamp(${seenAt}), ${bucketSeconds}))`,
	...Object.fromEntries(contentSwitchNames.map((gate) => [gate, contentSwitchSql(gate, signal)])),
});

const keys: Rollup["keys"] = [
	...keyColumnsFor("arrivals", commonDimensions, ["user_id"]).filter(({ name }) => name !== "session_id"),
	{ name: "signal", type: "LowCardinality(String)" },
];
const ofRecords = ["received_at", ...Object.keys(made("events"))];

/** When what arrived from whom, of all records of all three tables. */
function arrivals({ columns = [...keys.map(({ name }) => name), ...ofRecords], when, person }: ScanOptions): Sql {
	const ofSignal = (signal: SignalName) =>
		sql`${selectList(columns, { ...made(signal), person })} FROM ${identifier(signalTables[signal])} WHERE ${when}`;
	return sql`(${join(signalNames.map(ofSignal), " UNION ALL ")})`;
}

/** Counts the records with that flag. */
const tallied = (name: string): Sum => ({ type: "UInt64", rowExpression: column(name), merge: "sum", inputs: [name] });

/** Installations with their versions, times and delivery. Duplicate records count as often as they came. */
export const ingestRollup: Rollup = {
	name: "rollup_ingest",
	sourceTables: Object.values(signalTables),
	keys,
	sums: {
		person_as_reported: reportedName,
		records: rowCount,
		late: tallied("is_late"),
		future: tallied("is_ahead"),
		undated: tallied("is_undated"),
		most_late_seconds: { type: "UInt32", rowExpression: column("delay_seconds"), merge: "max", inputs: ["delay_seconds"] },
		first_seen: { type: "DateTime64(3, 'UTC')", rowExpression: column("seen_at"), merge: "min", inputs: ["seen_at"] },
		last_seen: { type: "DateTime64(3, 'UTC')", rowExpression: column("seen_at"), merge: "max", inputs: ["seen_at"] },
		last_received: { type: "DateTime64(3, 'UTC')", rowExpression: column("received_at"), merge: "max", inputs: ["received_at"] },
		/** The pieces of five minutes in which something was seen. */
		slots: { type: "Array(UInt32)", rowExpression: sql`[slot]`, merge: "groupUniqArrayArray", inputs: ["slot"] },
		/** Content switches that were on. */
		...Object.fromEntries(
			contentSwitchNames.map((gate): [string, Sum] => [
				gate,
				{ type: "UInt8", rowExpression: column(gate), merge: "max", inputs: [gate] },
			]),
		),
	},
	orderBy: ["time", "person"],
	rows: arrivals,
};
