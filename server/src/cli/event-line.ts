import { showDuration, showMoney, showNumber, showTime } from "./format-value.ts";
import type { Row } from "./table.ts";
import { clean, clip } from "./terminal.ts";

type Attributes = Readonly<Record<string, unknown>>;

/** Numbers came as text in older versions. */
const numberOf = (value: unknown): number | undefined => {
	const number = typeof value === "number" ? value : typeof value === "string" && value !== "" ? Number(value) : Number.NaN;
	return Number.isFinite(number) ? number : undefined;
};
const textOf = (value: unknown): string =>
	value === undefined || value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
const counted = (value: unknown, word: string): string => {
	const count = numberOf(value);
	return count ? `${showNumber(count)} ${word}` : "";
};
const quoted = (value: unknown): string => {
	const text = textOf(value);
	return text === "" || text === "<REDACTED>" ? "" : `"${text.slice(0, 500)}"`;
};
const isFalse = (value: unknown): boolean => value === false || value === "false";

/**
 * Facts to print for each event in addition to cost and duration; an event that is not listed is described by its attributes.
 */
const facts: Readonly<Record<string, (a: Attributes) => readonly string[]>> = {
	api_request: (a) => [
		textOf(a["model"]),
		counted(a["input_tokens"], "in"),
		counted(a["output_tokens"], "out"),
		counted(a["cache_read_tokens"], "cached"),
	],
	api_error: (a) => [textOf(a["model"]), textOf(a["status_code"]), textOf(a["error"])],
	api_refusal: (a) => [textOf(a["model"]), "refused", textOf(a["category"])],
	tool_result: (a) => [textOf(a["tool_name"]), isFalse(a["success"]) ? `failed ${textOf(a["error_type"])}`.trim() : "ok"],
	tool_decision: (a) => [textOf(a["tool_name"]), `${textOf(a["decision"])} by ${textOf(a["source"]) || "?"}`],
	user_prompt: (a) => [
		a["command_name"] ? `/${textOf(a["command_name"])}` : "",
		counted(a["prompt_length"], "characters"),
		quoted(a["prompt"]),
	],
	assistant_response: (a) => [counted(a["response_length"], "characters"), quoted(a["response"])],
	compaction: (a) => [
		textOf(a["trigger"]),
		`${counted(a["pre_tokens"], "to") || "?"} ${counted(a["post_tokens"], "tokens")}`.trim(),
	],
	mcp_server_connection: (a) => [textOf(a["server_name"] ?? a["mcp_server.name"]), textOf(a["status"])],
	skill_activated: (a) => [textOf(a["skill.name"] ?? a["skill_name"])],
	plugin_loaded: (a) => [textOf(a["plugin.name"] ?? a["plugin_name"]), textOf(a["plugin.version"])],
	internal_error: (a) => [textOf(a["error_name"]), textOf(a["error_code"])],
};

/** On every event, and so of no interest in a line. */
const everywhere =
	/^(event\.|user\.|session\.|organization\.|terminal\.|prompt\.|app\.|service\.|os\.|host\.|duration_ms$|cost_usd)/;

const others = (a: Attributes): readonly string[] =>
	Object.entries(a)
		.filter(([key]) => !everywhere.test(key))
		.slice(0, 4)
		.map(([key, value]) => `${key}=${textOf(value).slice(0, 60)}`);

/** Returns the person of a record, in the order of identifiers that accounting uses. */
export function personOf({ attributes, resource }: Row): string {
	const names = ["user.email", "enduser.id", "user.account_uuid", "user.account_id", "user.id"];
	const found = names.map((name) => textOf((attributes as Attributes)?.[name] ?? (resource as Attributes)?.[name]));
	return found.find((name) => name !== "") ?? "";
}

/** Summarizes an event without its person and time. */
export function summaryOf(row: Row): string {
	const a = (row["attributes"] ?? {}) as Attributes;
	const describe = facts[textOf(row["event"])] ?? others;
	const micros = numberOf(a["cost_usd_micros"]);
	const usd = numberOf(a["cost_usd"]) ?? (micros === undefined ? undefined : micros / 1e6);
	const ms = numberOf(a["duration_ms"]);
	const parts = [...describe(a), ms === undefined ? "" : showDuration(ms), usd === undefined ? "" : showMoney(usd)];
	return parts.filter((part) => part !== "").join("  ");
}

/** One event as one line. */
export function eventLine(row: Row, tz: string, width: number): string {
	const session = textOf(row["session_id"]).slice(0, 8);
	const parts = [
		showTime(textOf(row["time"]), tz, "second"),
		textOf(row["event"]).padEnd(14),
		personOf(row).slice(0, 40),
		session,
		summaryOf(row),
	];
	return clip(clean(parts.filter((part) => part !== "").join("  ")), width);
}
