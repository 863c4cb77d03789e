import { personOf } from "../schema/people-tables.ts";
import { dimensionSql, ingest } from "../semantic/all-records.ts";
import { contentSwitchNames } from "../semantic/content-switches.ts";
import type { Filter } from "../semantic/filter.ts";
import type { RollupFreshness } from "../semantic/rollup-freshness.ts";
import { bucketSeconds, ingestRollup } from "../semantic/rollups/ingest.ts";
import { as, column, identifier, identifiers, join, type Sql, sql } from "../sql.ts";
import { pauseSeconds, quarterSeconds } from "./ingest-outage.ts";

/** The SQL of coverage, of rollups where they hold: bound by `from` and `to` and what is filtered by. */

const ms = (time: Sql): Sql => sql`toUnixTimestamp64Milli(${time})`;

/**
 * Columns that distinguish observations, as they are stored. They are grouped by as one number: eight dictionaries take half as
 * long again.
 */
const stored = [
	"signal",
	"person_as_reported",
	"user_id",
	"app_version",
	"agent_version",
	"app_entrypoint",
	"terminal_type",
	"os_type",
	"service_name",
] as const;
const times = ["first_seen", "last_seen", "last_received"];
const hours = sql`arrayMap(slot -> toUInt32(intDiv(slot, ${3600 / bucketSeconds})), slots)`;
const together = (name: string): Sql => sql`${identifier(ingestRollup.sums[name]!.merge)}(${identifier(name)})`;
const named = (names: readonly string[]): Sql => join(names.map((name) => as(together(name), name)));
const ownName = personOf(column("person_as_reported"));

/** Observed installations with the hours in which they reported: a row for each client, signal and kind of program. */
const sightings =
	(counted: readonly string[]) =>
	(where: readonly Filter[], freshness: RollupFreshness): Sql =>
		sql`
SELECT toString(signal) AS signal, ${ownName} AS person, toString(user_id) AS installation, ${dimensionSql("version")} AS version,
	${dimensionSql("entrypoint")} AS entrypoint, ${dimensionSql("terminal")} AS terminal, ${dimensionSql("os")} AS os, ${dimensionSql("service")} AS service,
	${ms(together("first_seen"))} AS first_ms, ${ms(together("last_seen"))} AS last_ms, ${ms(together("last_received"))} AS received_ms,
	${counted.length > 0 ? sql`${named(counted)}, ` : sql``}arraySort(groupUniqArrayArray(hours)) AS hours
FROM (
	SELECT ${join(stored.map((name) => as(sql`any(${identifier(name)})`, name)))}, ${named([...times, ...counted])},
		groupUniqArrayArray(${hours}) AS hours
	FROM ${ingest(where, freshness, [...stored, "slots", ...times, ...counted])} GROUP BY cityHash64(${identifiers(stored)})
)
GROUP BY signal, person, installation, version, entrypoint, terminal, os, service`;

export const clientObservationsSql = sightings([]);
/** Observations with the number of their records, how these arrived, and if content came with them. */
export const countedSql = sightings(["records", "late", "future", "undated", "most_late_seconds", ...contentSwitchNames]);

/** People who were observed. */
export const peopleSql = (where: readonly Filter[], freshness: RollupFreshness): Sql =>
	sql`SELECT DISTINCT ${ownName} AS person FROM (SELECT DISTINCT person_as_reported FROM ${ingest(where, freshness, ["person_as_reported"])})`;

/** The pieces of five minutes in which anybody sent anything, rising. */
export const slotsSql = (where: readonly Filter[], freshness: RollupFreshness): Sql =>
	sql`SELECT arraySort(groupUniqArrayArray(slots)) AS slots FROM ${ingest(where, freshness, ["slots"])}`;

/**
 * The quarters of an hour, rising, in which reporting intervals begin or end, and how many: an installation is present until it
 * has sent nothing for an hour.
 */
export const reportingIntervalsSql = (where: readonly Filter[], freshness: RollupFreshness): Sql => sql`
WITH
	visits AS (
		SELECT arraySort(groupUniqArray(toUInt32(intDiv(toUnixTimestamp(time), ${quarterSeconds})))) AS sorted,
			arrayMap((pause, nth) -> nth = 1 OR pause > ${pauseSeconds / quarterSeconds}, arrayDifference(sorted), arrayEnumerate(sorted)) AS begins,
			arrayPushBack(arrayPopFront(begins), true) AS ends
		FROM ${ingest(where, freshness, ["person_as_reported"])} AND person_as_reported != '' GROUP BY person_as_reported
	),
	counted AS (
		SELECT quarter, sum(begin) AS came, sum(end) AS went
		FROM visits ARRAY JOIN sorted AS quarter, begins AS begin, ends AS end
		GROUP BY quarter HAVING came > 0 OR went > 0 ORDER BY quarter
	)
SELECT groupArray(quarter) AS quarters, groupArray(toUInt32(came)) AS came, groupArray(toUInt32(went)) AS went FROM counted`;
