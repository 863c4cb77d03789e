import type { EventRow } from "./records.ts";
import type { Json } from "./schema.ts";

/** An event in a few words. Amounts are apart, so that they can be compared down a list. */
export type EventSummary = {
	/** The model, tool, command or other thing that the event is about; may be empty. */
	readonly subject: string;
	/** Outcome and sizes. */
	readonly facts: readonly string[];
	readonly durationMs: number | undefined;
	readonly costUsd: number | undefined;
	/** True for failures. */
	readonly isCritical: boolean;
};

type Attributes = EventRow["attributes"];
/** Formats a number of tokens or characters. */
type Count = (value: number) => string;
type Parts = { readonly subject?: Json | undefined; readonly facts?: readonly string[]; readonly isCritical?: boolean };

/** Clients sent numbers as text up to 2.1.100, and some still do. */
function numberOf(value: Json | undefined): number | undefined {
	if (value === undefined || value === null || value === "" || typeof value === "object") return undefined;
	const number = Number(value);
	return Number.isFinite(number) ? number : undefined;
}

const textOf = (value: Json | undefined): string =>
	value === undefined || value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);

const isFalse = (value: Json | undefined): boolean => value === false || value === "false";
const clip = (text: string): string => (text.length > 140 ? `${text.slice(0, 139)}…` : text);
const texts = (...values: (Json | undefined)[]): string[] => values.map(textOf).filter((text) => text !== "");
const quoted = (value: Json | undefined): string[] => {
	const text = textOf(value);
	return text === "" || text === "<REDACTED>" ? [] : [`“${clip(text)}”`];
};

/** Lists amounts, each with its word; zeros are left out. */
const counted = (a: Attributes, count: Count, words: Readonly<Record<string, string>>): string[] =>
	Object.entries(words).flatMap(([name, word]) => {
		const value = numberOf(a[name]);
		return value ? [`${count(value)} ${word}`] : [];
	});

/** A Map, because senders choose the names: an event may be called `constructor`. */
const deciders: ReadonlyMap<string, string> = new Map(
	Object.entries({
		config: "settings",
		user_temporary: "the user, once",
		user_permanent: "the user, for good",
		user_abort: "the user, aborting",
		user_reject: "the user",
	}),
);

const summaries: ReadonlyMap<string, (a: Attributes, count: Count) => Parts> = new Map<
	string,
	(a: Attributes, count: Count) => Parts
>([
	[
		"api_request",
		(a, count) => ({
			subject: a["model"],
			facts: counted(a, count, { input_tokens: "in", output_tokens: "out", cache_read_tokens: "cached" }),
		}),
	],
	[
		"api_error",
		(a) => ({
			subject: a["model"],
			facts: texts(a["status_code"] === "undefined" ? undefined : a["status_code"], clip(textOf(a["error"]))),
			isCritical: true,
		}),
	],
	["api_refusal", (a) => ({ subject: a["model"], facts: texts("refused", a["category"]), isCritical: true })],
	[
		"api_retries_exhausted",
		(a) => ({
			subject: a["model"],
			facts: texts(a["total_attempts"] && `${textOf(a["total_attempts"])} attempts`, a["error"]),
			isCritical: true,
		}),
	],
	[
		"tool_result",
		(a) => ({
			subject: a["tool_name"],
			facts: isFalse(a["success"]) ? [`failed${a["error_type"] ? `: ${textOf(a["error_type"])}` : ""}`] : ["ok"],
			isCritical: isFalse(a["success"]),
		}),
	],
	[
		"tool_decision",
		(a) => ({
			subject: a["tool_name"],
			facts: [
				`${a["decision"] === "reject" ? "rejected" : "accepted"} by ${deciders.get(textOf(a["source"])) ?? (textOf(a["source"]) || "?")}`,
			],
		}),
	],
	[
		"user_prompt",
		(a, count) => ({
			subject: a["command_name"] ? `/${textOf(a["command_name"])}` : "",
			facts: [...counted(a, count, { prompt_length: "characters" }), ...quoted(a["prompt"])],
		}),
	],
	[
		"assistant_response",
		(a, count) => ({ facts: [...counted(a, count, { response_length: "characters" }), ...quoted(a["response"])] }),
	],
	[
		"compaction",
		(a, count) => ({
			subject: a["trigger"],
			facts: a["pre_tokens"]
				? [`${count(numberOf(a["pre_tokens"]) ?? 0)} → ${count(numberOf(a["post_tokens"]) ?? 0)} tokens`]
				: [],
			isCritical: isFalse(a["success"]),
		}),
	],
	[
		"subagent_completed",
		(a, count) => ({ subject: a["agent_type"] ?? a["agent.name"], facts: counted(a, count, { total_tokens: "tokens" }) }),
	],
	[
		"mcp_server_connection",
		(a) => ({
			subject: a["server_name"] ?? a["mcp_server.name"],
			facts: texts(a["status"]),
			isCritical: a["status"] === "failed",
		}),
	],
	[
		"hook_execution_complete",
		(a) => ({ subject: a["hook_name"], facts: [], isCritical: (numberOf(a["num_blocking"]) ?? 0) > 0 }),
	],
	["hook_registered", (a) => ({ subject: a["hook_event"], facts: texts(a["hook_source"]) })],
	["skill_activated", (a) => ({ subject: a["skill.name"] ?? a["skill_name"], facts: texts(a["invocation_trigger"]) })],
	["plugin_loaded", (a) => ({ subject: a["plugin.name"] ?? a["plugin_name"], facts: texts(a["plugin.version"]) })],
	["purser_probe", () => ({ facts: ["a test event, sent from here"] })],
	["internal_error", (a) => ({ subject: a["error_name"] ?? a["error_class"], facts: texts(a["error_code"]), isCritical: true })],
]);

/** Attributes that many events have, which say nothing of this one. */
const isCommon = (key: string): boolean =>
	/^((event|user|session|organization|terminal|prompt|app|service|os|host)\.|duration_ms$|cost_usd|(tool_name|model)$)/.test(key);
const maxOthers = 4;

const others = (a: Attributes): string[] =>
	Object.entries(a)
		.filter(([key]) => !isCommon(key))
		.slice(0, maxOthers)
		.map(([key, value]) => `${key}=${textOf(value).slice(0, 60)}`);

/** Summarizes an event; one of a kind that is not listed by its first attributes. */
export function summarizeEvent({ event, attributes: a }: Pick<EventRow, "event" | "attributes">, count: Count): EventSummary {
	const parts = summaries.get(event)?.(a, count);
	const micros = numberOf(a["cost_usd_micros"]);
	return {
		subject: textOf(parts?.subject) || textOf(a["tool_name"] ?? a["model"]),
		facts: parts ? (parts.facts ?? []) : others(a),
		durationMs: numberOf(a["duration_ms"] ?? a["total_duration_ms"]),
		costUsd: numberOf(a["cost_usd"]) ?? (micros === undefined ? undefined : micros / 1e6),
		isCritical: parts?.isCritical ?? false,
	};
}
