import { column, columns, join, literal, literals, type Sql, sql } from "../sql.ts";
import type { DatasetName } from "./dimension.ts";
import { isUnpriced, recomputedNanoUsd } from "./price-sql.ts";

export type Unit = "USD" | "{token}" | "s" | "ms" | "1" | "";

/** An aggregate over the rows of one source. */
export type Aggregate = {
	readonly source: DatasetName;
	readonly sql: Sql;
	/** Speaks of columns that only single records have, not sums of many (rollup.ts). */
	readonly rawOnly?: true;
	/** Events or metrics that it needs: the dataset reads no others. Undefined: all. */
	readonly reads?: readonly string[];
	/** Dimensions in addition to the common ones. */
	readonly dimensions?: readonly string[];
};

export type Measure = {
	readonly name: string;
	readonly brief: string;
	readonly unit: Unit;
	/** The direction of a good change, which colours it; undefined for neither. */
	readonly better?: "more" | "less";
} & (
	| (Aggregate & {
			/** Used where only another dataset has the named dimension. */
			readonly variant?: { readonly dimension: string } & Aggregate;
			/** Only a part of others. */
			readonly hidden?: boolean;
	  })
	| (Derivation & { readonly hidden?: boolean })
);

/** A measure made of other measures; a ratio of nothing is null. */
type Derivation = { readonly from: readonly string[]; readonly compose: (partOf: (measure: string) => Sql) => Sql };

/** Dimensions that every record has. `label.KEY` belongs to them. */
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

const {
	increment,
	increment_without_session,
	records,
	metric: metricName,
	type: metricType,
	decision: decided,
	tool_name,
	success,
	duration_total_ms,
	cost_nano_usd,
	session_key,
	is_session,
	person_key,
	is_active,
} = columns(
	"increment",
	"increment_without_session",
	"records",
	"metric",
	"type",
	"decision",
	"tool_name",
	"success",
	"duration_total_ms",
	"cost_nano_usd",
	"session_key",
	"is_session",
	"person_key",
	"is_active",
);

const editTools = literals(["Edit", "Write", "NotebookEdit", "MultiEdit"]);
/** SQL over all numbers in a column of lists; null where there are none. */
const percentile = (share: number, lists: string): Sql => sql`quantileExactArrayOrNull(${share})(${column(lists)})`;
/** Sums are wider than what is added up: none wraps, whatever is sent. */
const total = (name: string): Sql => sql`sum(${column(name)})`;
/** `is` narrows to rows of one event. */
const is = (event: string): Sql => sql`${column("event")} = ${literal(event)}`;
const isOf = (metric: string): Sql => sql`${metricName} = ${literal(metric)}`;
/** Counts the records of an event, or those of them that meet a condition. */
const recordsOf = (event: string, condition = sql``): Sql => sql`sumIf(${records}, ${is(event)}${condition})`;
/** The sum of one source, or where it reports nothing the sum of the other. */
const both = (name: string, one: string, other: string): Derivation => ({
	from: [`${name}_of_${one}`, `${name}_of_${other}`],
	compose: (partOf) => {
		const [first, second] = [partOf(`${name}_of_${one}`), partOf(`${name}_of_${other}`)];
		return sql`if(isNull(${first}), ${second}, ${first} + ifNull(${second}, 0))`;
	},
});
/** One measure's share of it and another together. */
const shareOf = (one: string, other: string): Derivation => ({
	from: [one, other],
	compose: (partOf) => sql`ifNull(${partOf(one)}, 0) / nullIf(ifNull(${partOf(one)}, 0) + ifNull(${partOf(other)}, 0), 0)`,
});
const ratioOf = (part: string, whole: string): Derivation => ({
	from: [part, whole],
	compose: (partOf) => sql`${partOf(part)} / nullIf(${partOf(whole)}, 0)`,
});

const request = (name: string, brief: string, unit: Unit, own: Sql): Aggregate & Measure => ({
	name,
	brief,
	unit,
	source: "requests",
	dimensions: requestDimensions,
	sql: own,
});
/** Measures of single requests, not of sums of many. */
const singleRequests = (name: string, brief: string, unit: Unit, own: Sql): Aggregate & Measure => ({
	...request(name, brief, unit, own),
	rawOnly: true,
});
/** The sum of what requests say and of what counters say where there are no requests. */
const eventOrCounterMeasures = (
	name: string,
	brief: string,
	unit: Unit,
	{ requests, metric, type, variant }: { requests: Sql; metric: string; type?: string; variant?: string },
): Measure[] => {
	const counted = {
		source: "increments_without_requests" as const,
		reads: [metric],
		dimensions: variant ? [...requestDimensions, variant] : requestDimensions,
		sql: sql`round(sumIf(${increment}, ${isOf(metric)}${type ? sql` AND ${metricType} = ${literal(type)}` : sql``}), 9)`,
	};
	return [
		{
			name,
			brief,
			unit,
			...both(name, "requests", "counters"),
		},
		{
			...request(`${name}_of_requests`, `${brief} What requests say.`, unit, requests),
			hidden: true,
			...(variant && {
				variant: {
					dimension: variant,
					source: "token_rows" as const,
					dimensions: [...requestDimensions, variant],
					sql: total("token_count"),
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
const tool = (name: string, brief: string, unit: Unit, own: Sql): Aggregate & Measure => ({
	name,
	brief,
	unit,
	source: "events",
	reads: ["tool_result"],
	dimensions: toolDimensions,
	sql: own,
});
const counter = (
	name: string,
	brief: string,
	metric: string,
	unit: Unit,
	condition = sql``,
	dimensions: readonly string[] = [],
): Measure => ({
	name,
	brief,
	unit,
	source: "increments",
	reads: [metric],
	dimensions,
	sql: sql`round(sumIf(${increment}, ${isOf(metric)}${condition}), 6)`,
});
const editDecisions = "claude_code.code_edit_tool.decision";
const decision = (name: string, brief: string, value: "accept" | "reject"): Measure => ({
	name,
	brief,
	unit: "",
	source: "events",
	reads: ["tool_decision"],
	dimensions: decisionDimensions,
	sql: recordsOf("tool_decision", sql` AND ${decided} = ${literal(value)}`),
});
/** From decisions of editing tools, else from the counter of edit decisions, which alone knows the language. */
const editDecision = (name: string, brief: string, value: "accept" | "reject"): Measure[] => {
	const dimensions = [...decisionDimensions, "language"];
	const counted = {
		reads: [editDecisions],
		dimensions,
		sql: sql`round(sumIf(${increment}, ${isOf(editDecisions)} AND ${decided} = ${literal(value)}))`,
	};
	return [
		{
			name,
			brief,
			unit: "",
			...both(name, "events", "counters"),
		},
		{
			...decision(`${name}_of_events`, `${brief} What events say.`, value),
			sql: recordsOf("tool_decision", sql` AND ${decided} = ${literal(value)} AND ${tool_name} IN (${editTools})`),
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
			variant: { dimension: "language", source: "increments_by_language", ...counted },
		} as Measure,
	];
};

const tokenUsage = "claude_code.token.usage";
const tokenColumns = ["input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens"];

const distinctSessions = sql`uniqExactIf(${session_key}, ${is_session} AND ${session_key} != cityHash64(''))`;

export const measures: readonly Measure[] = Object.freeze<Measure[]>([
	...eventOrCounterMeasures("cost_usd", "Cost as the client estimated it.", "USD", {
		requests: sql`${total("cost_nano_usd")} / 1e9`,
		metric: "claude_code.cost.usage",
	}),
	...eventOrCounterMeasures("tokens", "Tokens of all four types.", "{token}", {
		requests: join(tokenColumns.map(total), " + "),
		metric: tokenUsage,
		variant: "token_type",
	}),
	...eventOrCounterMeasures("input_tokens", "Input tokens that were not cached.", "{token}", {
		requests: total("input_tokens"),
		metric: tokenUsage,
		type: "input",
	}),
	...eventOrCounterMeasures("output_tokens", "Output tokens.", "{token}", {
		requests: total("output_tokens"),
		metric: tokenUsage,
		type: "output",
	}),
	...eventOrCounterMeasures("cache_read_tokens", "Input tokens read from the cache.", "{token}", {
		requests: total("cache_read_tokens"),
		metric: tokenUsage,
		type: "cacheRead",
	}),
	...eventOrCounterMeasures("cache_creation_tokens", "Input tokens written to the cache.", "{token}", {
		requests: total("cache_creation_tokens"),
		metric: tokenUsage,
		type: "cacheCreation",
	}),
	singleRequests(
		"recomputed_cost_usd",
		"Cost of requests at the prices in force at their time; without those of models that have no price.",
		"USD",
		sql`sum(toInt128(${recomputedNanoUsd})) / 1e9`,
	),
	singleRequests("unpriced_requests", "Requests of models that have no price.", "", sql`countIf(${isUnpriced})`),
	// For reconciliation: the sums of each source by itself.
	{
		...singleRequests(
			"priced_cost_usd",
			"Cost as the client estimated it, of requests that have a price.",
			"USD",
			sql`sumIf(toInt128(${cost_nano_usd}), NOT ${isUnpriced}) / 1e9`,
		),
		hidden: true,
	} as Measure,
	{
		...counter(
			"cost_usd_counted",
			"Cost as counters report it, of all sessions.",
			"claude_code.cost.usage",
			"USD",
			sql``,
			requestDimensions,
		),
		hidden: true,
	} as Measure,
	{
		...counter(
			"tokens_counted",
			"Tokens as counters report them, of all sessions.",
			tokenUsage,
			"{token}",
			sql``,
			requestDimensions,
		),
		hidden: true,
	} as Measure,
	{
		name: "request_records",
		brief: "Records of API requests, the repeated ones too.",
		unit: "",
		hidden: true,
		source: "events",
		reads: ["api_request"],
		dimensions: requestDimensions,
		sql: recordsOf("api_request"),
	},
	{
		name: "cache_hit_ratio",
		brief: "Share of input tokens that came from the cache.",
		unit: "1",
		better: "more",
		from: ["input_tokens", "cache_read_tokens", "cache_creation_tokens"],
		compose: (partOf) => {
			const [uncached, read, written] = ["input_tokens", "cache_read_tokens", "cache_creation_tokens"].map(
				(name) => sql`ifNull(${partOf(name)}, 0)`,
			) as [Sql, Sql, Sql];
			return sql`${read} / nullIf(${uncached} + ${read} + ${written}, 0)`;
		},
	},
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
		variant: {
			dimension: "start_type",
			source: "starts",
			dimensions: ["model", "start_type"],
			sql: distinctSessions,
		},
	},
	{
		...counter("sessions_without_id", "Sessions counted where no id is sent.", "claude_code.session.count", "", sql``, [
			"model",
			"start_type",
		]),
		sql: sql`round(sumIf(${increment_without_session}, ${isOf("claude_code.session.count")}), 6)`,
		hidden: true,
	} as Measure,
	{
		name: "active_users",
		brief: "Distinct people with a prompt, an API request, a tool call or time that was added to their active time.",
		unit: "",
		source: "everything",
		dimensions: ["model"],
		sql: sql`uniqExactIf(${person_key}, ${is_active} AND ${person_key} != cityHash64(''))`,
	},
	counter("active_seconds", "Time in which the user typed or the agent worked.", "claude_code.active_time.total", "s"),
	{
		name: "prompts",
		brief: "Prompts, also those that the agent gave itself.",
		unit: "",
		source: "events",
		reads: ["user_prompt"],
		dimensions: ["event"],
		sql: recordsOf("user_prompt"),
	},
	request("api_requests", "Successful API requests.", "", total("records")),
	{
		name: "api_errors",
		brief: "API requests that finally failed.",
		unit: "",
		better: "less",
		source: "events",
		reads: ["api_error"],
		dimensions: [...requestDimensions, "status_code"],
		sql: recordsOf("api_error"),
	},
	{
		name: "api_error_ratio",
		brief: "Failed API requests of all API requests.",
		unit: "1",
		better: "less",
		...shareOf("api_errors", "api_requests"),
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
	tool("tool_calls", "Tools that ran to an end.", "", recordsOf("tool_result")),
	{
		...tool("tool_failures", "Tools that failed.", "", recordsOf("tool_result", sql` AND ${success} = false`)),
		better: "less",
	},
	{
		...tool(
			"tool_success_ratio",
			"Share of tool calls that succeeded.",
			"1",
			sql`${recordsOf("tool_result", sql` AND ${success} = true`)} / nullIf(${recordsOf("tool_result")}, 0)`,
		),
		better: "more",
	},
	tool(
		"tool_duration_avg_ms",
		"Mean duration of tool calls.",
		"ms",
		sql`sumIf(${duration_total_ms}, ${is("tool_result")}) / nullIf(${recordsOf("tool_result")}, 0)`,
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
		...shareOf("edit_accepts", "edit_rejects"),
	},
	counter("lines_added", "Lines of code added.", "claude_code.lines_of_code.count", "", sql` AND ${metricType} = 'added'`, [
		"model",
	]),
	counter("lines_removed", "Lines of code removed.", "claude_code.lines_of_code.count", "", sql` AND ${metricType} = 'removed'`, [
		"model",
	]),
	counter("commits", "Commits made with the agent.", "claude_code.commit.count", ""),
	counter("pull_requests", "Pull requests made with the agent.", "claude_code.pull_request.count", ""),
	{
		name: "events",
		brief: "Log records of any kind.",
		unit: "",
		source: "events",
		dimensions: allEventDimensions,
		sql: total("records"),
	},
	{
		name: "cost_per_commit_usd",
		brief: "Cost for each commit.",
		unit: "USD",
		...ratioOf("cost_usd", "commits"),
	},
	{
		name: "cost_per_pull_request_usd",
		brief: "Cost for each pull request.",
		unit: "USD",
		...ratioOf("cost_usd", "pull_requests"),
	},
	{
		name: "cost_per_active_user_usd",
		brief: "Cost for each active person.",
		unit: "USD",
		...ratioOf("cost_usd", "active_users"),
	},
]);

const byName = new Map(measures.map((measure) => [measure.name, measure]));
export const measureOf = (name: string): Measure | undefined => byName.get(name);
