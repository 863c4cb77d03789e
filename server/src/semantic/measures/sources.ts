import { counter, type Measure, recordsOf } from "../measure.ts";

/** The increments of a metric, all of them. Counters are of no event: they have an empty name. */
const counted = (name: string, brief: string, metric: string, unit: "USD" | "{token}"): Measure => ({
	...counter(name, brief, metric, unit),
	dimensions: ["event"],
	hidden: true,
});

/** The sums of each source by itself, for reconciliation. */
export const sourceMeasures: readonly Measure[] = [
	counted("cost_usd_counted", "Cost as counters report it, of all sessions.", "claude_code.cost.usage", "USD"),
	counted("tokens_counted", "Tokens as counters report them, of all sessions.", "claude_code.token.usage", "{token}"),
	{
		name: "request_records",
		brief: "Records of API requests, including duplicates.",
		unit: "",
		hidden: true,
		source: "events",
		reads: ["api_request"],
		sql: recordsOf("api_request"),
	},
];
