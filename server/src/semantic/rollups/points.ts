import { column, sql } from "../../sql.ts";
import { from } from "../dataset.ts";
import { byKind, dimensionsOf, keysOf, kindsOf, type Rollup } from "../rollup.ts";

const pointKeys = ["metric", "type", "start_type"];
const pointSources = ["increments", "increments_without_requests", "increments_without_decisions"] as const;

const byQuarter: Rollup = {
	name: "rolled_points",
	madeOf: ["points"],
	keys: keysOf("increments", pointSources.flatMap(dimensionsOf), pointKeys),
	sums: {
		increment: { type: "Float64", each: column("increment"), together: "sum" },
		increment_without_session: {
			type: "Float64",
			each: sql`if(session_id = '', increment, 0)`,
			together: "sum",
			needs: ["session_id"],
		},
		/** Whether events are known to tell the same (rule 2). What is told stays told. */
		told: { type: "UInt8", each: column("told"), together: "max" },
	},
	orderBy: ["metric", "time", "person", "session_id"],
	of: "metric",
	rows: (reading, of) => sql`(SELECT *, 0 AS told FROM ${from("increments", of, reading)})`,
};

/** What data points added. */
export const rolledPoints: Rollup = byKind(byQuarter, keysOf("increments", pointSources.flatMap(kindsOf), pointKeys), ["told"]);
