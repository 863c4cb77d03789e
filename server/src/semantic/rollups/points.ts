import { column, sql } from "../../sql.ts";
import { allDimensionsFor, discriminatorsFor } from "../capability.ts";
import { selectFrom } from "../dataset.ts";
import { keyColumnsFor, type Rollup, withoutIdentity } from "../rollup.ts";

const pointKeys = ["metric", "type", "start_type"];
const pointSources = [
	"increments",
	"increments_without_requests",
	"increments_without_decisions",
	"increments_by_language",
] as const;

const byQuarter: Rollup = {
	name: "rollup_points",
	sourceTables: ["points"],
	keys: keyColumnsFor("increments", pointSources.flatMap(allDimensionsFor), pointKeys),
	sums: {
		increment: { type: "Float64", rowExpression: column("increment"), merge: "sum" },
		increment_without_session: {
			type: "Float64",
			rowExpression: sql`if(session_id = '', increment, 0)`,
			merge: "sum",
			inputs: ["session_id"],
		},
		/** Set where events are known to report the same work (R3). It is never reset: records are not withdrawn. */
		is_covered: { type: "UInt8", rowExpression: column("is_covered"), merge: "max" },
	},
	orderBy: ["metric", "time", "person", "session_id"],
	discriminator: "metric",
	rows: (reading, of) => sql`(SELECT *, 0 AS is_covered FROM ${selectFrom("increments", of, reading)})`,
};

/** Increments of data points. */
export const pointsRollup: Rollup = withoutIdentity(
	byQuarter,
	keyColumnsFor("increments", pointSources.flatMap(discriminatorsFor), pointKeys),
	["is_covered"],
);
