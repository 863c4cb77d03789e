import type { EventRow, Json } from "@purser/api";
import { duration as formatDuration } from "../format/duration.ts";
import { money } from "../format/money.ts";
import { compactNumber } from "../format/number.ts";

/** One event as one line. `subject` is what it was about, `facts` its outcome, `bad` true for errors. */
export interface Summary {
	subject: string;
	facts: string[];
	/** Amounts have columns of their own, so that they can be compared down the page. */
	duration: string;
	cost: string;
	isCritical: boolean;
}

type Attributes = Record<string, Json>;

/** Numbers came as strings up to 2.1.100, and some still do. */
function numberOf(value: Json | undefined): number | undefined {
	if (value === undefined || value === null || value === "" || typeof value === "object") return undefined;
	const number = Number(value);
	return Number.isFinite(number) ? number : undefined;
}

const textOf = (value: Json | undefined): string =>
	value === undefined || value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);

const isFalse = (value: Json | undefined): boolean => value === false || value === "false";
const clip = (text: string): string => (text.length > 140 ? `${text.slice(0, 139)}…` : text);

function durationText(a: Attributes): string {
	const milliseconds = numberOf(a.duration_ms ?? a.total_duration_ms);
	return milliseconds === undefined ? "" : formatDuration(milliseconds);
}

function cost(a: Attributes): string {
	const micros = numberOf(a.cost_usd_micros);
	const usd = numberOf(a.cost_usd) ?? (micros === undefined ? undefined : micros / 1e6);
	return usd === undefined ? "" : money(usd);
}

const tokens = (a: Attributes, name: string, word: string): string[] => {
	const count = numberOf(a[name]);
	return count === undefined || count === 0 ? [] : [`${compactNumber(count)} ${word}`];
};
const words = (...values: (Json | undefined)[]): string[] => values.map(textOf).filter((text) => text !== "");

const withheld = (value: Json | undefined): boolean => value === undefined || value === "" || value === "<REDACTED>";

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

const summaries: Readonly<Record<string, (a: Attributes) => Partial<Summary>>> = {
	api_request: (a) => ({
		subject: textOf(a.model),
		facts: [
			...tokens(a, "input_tokens", "in"),
			...tokens(a, "output_tokens", "out"),
			...tokens(a, "cache_read_tokens", "cached"),
		],
	}),
	api_error: (a) => ({
		subject: textOf(a.model),
		facts: [...words(a.status_code === "undefined" ? undefined : a.status_code, clip(textOf(a.error)))],
		isCritical: true,
	}),
	api_refusal: (a) => ({ subject: textOf(a.model), facts: words("refused", a.category), isCritical: true }),
	api_retries_exhausted: (a) => ({
		subject: textOf(a.model),
		facts: words(a.total_attempts && `${textOf(a.total_attempts)} attempts`, a.error),
		isCritical: true,
	}),
	tool_result: (a) => ({
		subject: textOf(a.tool_name),
		facts: [...(isFalse(a.success) ? [`failed${a.error_type ? `: ${textOf(a.error_type)}` : ""}`] : ["ok"])],
		isCritical: isFalse(a.success),
	}),
	tool_decision: (a) => ({
		subject: textOf(a.tool_name),
		facts: [
			`${a.decision === "reject" ? "rejected" : "accepted"} by ${deciders.get(textOf(a.source)) ?? (textOf(a.source) || "?")}`,
		],
	}),
	user_prompt: (a) => ({
		subject: a.command_name ? `/${textOf(a.command_name)}` : "",
		facts: [
			...words(a.prompt_length && `${textOf(a.prompt_length)} characters`),
			...(withheld(a.prompt) ? [] : [`“${clip(textOf(a.prompt))}”`]),
		],
	}),
	assistant_response: (a) => ({
		facts: [
			...words(a.response_length && `${textOf(a.response_length)} characters`),
			...(withheld(a.response) ? [] : [`“${clip(textOf(a.response))}”`]),
		],
	}),
	compaction: (a) => ({
		subject: textOf(a.trigger),
		facts: [
			...words(
				a.pre_tokens && `${compactNumber(numberOf(a.pre_tokens) ?? 0)} → ${compactNumber(numberOf(a.post_tokens) ?? 0)} tokens`,
			),
		],
		isCritical: isFalse(a.success),
	}),
	subagent_completed: (a) => ({
		subject: textOf(a.agent_type ?? a["agent.name"]),
		facts: [...tokens(a, "total_tokens", "tokens")],
	}),
	mcp_server_connection: (a) => ({
		subject: textOf(a.server_name ?? a["mcp_server.name"]),
		facts: words(a.status),
		isCritical: a.status === "failed",
	}),
	hook_execution_complete: (a) => ({
		subject: textOf(a.hook_name),
		isCritical: (numberOf(a.num_blocking) ?? 0) > 0,
	}),
	hook_registered: (a) => ({ subject: textOf(a.hook_event), facts: words(a.hook_source) }),
	skill_activated: (a) => ({ subject: textOf(a["skill.name"] ?? a.skill_name), facts: words(a.invocation_trigger) }),
	plugin_loaded: (a) => ({ subject: textOf(a["plugin.name"] ?? a.plugin_name), facts: words(a["plugin.version"]) }),
	purser_probe: () => ({ facts: ["a test event, sent from here"] }),
	internal_error: (a) => ({ subject: textOf(a.error_name ?? a.error_class), facts: words(a.error_code), isCritical: true }),
};

const byEvent = new Map(Object.entries(summaries));

export function summary({ event, attributes }: EventRow): Summary {
	const made = byEvent.get(event)?.(attributes) ?? {};
	return {
		subject: made.subject || textOf(attributes.tool_name ?? attributes.model),
		facts: made.facts ?? [],
		duration: durationText(attributes),
		cost: cost(attributes),
		isCritical: made.isCritical ?? false,
	};
}

/** Returns the person, by the same order of identifiers as accounting uses. */
export function personOf({ attributes, resource }: EventRow): string {
	const names = ["user.email", "enduser.id", "user.account_uuid", "user.account_id", "user.id"];
	for (const name of names) {
		const found = textOf(attributes[name] ?? resource[name]);
		if (found !== "") return found;
	}
	return "";
}
