import { columns, sql } from "../../sql.ts";
import { counter, isMetric, type Measure } from "../measure.ts";

const { increment_without_session, session_key, is_session } = columns("increment_without_session", "session_key", "is_session");
const distinctSessions = sql`uniqExactIf(${session_key}, ${is_session} AND ${session_key} != cityHash64(''))`;

export const sessionMeasures: readonly Measure[] = [
	{
		name: "sessions",
		brief: "Sessions in which something happened; where clients send no session id, sessions that were started.",
		unit: "",
		from: ["sessions_with_id", "sessions_without_id"],
		compose: (partOf) => sql`ifNull(${partOf("sessions_with_id")}, 0) + ifNull(${partOf("sessions_without_id")}, 0)`,
	},
	{
		name: "sessions_with_id",
		brief: "Distinct session ids, without those seen only while starting.",
		unit: "",
		hidden: true,
		source: "everything",
		dimensions: ["model"],
		sql: distinctSessions,
		variant: { dimension: "start_type", source: "starts", dimensions: ["model", "start_type"], sql: distinctSessions },
	},
	{
		...counter("sessions_without_id", "Sessions counted where no id is sent.", "claude_code.session.count", "", sql``, ["model"]),
		sql: sql`round(sumIf(${increment_without_session}, ${isMetric("claude_code.session.count")}), 6)`,
		hidden: true,
	},
];
