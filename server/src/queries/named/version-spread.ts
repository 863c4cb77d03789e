import { defineQuery, dimensionExpression } from "../../semantic/named-query.ts";
import { countsAsActive, countsAsSession, isoTime, ratio } from "../../semantic/sql-fragments.ts";
import { sql } from "../../sql.ts";

export const versionSpread = defineQuery({
	name: "version_spread",
	question: "Which versions of the agent are in use, by how many people, and until when?",
	notes: ["Who used several versions counts for each of them."],
	columns: {
		version: { type: "text", brief: "The agent's version." },
		service: { type: "text", brief: "The service: claude-code, or another agent's." },
		people: { type: "integer", brief: "Distinct active people." },
		people_share: { type: "number", nullable: true, unit: "1", brief: "Of all active people." },
		sessions: { type: "integer", brief: "Sessions." },
		first_seen: { type: "time", brief: "When the version was first seen in the period." },
		last_seen: { type: "time", brief: "When it was last seen." },
	},
	sql: ({ rows }) => {
		const who = dimensionExpression("person", "everything");
		return sql`SELECT used_version AS version, used_service AS service, uniqExactIf(who, is_active) AS people,
  ${ratio(sql`people`, sql`(SELECT uniqExact(${who}) FROM ${rows("everything")} WHERE ${countsAsActive})`)} AS people_share,
  uniqExactIf(session_id, is_session) AS sessions, ${isoTime(sql`min(time)`)} AS first_seen, ${isoTime(sql`max(time)`)} AS last_seen
FROM (
  SELECT time, session_id, ${who} AS who, ${dimensionExpression("version", "everything")} AS used_version, ${dimensionExpression("service", "everything")} AS used_service,
    ${countsAsActive} AS is_active, ${countsAsSession} AS is_session
  FROM ${rows("everything")}
)
GROUP BY used_version, used_service
ORDER BY people DESC, sessions DESC, used_version, used_service`;
	},
});
