import { defineQuery, dimensionExpression } from "../../semantic/named-query.ts";
import { countsAsSession } from "../../semantic/sql-fragments.ts";
import { join, literals, sql } from "../../sql.ts";

/** Starts of the buckets, in seconds, and their names. */
const buckets: readonly (readonly [number, string])[] = [
	[0, "under 1 min"],
	[60, "1 to 5 min"],
	[300, "5 to 15 min"],
	[900, "15 to 30 min"],
	[1800, "30 to 60 min"],
	[3600, "1 to 2 h"],
	[7200, "2 to 4 h"],
	[14_400, "4 to 8 h"],
	[28_800, "8 h and more"],
];

export const sessionLengths = defineQuery({
	name: "session_lengths",
	question: "How long do sessions last?",
	notes: [
		"A session lasts from its first to its last event in the period, pauses included; where it sent no events, from its first to its last data point.",
	],
	columns: {
		bucket: { type: "text", brief: "How long." },
		from_seconds: { type: "integer", unit: "s", brief: "Where the bucket begins." },
		to_seconds: { type: "integer", nullable: true, unit: "s", brief: "Where it ends, exclusive; null for the last." },
		sessions: { type: "integer", brief: "Sessions of that length." },
		share: { type: "number", nullable: true, unit: "1", brief: "Of all sessions." },
		people: { type: "integer", brief: "Distinct people who had them." },
	},
	sql: ({ rows }) => {
		const numbers = (values: readonly number[]) => join(values.map((value) => sql`${value}`));
		const begins = buckets.map(([begin]) => begin);
		const names = literals(buckets.map(([, name]) => name));
		const who = dimensionExpression("person", "everything");
		return sql`SELECT [${names}][place] AS bucket, toUInt64([${numbers(begins)}][place]) AS from_seconds,
  if(place = ${buckets.length}, NULL, toUInt64([${numbers([...begins.slice(1), 0])}][place])) AS to_seconds,
  countIf(is_session) AS sessions, countIf(is_session) / nullIf(sum(countIf(is_session)) OVER (), 0) AS share,
  uniqExactArrayIf(who, is_session) AS people
FROM (
  SELECT arrayCount(begin -> begin <= seconds, [${numbers(begins)}]) AS place, who, true AS is_session
  FROM (
    SELECT groupUniqArrayIf(${who}, person != '') AS who, countIf(NOT is_point) > 0 AS has_events,
      if(has_events, dateDiff('millisecond', minIf(time, NOT is_point), maxIf(time, NOT is_point)), dateDiff('millisecond', min(time), max(time))) / 1000 AS seconds
    FROM ${rows("everything")}
    WHERE ${countsAsSession}
    GROUP BY session_id
  )
  UNION ALL SELECT toUInt32(number + 1) AS place, CAST([], 'Array(String)') AS who, false AS is_session FROM numbers(${buckets.length})
)
GROUP BY place
ORDER BY place`;
	},
});
