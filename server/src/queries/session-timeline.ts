import type { TimelineItem, TimelinePrompt } from "@purser/api";
import { UsageError } from "../errors.ts";
import { selectFrom } from "../semantic/dataset.ts";
import { countable } from "../semantic/rollup.ts";
import { as, column, identifier, join, literal, parameter, type Sql, sql } from "../sql.ts";
import type { Store } from "../store/store.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { isoTime } from "./record-value.ts";
import { maxModels, type Period, periodParameters } from "./sessions.ts";

/** The key of what has no prompt: what happened before the first one. */
const startUpKey = "start-up";
const mostPrompts = 1000;
/** It is bound as a number of 32 bits. */
const maxSkip = 2 ** 32 - 1;

export type TimelineQuestion = Period & {
	readonly session: string;
	/** Only this prompt, by its key. */
	readonly prompt: string | undefined;
	readonly limit: number;
	readonly cursor: string | undefined;
};

export type Timeline = {
	/** All of them with their totals, up to mostPrompts; items only from the page asked for. */
	readonly prompts: TimelinePrompt[];
	readonly morePrompts: boolean;
	/** Null where there are no more items. */
	readonly nextCursor: string | null;
};

/** The order of events: within one millisecond the prompt comes first. */
const inOrder = sql`ORDER BY time, event != 'user_prompt', event_sequence ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW`;
const hasDuration = sql`event IN ('api_request', 'api_error', 'tool_result')`;
const begin = sql`if(${hasDuration}, time - toIntervalMillisecond(greatest(0, least(duration_ms, 86400000))), time)`;

/**
 * A session's events with the prompt that each belongs to: the one it names; where it names none (older versions, start-up),
 * the one before it in time.
 */
const session = parameter("session", "String");
const numbered = sql`SELECT *, if(event = 'user_prompt', if(prompt_id != '', prompt_id, concat('#', toString(countIf(event = 'user_prompt') OVER (${inOrder})))), NULL) AS own FROM ${selectFrom("events")} AS rows WHERE session_id = ${session}`;
const attributed = sql`SELECT *, if(prompt_id != '', prompt_id, ifNull(anyLast(own) OVER (${inOrder}), ${literal(startUpKey)})) AS turn, ${begin} AS begin FROM (${numbered})`;

const is = (event: string): Sql => sql`event = ${literal(event)}`;
/** Sums of requests or tools. As doubles, because stored numbers may have any value. */
const sumOf = (amount: Sql, event: string): Sql => sql`toFloat64(sumIf(toInt128(${amount}), ${is(event)}))`;
const tokensOf = (name: string): Sql => as(sumOf(countable(name), "api_request"), name);
/** Text that clients redacted is no text. */
const sent = (key: string, most: number): Sql =>
	sql`if(attributes[${literal(key)}] = '<REDACTED>', '', substringUTF8(attributes[${literal(key)}], 1, ${most}))`;

const promptsSql = sql`SELECT turn AS key,
  argMinIf(prompt_id, time, ${is("user_prompt")}) AS prompt_id,
  toUnixTimestamp64Milli(if(countIf(${is("user_prompt")}) > 0, least(minIf(time, ${is("user_prompt")}), min(begin)), min(begin))) AS start_ms,
  toUnixTimestamp64Milli(max(time)) AS end_ms,
  argMinIf(prompt_length, time, ${is("user_prompt")}) AS prompt_length,
  argMinIf(${sent("prompt", 2000)}, time, ${is("user_prompt")}) AS prompt,
  argMinIf(toString(command_name), time, ${is("user_prompt")}) AS command_name,
  ${sumOf(column("cost_nano_usd"), "api_request")} / 1e9 AS cost_usd,
  countIf(${is("api_request")}) AS api_requests,
  countIf(${is("api_error")}) AS api_errors,
  countIf(${is("tool_result")}) AS tool_calls,
  countIf(${is("tool_result")} AND success = false) AS tool_failures,
  countIf(${is("tool_decision")} AND decision = 'reject') AS tool_rejects,
  ${sumOf(countable("duration_ms"), "api_request")} AS api_duration_ms,
  ${sumOf(countable("duration_ms"), "tool_result")} AS tool_duration_ms,
  ${join(["input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens"].map(tokensOf))},
  arraySort(groupUniqArrayIf(${maxModels})(toString(model), model != '')) AS models,
  count() AS events
FROM (${attributed}) GROUP BY turn ORDER BY turn != ${literal(startUpKey)}, start_ms, turn LIMIT ${mostPrompts + 1}`;

/** Keys of a tool's input, where clients send it, the most descriptive first. */
const inputKeys = ["full_command", "bash_command", "mcp_tool_name", "skill_name", "subagent_type"];
const furtherKeys = ["command", "file_path", "notebook_path", "pattern", "url", "query", "path", "description"];
const input = sql`arrayFirst(text -> text != '', [${join([
	...inputKeys.map((key) => sql`JSONExtractString(attributes['tool_parameters'], ${literal(key)})`),
	...furtherKeys.map((key) => sql`JSONExtractString(attributes['tool_input'], ${literal(key)})`),
])}])`;

/** Columns that an item gives as they are. */
const asTheyAre = [
	"agent_id",
	"tool_use_id",
	"command_name",
	"prompt_length",
	"response_length",
	"model",
	"request_id",
	"query_source",
	"agent_name",
	"skill_name",
	"plugin_name",
	"mcp_server_name",
	"mcp_tool_name",
	"tool_name",
	"success",
	"duration_ms",
	"ttft_ms",
	"error_type",
	"decision",
	"source",
	"decision_source",
	"status_code",
	"attempt",
	"input_tokens",
	"output_tokens",
	"cache_read_tokens",
	"cache_creation_tokens",
	"tool_input_size_bytes",
	"tool_result_size_bytes",
	"speed",
	"effort",
	"trigger",
	"hook_event",
] as const;
/** Attributes without a column that say what an event was about. */
const further = [
	"hook_name",
	"status",
	"server_name",
	"pre_tokens",
	"post_tokens",
	"agent_type",
	"error_name",
	"category",
	"to_mode",
];

const prompt = parameter("prompt", "String");
const itemsSql = sql`SELECT turn, toString(event) AS event, toUnixTimestamp64Nano(time) AS time_ns, toUnixTimestamp64Nano(begin) AS begin_ns,
  ${join(asTheyAre.map((name) => as(identifier(name), name)))},
  ${join(further.map((key) => as(sql`substringUTF8(attributes[${literal(key)}], 1, 100)`, key)))},
  substringUTF8(error, 1, 500) AS error,
  ${sent("prompt", 2000)} AS prompt,
  ${sent("response", 500)} AS response,
  substringUTF8(${input}, 1, 300) AS input,
  if(${is("api_request")}, cost_nano_usd, 0) / 1e9 AS cost_usd
FROM (SELECT *, min(if(${is("user_prompt")}, least(time, begin), begin)) OVER (PARTITION BY turn) AS turn_begin FROM (${attributed}))
WHERE ${prompt} = '' OR turn = ${prompt}
ORDER BY turn != ${literal(startUpKey)}, toUnixTimestamp64Milli(turn_begin), turn, begin, ${is("user_prompt")} DESC, event_sequence, time, event, tool_use_id, request_id
LIMIT ${parameter("limit", "UInt32")} OFFSET ${parameter("skip", "UInt32")}`;

type FoundPrompt = Readonly<Record<string, unknown>> & { key: string; start_ms: number; end_ms: number; prompt_length: number };
type FoundItem = Readonly<Record<string, unknown>> & { turn: string; event: string; time_ns: string; begin_ns: string };

/** One session's prompts, and under each what was done for it. */
export async function timelineOf(store: Store, question: TimelineQuestion): Promise<Timeline> {
	const list = `items of ${question.session}`;
	const [skip] = question.cursor === undefined ? [0] : readCursor(list, question.cursor, [0]);
	if (!Number.isInteger(skip) || skip < 0 || skip > maxSkip) throw new UsageError("cannot continue: this cursor was changed");
	const parameters = { session: question.session, ...periodParameters(question) };
	const [found, items] = await Promise.all([
		store.rows<FoundPrompt>(promptsSql, parameters),
		store.rows<FoundItem>(itemsSql, { ...parameters, prompt: question.prompt ?? "", limit: question.limit + 1, skip }, true),
	]);
	const shown = items.slice(0, question.limit);
	const byTurn = Map.groupBy(shown, ({ turn }) => turn);
	const isFirstStartUp = found[0]?.key === startUpKey;
	const prompts = found.slice(0, mostPrompts).map((prompt, i): TimelinePrompt => {
		const { key, start_ms, end_ms, ...rest } = prompt;
		return {
			key,
			...rest,
			number: isFirstStartUp ? i : i + 1,
			start_time: new Date(start_ms).toISOString(),
			end_time: new Date(end_ms).toISOString(),
			duration_ms: end_ms - start_ms,
			items: (byTurn.get(key) ?? []).map(timelineItem),
		} as unknown as TimelinePrompt;
	});
	return {
		prompts: question.prompt === undefined ? prompts : prompts.filter(({ key }) => key === question.prompt),
		morePrompts: found.length > mostPrompts,
		nextCursor: items.length > question.limit ? writeCursor(list, skip + shown.length) : null,
	};
}

function timelineItem({ turn: _, event, time_ns, begin_ns, ...rest }: FoundItem): TimelineItem {
	const described = Object.entries(rest).flatMap(([name, value]): [string, unknown][] => {
		if (value === "" || value === null || value === undefined) return [];
		// 64-bit integers come as text, so that times are exact.
		const number = typeof value === "string" && integers.has(name) ? Number(value) : value;
		return number === 0 ? [] : [[name, number]];
	});
	return {
		event,
		time: isoTime(time_ns),
		...(begin_ns !== time_ns && { start_time: isoTime(begin_ns) }),
		...Object.fromEntries(described),
	} as TimelineItem;
}

const integers: ReadonlySet<string> = new Set(asTheyAre.filter((name) => /_(tokens|ms|bytes|length|code)$|^attempt$/.test(name)));
