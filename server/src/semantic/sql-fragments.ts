import { literal, type Sql, sql } from "../sql.ts";
import { periodEnd, timeZone } from "./dataset.ts";
import { dimensionExpression, type QueryInputs } from "./named-query.ts";
import { activeTime, isDiscardedSession, isStartup, isWork } from "./rollups/presence.ts";

/** SQL that several named queries share. */

/** The day, and the week from Monday, of a time in the zone asked for. */
export const dayOf = (time: Sql): Sql => sql`toDate(${time}, ${timeZone})`;
export const weekOf = (time: Sql): Sql => sql`toDate(toStartOfWeek(${time}, 1, ${timeZone}))`;
/** The last day of the period: its end is exclusive. */
export const periodEndInclusive = sql`(${periodEnd} - toIntervalMillisecond(1))`;

/** SQL of a time as the API reports it, and of a date. */
export const isoTime = (time: Sql): Sql => sql`concat(replaceOne(toString(toDateTime64(${time}, 3, 'UTC')), ' ', 'T'), 'Z')`;
export const isoDate = (date: Sql): Sql => sql`toString(${date})`;

/** Parts of a whole; null where there is none. */
export const ratio = (part: Sql, whole: Sql): Sql => sql`${part} / nullIf(${whole}, 0)`;

/** Rows of active people, as `active_users` counts them: `time` and `person`. */
export const activity = ({ sums }: QueryInputs): Sql =>
	sql`(SELECT last_active AS time, ${dimensionExpression("person", "everything")} AS person FROM ${sums("everything", ["person", "is_active", "last_active"])} WHERE is_active AND person != '')`;

/** On which days who was active, to select from: `time` is on that day, and `person_as_reported` one of the names of the person. */
export const activeNames = ({ days }: QueryInputs): Sql =>
	sql`${days("everything", ["person_as_reported", "is_active"])} WHERE is_active AND person_as_reported != ''`;
/** SQL on all records: true for rows that make their id a session, as the measure `sessions` counts them. */
export const countsAsSession = sql`session_id != '' AND NOT (is_point ? (${isDiscardedSession}) : ${isStartup})`;
/** SQL on all records: true for rows that make their person an active one. */
export const countsAsActive = sql`person != '' AND (is_point ? metric = ${literal(activeTime)} : ${isWork})`;
