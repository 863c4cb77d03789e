import { column, join, literal, sql } from "../../sql.ts";
import { eventOrCounter, type Measure, total } from "../measure.ts";

const columnsOfTypes = ["input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens"];
const metric = "claude_code.token.usage";

const [all, ofRequests, ofCounters] = eventOrCounter("tokens", "Tokens of all four types.", "{token}", {
	requests: join(columnsOfTypes.map(total), " + "),
	metric,
});

/** Tokens of one type: `type` is its value in the attribute `type` of the metric. */
const tokens = (name: string, label: string, brief: string, type: string): Measure[] => {
	const [sum, ...parts] = eventOrCounter(name, brief, "{token}", {
		requests: total(name),
		metric,
		condition: sql` AND ${column("type")} = ${literal(type)}`,
	});
	return [{ ...sum, label }, ...parts];
};

export const tokenMeasures: readonly Measure[] = [
	all,
	{
		...ofRequests,
		variant: {
			dimension: "token_type",
			source: "token_rows",
			dimensions: ["token_type"],
			sql: total("token_count"),
		},
	},
	ofCounters,
	...tokens("input_tokens", "tokens in", "Input tokens that were not cached.", "input"),
	...tokens("output_tokens", "tokens out", "Output tokens.", "output"),
	...tokens("cache_read_tokens", "cache reads", "Input tokens read from the cache.", "cacheRead"),
	...tokens("cache_creation_tokens", "cache writes", "Input tokens written to the cache.", "cacheCreation"),
];
