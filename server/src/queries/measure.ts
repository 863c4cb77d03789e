import type { Source } from "./dimension.ts";
import { isUnpriced, recomputedNanoUsd } from "./price.ts";

export type Unit = "USD" | "{token}" | "s" | "ms" | "1" | "";

/** An aggregate over the rows of one source. */
export type Aggregate = {
	readonly source: Source;
	readonly sql: string;
	/** Speaks of columns that only single records have, not sums of many (rollup.ts). */
	readonly singly?: true;
	/** Which events or metrics it needs: the source reads no others. Undefined: all. */
	readonly of?: readonly string[];
	/** Dimensions it has besides those that everything has. */
	readonly dimensions?: readonly string[];
};

export type Measure = {
	readonly name: string;
	readonly brief: string;
	readonly unit: Unit;
	/** Whether more of it is good, bad or neither: colours a change. */
	readonly better?: "more" | "less";
} & (
	| (Aggregate & {
			/** Where the dimension named is only known to another source. */
			readonly split?: { readonly dimension: string } & Aggregate;
			/** Only a part of others. */
			readonly hidden?: boolean;
	  })
	| {
			/** Made of other measures, which `sql` names in braces; a ratio of nothing is null. */
			readonly from: readonly string[];
			readonly sql: string;
			readonly hidden?: boolean;
	  }
);

/** What every record has. `label.KEY` belongs to them. */
export const commonDimensions: readonly string[] = Object.freeze([
	"person",
	"organization",
	"session",
	"version",
	"entrypoint",
	"terminal",
	"os",
	"arch",
	"service",
	"repository",
	"team",
	"department",
	"cost_center",
	"manager",
	"name",
	"groups",
]);

const requestDimensions = [
	"model",
	"query_source",
	"effort",
	"speed",
	"agent_name",
	"skill",
	"plugin",
	"mcp_server",
	"mcp_tool",
	"event",
];
const toolDimensions = ["tool", "error_type", "decision_source", "event"];
const decisionDimensions = ["tool", "decision", "decision_source", "event"];
const allEventDimensions = [...new Set([...requestDimensions, ...toolDimensions, ...decisionDimensions, "status_code"])];

const editTools = "('Edit', 'Write', 'NotebookEdit', 'MultiEdit')";
/** Of all numbers in a column of lists; null where there are none. */
const percentile = (share: number, lists: string): string => `quantileExactArrayOrNull(${share})(${lists})`;
/** `is` narrows to rows of one event. */
const is = (event: string) => `event = '${event}'`;

const request = (name: string, brief: string, unit: Unit, sql: string): Aggregate & Measure => ({
	name,
	brief,
	unit,
	source: "requests",
	dimensions: requestDimensions,
	sql,
});
/** Of the very requests, not of sums of many. */
const singleRequests = (name: string, brief: string, unit: Unit, sql: string): Aggregate & Measure => ({
	...request(name, brief, unit, sql),
	singly: true,
});
/** The sum of what requests say and of what counters say where there are no requests. */
const work = (
	name: string,
	brief: string,
	unit: Unit,
	{ requests, metric, type, split }: { requests: string; metric: string; type?: string; split?: string },
): Measure[] => {
	const counted = {
		source: "increments_without_requests" as const,
		of: [metric],
		dimensions: split ? [...requestDimensions, split] : requestDimensions,
		sql: `round(sumIf(increment, metric = '${metric}'${type ? ` AND type = '${type}'` : ""}), 9)`,
	};
	return [
		{
			name,
			brief,
			unit,
			from: [`${name}_of_requests`, `${name}_of_counters`],
			sql: `if(isNull({${name}_of_requests}), {${name}_of_counters}, {${name}_of_requests} + ifNull({${name}_of_counters}, 0))`,
		},
		{
			...request(`${name}_of_requests`, `${brief} What requests say.`, unit, requests),
			hidden: true,
			...(split && {
				split: {
					dimension: split,
					source: "token_rows" as const,
					dimensions: [...requestDimensions, split],
					sql: "sum(token_count)",
				},
			}),
		} as Measure,
		{
			name: `${name}_of_counters`,
			brief: `${brief} What counters say where there are no requests.`,
			unit,
			hidden: true,
			...counted,
		},
	];
};
const tool = (name: string, brief: string, unit: Unit, sql: string): Aggregate & Measure => ({
	name,
	brief,
	unit,
	source: "events",
	of: ["tool_result"],
	dimensions: toolDimensions,
	sql,
});
const counter = (
	name: string,
	brief: string,
	metric: string,
	unit: Unit,
	condition = "",
	dimensions: readonly string[] = [],
): Measure => ({
	name,
	brief,
	unit,
	source: "increments",
	of: [metric],
	dimensions,
	sql: `round(sumIf(increment, metric = '${metric}'${condition}), 6)`,
});
const editDecisions = "claude_code.code_edit_tool.decision";
const decision = (name: string, brief: string, value: "accept" | "reject"): Measure => ({
	name,
	brief,
	unit: "",
	source: "events",
	of: ["tool_decision"],
	dimensions: decisionDimensions,
	sql: `sumIf(records, ${is("tool_decision")} AND decision = '${value}')`,
});
/** From decisions of editing tools, else from the counter of edit decisions, which alone knows the language. */
const editDecision = (name: string, brief: string, value: "accept" | "reject"): Measure[] => {
	const dimensions = [...decisionDimensions, "language"];
	const counted = {
		of: [editDecisions],
		dimensions,
		sql: `round(sumIf(increment, metric = '${editDecisions}' AND decision = '${value}'))`,
	};
	return [
		{
			name,
			brief,
			unit: "",
			from: [`${name}_of_events`, `${name}_of_counters`],
			sql: `if(isNull({${name}_of_events}), {${name}_of_counters}, {${name}_of_events} + ifNull({${name}_of_counters}, 0))`,
		},
		{
			...decision(`${name}_of_events`, `${brief} What events say.`, value),
			sql: `sumIf(records, ${is("tool_decision")} AND decision = '${value}' AND tool_name IN ${editTools})`,
			dimensions,
			hidden: true,
		} as Measure,
		{
			name: `${name}_of_counters`,
			brief: `${brief} What the counter says where there are no events.`,
			unit: "",
			hidden: true,
			source: "increments_without_decisions",
			...counted,
			split: { dimension: "language", source: "increments_by_language", ...counted },
		} as Measure,
	];
};

const tokenUsage = "claude_code.token.usage";
const tokenColumns = "input_tokens + output_tokens + cache_read_tokens + cache_creation_tokens";

export const measures: readonly Measure[] = Object.freeze<Measure[]>([
	...work("cost_usd", "Cost as the client estimated it.", "USD", {
		requests: "sum(cost_nano_usd) / 1e9",
		metric: "claude_code.cost.usage",
	}),
	...work("tokens", "Tokens of all four types.", "{token}", {
		requests: `sum(${tokenColumns})`,
		metric: tokenUsage,
		split: "token_type",
	}),
	...work("input_tokens", "Input tokens that were not cached.", "{token}", {
		requests: "sum(input_tokens)",
		metric: tokenUsage,
		type: "input",
	}),
	...work("output_tokens", "Output tokens.", "{token}", {
		requests: "sum(output_tokens)",
		metric: tokenUsage,
		type: "output",
	}),
	...work("cache_read_tokens", "Input tokens read from the cache.", "{token}", {
		requests: "sum(cache_read_tokens)",
		metric: tokenUsage,
		type: "cacheRead",
	}),
	...work("cache_creation_tokens", "Input tokens written to the cache.", "{token}", {
		requests: "sum(cache_creation_tokens)",
		metric: tokenUsage,
		type: "cacheCreation",
	}),
	singleRequests(
		"recomputed_cost_usd",
		"Cost of requests at the prices in force at their time; without those of models that have no price.",
		"USD",
		`sum(${recomputedNanoUsd}) / 1e9`,
	),
	singleRequests("unpriced_requests", "Requests of models that have no price.", "", `countIf(${isUnpriced})`),
	// For reconciliation: what each side tells by itself.
	{
		...singleRequests(
			"priced_cost_usd",
			"Cost as the client estimated it, of requests that have a price.",
			"USD",
			`sumIf(cost_nano_usd, NOT ${isUnpriced}) / 1e9`,
		),
		hidden: true,
	} as Measure,
	{
		...counter(
			"cost_usd_counted",
			"Cost as counters tell it, of all sessions.",
			"claude_code.cost.usage",
			"USD",
			"",
			requestDimensions,
		),
		hidden: true,
	} as Measure,
	{
		...counter("tokens_counted", "Tokens as counters tell them, of all sessions.", tokenUsage, "{token}", "", requestDimensions),
		hidden: true,
	} as Measure,
	{
		name: "request_records",
		brief: "Records of API requests, the repeated ones too.",
		unit: "",
		hidden: true,
		source: "events",
		of: ["api_request"],
		dimensions: requestDimensions,
		sql: `sumIf(records, ${is("api_request")})`,
	},
	{
		name: "cache_hit_ratio",
		brief: "Share of input tokens that came from the cache.",
		unit: "1",
		better: "more",
		from: ["input_tokens", "cache_read_tokens", "cache_creation_tokens"],
		sql: "ifNull({cache_read_tokens}, 0) / nullIf(ifNull({input_tokens}, 0) + ifNull({cache_read_tokens}, 0) + ifNull({cache_creation_tokens}, 0), 0)",
	},
	{
		name: "sessions",
		brief: "Sessions in which something happened; where clients send no session id, sessions that were started.",
		unit: "",
		from: ["sessions_with_id", "sessions_without_id"],
		sql: "ifNull({sessions_with_id}, 0) + ifNull({sessions_without_id}, 0)",
	},
	{
		name: "sessions_with_id",
		brief: "Distinct session ids, without those seen only while starting.",
		unit: "",
		hidden: true,
		source: "everything",
		dimensions: ["model"],
		sql: "uniqExactIf(session_key, is_session AND session_key != cityHash64(''))",
		split: {
			dimension: "start_type",
			source: "starts",
			dimensions: ["model", "start_type"],
			sql: "uniqExactIf(session_key, is_session AND session_key != cityHash64(''))",
		},
	},
	{
		...counter("sessions_without_id", "Sessions counted where no id is sent.", "claude_code.session.count", "", "", [
			"model",
			"start_type",
		]),
		sql: "round(sumIf(increment_without_session, metric = 'claude_code.session.count'), 6)",
		hidden: true,
	} as Measure,
	{
		name: "active_users",
		brief: "Distinct people with a prompt, an API request, a tool call or time that was added to their active time.",
		unit: "",
		source: "everything",
		dimensions: ["model"],
		sql: "uniqExactIf(person_key, is_active AND person_key != cityHash64(''))",
	},
	counter("active_seconds", "Time in which somebody typed or the agent worked.", "claude_code.active_time.total", "s"),
	{
		name: "prompts",
		brief: "Prompts, also those that the agent gave itself.",
		unit: "",
		source: "events",
		of: ["user_prompt"],
		dimensions: ["event"],
		sql: `sumIf(records, ${is("user_prompt")})`,
	},
	request("api_requests", "Successful API requests.", "", "sum(records)"),
	{
		name: "api_errors",
		brief: "API requests that finally failed.",
		unit: "",
		better: "less",
		source: "events",
		of: ["api_error"],
		dimensions: [...requestDimensions, "status_code"],
		sql: `sumIf(records, ${is("api_error")})`,
	},
	{
		name: "api_error_ratio",
		brief: "Failed API requests of all API requests.",
		unit: "1",
		better: "less",
		from: ["api_errors", "api_requests"],
		sql: "ifNull({api_errors}, 0) / nullIf(ifNull({api_errors}, 0) + ifNull({api_requests}, 0), 0)",
	},
	request("api_duration_p50_ms", "Median duration of API requests.", "ms", percentile(0.5, "durations_ms")),
	{
		...request("api_duration_p95_ms", "95th percentile of the duration of API requests.", "ms", percentile(0.95, "durations_ms")),
		better: "less",
	},
	{
		...request("ttft_p95_ms", "95th percentile of the time to the first token.", "ms", percentile(0.95, "ttfts_ms")),
		better: "less",
	},
	tool("tool_calls", "Tools that ran to an end.", "", `sumIf(records, ${is("tool_result")})`),
	{
		...tool("tool_failures", "Tools that failed.", "", `sumIf(records, ${is("tool_result")} AND success = false)`),
		better: "less",
	},
	{
		...tool(
			"tool_success_ratio",
			"Share of tool calls that succeeded.",
			"1",
			`sumIf(records, ${is("tool_result")} AND success = true) / nullIf(sumIf(records, ${is("tool_result")}), 0)`,
		),
		better: "more",
	},
	tool(
		"tool_duration_avg_ms",
		"Mean duration of tool calls.",
		"ms",
		`sumIf(duration_total_ms, ${is("tool_result")}) / nullIf(sumIf(records, ${is("tool_result")}), 0)`,
	),
	tool("tool_duration_p95_ms", "95th percentile of the duration of tool calls.", "ms", percentile(0.95, "tool_durations_ms")),
	decision("tool_accepts", "Tool uses that were allowed.", "accept"),
	decision("tool_rejects", "Tool uses that were refused.", "reject"),
	...editDecision("edit_accepts", "Edits that were accepted.", "accept"),
	...editDecision("edit_rejects", "Edits that were refused.", "reject"),
	{
		name: "edit_accept_ratio",
		brief: "Accepted edits of all decided edits.",
		unit: "1",
		better: "more",
		from: ["edit_accepts", "edit_rejects"],
		sql: "ifNull({edit_accepts}, 0) / nullIf(ifNull({edit_accepts}, 0) + ifNull({edit_rejects}, 0), 0)",
	},
	counter("lines_added", "Lines of code added.", "claude_code.lines_of_code.count", "", " AND type = 'added'", ["model"]),
	counter("lines_removed", "Lines of code removed.", "claude_code.lines_of_code.count", "", " AND type = 'removed'", ["model"]),
	counter("commits", "Commits made with the agent.", "claude_code.commit.count", ""),
	counter("pull_requests", "Pull requests made with the agent.", "claude_code.pull_request.count", ""),
	{
		name: "events",
		brief: "Log records of any kind.",
		unit: "",
		source: "events",
		dimensions: allEventDimensions,
		sql: "sum(records)",
	},
	{
		name: "cost_per_commit_usd",
		brief: "Cost for each commit.",
		unit: "USD",
		from: ["cost_usd", "commits"],
		sql: "{cost_usd} / nullIf({commits}, 0)",
	},
	{
		name: "cost_per_pull_request_usd",
		brief: "Cost for each pull request.",
		unit: "USD",
		from: ["cost_usd", "pull_requests"],
		sql: "{cost_usd} / nullIf({pull_requests}, 0)",
	},
	{
		name: "cost_per_active_user_usd",
		brief: "Cost for each active person.",
		unit: "USD",
		from: ["cost_usd", "active_users"],
		sql: "{cost_usd} / nullIf({active_users}, 0)",
	},
]);

const byName = new Map(measures.map((measure) => [measure.name, measure]));
export const measureOf = (name: string): Measure | undefined => byName.get(name);
